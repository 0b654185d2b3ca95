"""Pictures as CARLA encodes them, written into the pixels of a payload: (H, W, 4) blue, green, red, alpha, or flow."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "write_classes",
    "write_depth",
    "write_flow",
    "write_instances",
    "write_normals",
    "write_tags",
]

_FARTHEST_M: Final = 1000.0
_LARGEST: Final = 2**24 - 1
_FLOW_LIMIT: Final = 2.0
_BLUE, _GREEN, _RED, _ALPHA = range(4)
_CITYSCAPES: Final = np.array(
    [
        (0, 0, 0), (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153),
        (250, 170, 30), (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0),
        (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32), (110, 190, 160),
        (170, 120, 50), (55, 90, 80), (45, 60, 150), (157, 234, 50), (81, 0, 81), (150, 100, 100), (230, 150, 140),
        (180, 165, 180),
    ],
    np.uint8,
)  # fmt: skip
"""Red, green, blue of each class, as the client's ``CityScapesPalette`` has them."""


def write_tags(pixels: NDArray[np.uint8], tags: NDArray[Any]) -> None:
    """Write semantic classes (H, W) uint8: in red."""
    pixels[..., _RED] = tags
    pixels[..., _ALPHA] = 255


def write_classes(pixels: NDArray[np.uint8], tags: NDArray[Any]) -> None:
    """Write semantic classes (H, W) uint8 in the colours of Cityscapes: what is here of a Cosmos control picture."""
    pixels[..., [_RED, _GREEN, _BLUE]] = _CITYSCAPES[np.minimum(tags, len(_CITYSCAPES) - 1)]
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


def write_normals(pixels: NDArray[np.uint8], normals: NDArray[Any]) -> None:
    """Write normals (H, W, 3) in the map's axes: x, y, z of CARLA's world in red, green, blue, -1 to 1 as 0 to 255.

    So it is since 0.9.16; before, they were in the camera's axes. Where there is no surface, all three are 0.
    """
    steps = normals * np.array([127.5, -127.5, 127.5], np.float32)  # y points to the other side
    steps += np.float32(128.0)
    steps[~normals.any(axis=2)] = 0.0
    pixels[..., _RED] = steps[..., 0]
    pixels[..., _GREEN] = steps[..., 1]
    pixels[..., _BLUE] = steps[..., 2]
    pixels[..., _ALPHA] = 255


def write_flow(pixels: NDArray[np.float32], flow: NDArray[Any]) -> None:
    """Write optical flow (H, W, 2) [pixel], to the right and down, into (H, W, 2), to the right and up.

    CARLA's comes from Unreal's velocity buffer: places in a picture go from -1 to 1 both across and up, so that
    it is 2 where something has moved by a whole width or height, and from -2 to 2.
    """
    height, width = flow.shape[:2]
    np.clip(flow * np.array([2.0 / width, -2.0 / height], np.float32), -_FLOW_LIMIT, _FLOW_LIMIT, out=pixels)
