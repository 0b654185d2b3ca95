"""Camera pose: where a camera stands, how it is turned, and what its picture measures.

A pixel's ray is ``forward + right * a + down * b`` with a and b its distance from the picture's middle over the focal
length, so that a point ``eye + depth * ray`` has the depth ``depth`` along the optical axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["CameraPose", "make_camera_pose"]


class CameraPose(NamedTuple):
    """``x, y, z`` [m]; axes forward, right and down in the map's; ``focal`` and the picture's middle [pixel]."""

    x: float
    y: float
    z: float
    forward_x: float
    forward_y: float
    forward_z: float
    right_x: float
    right_y: float
    right_z: float
    down_x: float
    down_y: float
    down_z: float
    focal: float
    centre_u: float
    centre_v: float


def make_camera_pose(pose: Sequence[float], width: int, height: int, fov_deg: float) -> CameraPose:
    """Return the pose of a camera as kernels want it.

    Parameters
    ----------
    pose:
        x, y, z [m], heading, pitch, roll [rad]: turned by heading, then pitch (positive looks down), then roll.
    fov_deg:
        Horizontal field of view [deg].
    """
    x, y, z, heading, pitch, roll = (float(value) for value in pose)
    cos_heading, sin_heading = math.cos(heading), math.sin(heading)
    cos_pitch, sin_pitch = math.cos(pitch), math.sin(pitch)
    level_x, level_y = sin_heading, -cos_heading  # to the right
    below_x, below_y, below_z = -sin_pitch * cos_heading, -sin_pitch * sin_heading, -cos_pitch
    cos_roll, sin_roll = math.cos(roll), math.sin(roll)
    return CameraPose(
        x, y, z,
        cos_pitch * cos_heading, cos_pitch * sin_heading, -sin_pitch,
        cos_roll * level_x + sin_roll * below_x, cos_roll * level_y + sin_roll * below_y, sin_roll * below_z,
        cos_roll * below_x - sin_roll * level_x, cos_roll * below_y - sin_roll * level_y, cos_roll * below_z,
        0.5 * width / math.tan(0.5 * math.radians(fov_deg)), 0.5 * width, 0.5 * height,
    )  # fmt: skip
