"""What CARLA's cameras send, as the observations have it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["classes_of", "colours_of", "depth_of"]

FARTHEST_M = 1000.0
"""Depth that the largest code stands for [m]."""


def colours_of(image: Any) -> NDArray[np.uint8]:
    """Colours (H, W, 3) uint8 RGB of a colour image."""
    return np.ascontiguousarray(_bgra(image)[:, :, 2::-1])


def classes_of(image: Any) -> NDArray[np.uint8]:
    """Class numbers (H, W) uint8 of a semantic segmentation: its red channel."""
    return np.ascontiguousarray(_bgra(image)[:, :, 2])


def depth_of(image: Any) -> NDArray[np.float32]:
    """Depth (H, W) float32 [m]: 24 bits, red the lowest."""
    blue, green, red = (_bgra(image)[:, :, k].astype(np.uint32) for k in range(3))
    code = red + (green << 8) + (blue << 16)
    return np.asarray(code * (FARTHEST_M / (2.0**24 - 1.0)), np.float32)


def _bgra(image: Any) -> NDArray[np.uint8]:
    return np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4)
