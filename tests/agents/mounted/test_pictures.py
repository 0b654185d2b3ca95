from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.pictures import PictureInput

FRAME = np.random.default_rng(3).integers(0, 256, (78, 200, 3), np.uint8)


def shown(**values: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    mount = parse_mount(values)
    picture = PictureInput(mount)(FRAME)
    assert picture.shape == mount.picture_shape
    assert picture.dtype == np.float32
    return picture[0]


def test_crop_colours_and_layout() -> None:
    cut = FRAME[30:70, 20:190].astype(np.float32)
    crop = {"top": 30, "bottom": 8, "left": 20, "right": 10}
    bytes_: dict[str, Any] = {"range": (0, 255), "crop": crop, "layout": "NHWC"}
    np.testing.assert_array_equal(shown(**bytes_), cut)
    np.testing.assert_array_equal(shown(**bytes_, colours="BGR"), cut[..., ::-1])
    np.testing.assert_array_equal(shown(**bytes_ | {"layout": "NCHW"}), cut.transpose(2, 0, 1))
    weights = np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(shown(**bytes_, colours="grey")[..., 0], cut @ weights, atol=0.6)
    np.testing.assert_allclose(shown(**bytes_, colours="YUV")[..., 0], cut @ weights, atol=0.6)


def test_numbers_by_range_mean_and_deviation() -> None:
    unit = FRAME.transpose(2, 0, 1) / 255.0
    np.testing.assert_allclose(shown(), unit, atol=1e-6)
    np.testing.assert_allclose(shown(range=(-1, 1)), 2 * unit - 1, atol=1e-6)
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    expected = (unit - np.array(mean)[:, None, None]) / np.array(deviation)[:, None, None]
    np.testing.assert_allclose(shown(mean=mean, deviation=deviation), expected, atol=1e-5)


def test_size_by_area_is_the_mean_of_pixels() -> None:
    means = FRAME.reshape(39, 2, 100, 2, 3).mean((1, 3))
    np.testing.assert_allclose(shown(size=(100, 39), layout="NHWC", range=(0, 255)), means, atol=0.51)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            shown(size=(100, 39), layout="NHWC", range=(0, 255), resize="nearest"), means, atol=0.51
        )
    assert Mount(size=(264, 68)).picture_shape == (1, 3, 68, 264)
