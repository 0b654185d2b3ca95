"""Checks of what callers of a world give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["check_pose", "triple", "vector"]

FARTHEST_M: Final = 2e7
"""Positions that are allowed [m]."""


def check_pose(pose: Pose) -> None:
    """Refuse a pose that is not finite, or farther than 20,000 km away.

    Raises
    ------
    ArgumentError
        Names the values.
    """
    values = (pose.x, pose.y, pose.z, pose.heading, pose.pitch, pose.roll)
    if not all(math.isfinite(value) and abs(value) <= FARTHEST_M for value in values):
        raise ArgumentError(f"pose={values}: allowed are finite numbers of at most {FARTHEST_M:g}")


def vector(name: str, values: Sequence[float]) -> NDArray[np.float64]:
    """Read three finite numbers.

    Raises
    ------
    ArgumentError
        If they are not; it begins with ``name``.
    """
    array = np.asarray(values, np.float64)
    if array.shape != (3,) or not np.isfinite(array).all():
        raise ArgumentError(f"{name}={values}: allowed are three finite numbers")
    return array


def triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Three plain numbers."""
    x, y, z = (float(value) for value in values)
    return x, y, z
