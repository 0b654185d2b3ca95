"""Pictures as CARLA encodes them, written into the pixels (H, W, 4) of a payload: blue, green, red, alpha."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["write_depth", "write_instances", "write_rgb", "write_tags"]

_FARTHEST_M: Final = 1000.0
_LARGEST: Final = 2**24 - 1
_BLUE, _GREEN, _RED, _ALPHA = range(4)


def write_rgb(pixels: NDArray[np.uint8], rgb: NDArray[Any]) -> None:
    """Write a colour picture (H, W, 3) uint8."""
    import cv2  # who wants no pictures does not wait for it

    cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2BGRA, dst=pixels)


def write_tags(pixels: NDArray[np.uint8], tags: NDArray[Any]) -> None:
    """Write semantic classes (H, W) uint8: in red."""
    pixels[..., _RED] = tags
    pixels[..., _ALPHA] = 255


def write_instances(pixels: NDArray[np.uint8], tags: NDArray[Any], actors: NDArray[Any]) -> None:
    """Write classes in red, and the low 16 bits of actors' ids (H, W) uint32 in green and blue."""
    write_tags(pixels, tags)
    pixels[..., _GREEN] = actors & 255
    pixels[..., _BLUE] = (actors >> 8) & 255


def write_depth(pixels: NDArray[np.uint8], depth_m: NDArray[Any]) -> None:
    """Write depth (H, W) [m]: ``(R + 256 G + 65536 B) / (2**24 - 1)`` is the share of 1000 m."""
    share = np.clip(depth_m.astype(np.float64) / _FARTHEST_M, 0.0, 1.0)
    steps = np.round(share * _LARGEST).astype("<u4")
    parts = steps.view(np.uint8).reshape(*depth_m.shape, 4)
    pixels[..., _RED] = parts[..., 0]
    pixels[..., _GREEN] = parts[..., 1]
    pixels[..., _BLUE] = parts[..., 2]
    pixels[..., _ALPHA] = 255
