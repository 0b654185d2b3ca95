from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from wormdrive.agents.mounted.mount import parse_mount
from wormdrive.agents.mounted.mounted_input import MountedInput
from wormdrive.agents.mounted.pictures import PictureInput

FRAMES = np.random.default_rng(0).integers(0, 256, (2, 78, 200, 3), np.uint8)


@pytest.mark.parametrize(
    "mount",
    [
        {},
        {"colours": "grey", "size": [50, 20], "mean": 0.4, "deviation": 0.2},
        {"colours": "YUV", "crop": {"top": 30, "left": 7}, "mean": [0.1, 0.2, 0.3], "range": [-1, 1]},
        {"colours": "BGR", "size": [64, 33], "resize": "linear", "deviation": [0.1, 0.2, 0.3]},
    ],
)
def test_numbers_are_those_that_it_drives_by(mount: dict[str, Any]) -> None:
    parsed = parse_mount(mount)
    shown = MountedInput(parsed)
    images = shown.reduce(torch.from_numpy(FRAMES))
    assert images.shape[1:] == shown.shape == parsed.picture_shape[1:]
    assert 0.0 <= images.min() < images.max() <= 1.0
    wanted = np.concatenate([PictureInput(parsed)(frame) for frame in FRAMES])
    np.testing.assert_array_equal(shown(images).numpy(), wanted)


def test_frames_of_another_camera_are_not_taken() -> None:
    shown = MountedInput(parse_mount({"camera": {"width": 64, "height": 32}}))
    assert shown.takes(np.zeros((1, 32, 64, 3), np.uint8))
    assert not shown.takes(FRAMES)
    assert shown.frames_allowed == "an array (B, 32, 64, 3) of uint8"
