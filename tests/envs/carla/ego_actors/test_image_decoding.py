from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from wormdrive.envs.carla.ego_actors.image_decoding import classes_of, colours_of, depth_of

BGRA = [[(3, 2, 1, 255), (30, 20, 10, 255)], [(0, 0, 255, 0), (255, 255, 255, 9)], [(0, 1, 0, 0), (128, 0, 0, 0)]]
IMAGE = SimpleNamespace(height=3, width=2, raw_data=np.array(BGRA, np.uint8).tobytes())


def test_colours_are_red_green_blue() -> None:
    assert colours_of(IMAGE).tolist() == [[[1, 2, 3], [10, 20, 30]], [[255, 0, 0], [255] * 3], [[0, 1, 0], [0, 0, 128]]]


def test_classes_are_the_red_channel() -> None:
    assert classes_of(IMAGE).tolist() == [[1, 10], [255, 255], [0, 0]]


def test_depth_has_24_bits_red_the_lowest() -> None:
    depth = depth_of(IMAGE)
    assert (depth.shape, depth.dtype) == ((3, 2), np.float32)
    step = 1000.0 / (2**24 - 1)
    codes = np.array([[1 + 512 + 3 * 65536, 10 + 20 * 256 + 30 * 65536], [255, 2**24 - 1], [256, 128 * 65536]])
    np.testing.assert_allclose(depth, codes * step, rtol=1e-6)
    assert depth[1, 1] == pytest.approx(1000.0)
