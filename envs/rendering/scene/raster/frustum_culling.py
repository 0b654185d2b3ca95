"""Frustum culling: which vehicles, people and things may show in a picture."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.scene_model import Cars

__all__ = ["in_frustum"]

_NEAREST_M: Final = 0.2


def in_frustum(cars: Cars, camera: CameraPose) -> Cars:
    """Those that may show in the picture; what holds the camera does not: it hides itself."""
    if not len(cars.pose):
        return cars
    seen: NDArray[np.bool_] = _seen(cars.pose, cars.size, camera)
    if seen.all():
        return cars
    return cars.chosen(np.flatnonzero(seen))


@glue
def _seen(pose, size, camera):  # type: ignore[no-untyped-def]
    """(C,) bool."""
    seen = np.zeros(len(pose), np.bool_)
    reach = camera.centre_u / camera.focal
    for k in range(len(pose)):
        x, y, z = pose[k, 0] - camera.x, pose[k, 1] - camera.y, pose[k, 2] - camera.z
        depth = x * camera.forward_x + y * camera.forward_y + z * camera.forward_z
        right = abs(x * camera.right_x + y * camera.right_y + z * camera.right_z)
        radius = 0.6 * math.sqrt(size[k, 0] ** 2 + size[k, 1] ** 2 + size[k, 2] ** 2) + 1.0
        seen[k] = (
            depth > _NEAREST_M - radius
            and right < reach * max(depth, 0.0) + radius * (1.0 + reach)
            and not (abs(depth) < radius and right < radius and _holds(pose[k], size[k], -x, -y, -z))
        )
    return seen


@glue
def _holds(pose, size, x, y, z):  # type: ignore[no-untyped-def]
    """Whether the camera, x, y, z from the reference point, is in the box; see ``car_table``."""
    sin_h, cos_h = math.sin(pose[3]), math.cos(pose[3])
    sin_p, cos_p, sin_r, cos_r = math.sin(pose[4]), math.cos(pose[4]), math.sin(pose[5]), math.cos(pose[5])
    along = cos_p * (x * cos_h + y * sin_h) - sin_p * z
    level_left = y * cos_h - x * sin_h
    level_up = sin_p * (x * cos_h + y * sin_h) + cos_p * z
    left = cos_r * level_left + sin_r * level_up
    up = cos_r * level_up - sin_r * level_left
    return abs(along) <= 0.5 * size[0] and abs(left) <= 0.5 * size[1] and 0.0 <= up <= size[2]
