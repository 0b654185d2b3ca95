"""Occlusion: the patch that steers is found, and every pixel is hidden at some time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from tests.audit.attention.patch import by_patch, on_patch, pictures
from wormdrive.audit.attention.occlusion import occlusion, patch_side


def test_the_patch_is_found() -> None:
    images = pictures() * 0.2 + 0.8
    found = occlusion(by_patch, images, torch.zeros_like(images)).numpy()
    assert found.shape == (3, 40, 60)
    near = ndimage.binary_dilation(on_patch(), np.ones((3, 3)), patch_side(40) - 1)
    assert not found[:, ~near].any()
    assert (found[:, on_patch()] > 0).all()
    assert found[:, on_patch()].mean() > 3 * found[:, near & ~on_patch()].mean()


@pytest.mark.parametrize("size", [(39, 100), (78, 200), (31, 17), (4, 4)])
def test_every_pixel_is_hidden_at_some_time(size: tuple[int, int]) -> None:
    """Steering by all pixels alike: hiding a patch moves it by the patch's size, and no place is left out."""
    images = torch.ones(1, 1, *size)
    found = occlusion(lambda seen, _: seen.sum((1, 2, 3)), images, torch.zeros_like(images))
    side = patch_side(size[0])
    assert found.numpy() == pytest.approx(np.full((1, *size), min(side, size[0]) * min(side, size[1])))


def test_what_does_not_steer_is_dark() -> None:
    images = pictures(1)
    assert not occlusion(lambda seen, _: torch.ones(len(seen)), images, torch.zeros_like(images)).any()
