"""Occlusion: how far the steering moves when a patch of the picture is hidden.

Zeiler, Fergus, *Visualizing and understanding convolutional networks*, ECCV 2014 (arXiv 1311.2901), section 3.3.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from wormdrive.audit.attention.seen_frames import Steering, steered

__all__ = ["occlusion", "patch_side"]

_SIDE: Final = 0.13
"""Of a patch, as a share of the picture's height."""

_STEP: Final = 0.8
"""From patch to patch, as a share of the side."""


def patch_side(height: int) -> int:
    """Return the side of a patch in pictures of so many rows [pixels]: 5 in 39."""
    return max(1, round(_SIDE * height))


def occlusion(steering: Steering, images: Tensor, behind: Tensor) -> Tensor:
    """Return how far the steering moves, on average over the patches that cover a pixel: (M, h, w) float64 [1/m].

    Patches of images (M, C, h, w) lie less than a side apart, such that every pixel is covered; hidden pixels show what
    is ``behind`` (M, C, h, w).
    """
    height, width = images.shape[2:]
    side = patch_side(height)
    patches = torch.stack(
        [_patch(y, x, side, height, width) for y in _starts(height, side) for x in _starts(width, side)]
    ).to(images.device)
    usual = steered(steering, images, torch.arange(len(images), device=images.device))
    maps = []
    for k, image in enumerate(images):
        hidden = torch.where(patches[:, None], behind[k], image)
        moved = (steered(steering, hidden, torch.full((len(hidden),), k, device=images.device)) - usual[k]).abs()
        maps.append((moved.double()[:, None, None] * patches).sum(0) / patches.sum(0))
    return torch.stack(maps)


def _starts(size: int, side: int) -> list[int]:
    """Where patches begin along an axis: the last ends where the picture does."""
    last = max(size - side, 0)
    return sorted({*range(0, last, max(1, round(_STEP * side))), last})


def _patch(y: int, x: int, side: int, height: int, width: int) -> Tensor:
    patch = torch.zeros(height, width, dtype=torch.bool)
    patch[y : y + side, x : x + side] = True
    return patch
