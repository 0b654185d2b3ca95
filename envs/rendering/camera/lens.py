"""Lens: what a camera's mount and field of view mean for each column of the picture."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CAMERA_BOUNDS, CameraConfig

__all__ = ["CELL", "FINE_WIDTH", "SPRITE_CELL", "LensTable", "check_config", "headlight_beam", "make_lens", "stride_of"]

CELL = 8
"""Pixels that are worked out together."""
SPRITE_CELL = 16
"""Pixels that sprites draw together, and hide from what lies behind; rows of a picture are stored in whole ones."""
FINE_WIDTH = 400
"""Width of a picture from which on sprites and leaves are filtered, too [pixel]."""

_LARGEST = 8192


class LensTable(NamedTuple):
    """A pinhole camera as kernels want it; pixel (row v, column u) has its centre at (v + 1/2, u + 1/2).

    ``width``, ``height``, ``focal``, ``centre_u``, ``centre_v`` [pixel]; mount ``x, y, z`` [m] and ``pitch, yaw, roll``
    [rad] as in ``CameraConfig``; ``stride``: pixels from row to row in memory. By column, at least (stride,) float32:
    ``tangent`` of the angle to the right of the axis, ``azimuth`` [rad] to the right, its cosine, and ``beam``:
    relative strength of the headlights.
    """

    width: int
    height: int
    stride: int
    focal: float
    centre_u: float
    centre_v: float
    x: float
    y: float
    z: float
    pitch: float
    yaw: float
    roll: float
    tangent: NDArray[np.float32]
    azimuth: NDArray[np.float32]
    cos_azimuth: NDArray[np.float32]
    beam: NDArray[np.float32]


def stride_of(width: int) -> int:
    """Length of a row in memory: whole cells."""
    return -(-width // SPRITE_CELL) * SPRITE_CELL


def headlight_beam(tangent: NDArray[Any]) -> NDArray[Any]:
    """Relative strength of the headlights by the tangent of the angle to the right, in the type of ``tangent``."""
    return np.asarray(0.12 + np.exp(-((tangent / 0.55) ** 2)))


def make_lens(config: CameraConfig, width: int, height: int) -> LensTable:
    """Lens of ``config`` for a picture of ``width`` x ``height`` with the focal length that ``config.width`` gives.

    Raises
    ------
    ArgumentError
        If a size, the field of view or the mount is out of bounds.
    """
    check_config(config)
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    tangent = (np.arange(stride_of(width) + 2 * CELL) + 0.5 - 0.5 * width) / focal
    azimuth = np.arctan(tangent)
    columns = (tangent, azimuth, np.cos(azimuth), headlight_beam(tangent))
    return LensTable(
        width,
        height,
        stride_of(width),
        focal,
        0.5 * width,
        0.5 * height,
        config.x_m,
        config.y_m,
        config.z_m,
        config.pitch_rad,
        config.yaw_rad,
        config.roll_rad,
        *(np.ascontiguousarray(c, np.float32) for c in columns),
    )


def check_config(config: CameraConfig) -> None:
    """Refuse what cannot be drawn, naming field, value and bounds."""
    for name in ("width", "height"):
        value = getattr(config, name)
        if not 1 <= value <= _LARGEST:
            raise ArgumentError(f"{name}={value!r}: allowed are 1 to {_LARGEST} pixels")
    for name, (low, high) in CAMERA_BOUNDS.items():
        value = getattr(config, name)
        if not low <= value <= high:
            raise ArgumentError(f"{name}={value!r}: allowed is {low:g} to {high:g}")
