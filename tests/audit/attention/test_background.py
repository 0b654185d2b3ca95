"""Background: marks are gone from it, brightness is not."""

from __future__ import annotations

import numpy as np
import torch

from wormdrive.audit.attention.background import background


def test_marks_go_and_brightness_stays() -> None:
    images = torch.full((2, 1, 40, 100), 0.3)
    images[:, :, :15] = 0.8  # sky
    images[:, :, 15:, 50:52] = 1.0  # a mark
    behind = background(images)
    assert behind.shape == images.shape
    assert float((behind[:, :, 30, 51] - behind[:, :, 30, 70]).abs().max()) < 0.2 < 0.7
    assert float(behind[0, 0, 2, 20]) > 0.7
    assert float(behind[0, 0, 35, 10]) < 0.35
    torch.testing.assert_close(background(torch.full((1, 3, 40, 100), 0.4)), torch.full((1, 3, 40, 100), 0.4))


def test_a_picture_is_blurred_by_itself() -> None:
    images = torch.from_numpy(np.random.default_rng(0).random((3, 3, 20, 30), np.float32))
    assert torch.equal(background(images)[1:2], background(images[1:2]))
