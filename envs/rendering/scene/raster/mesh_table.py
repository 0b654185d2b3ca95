"""Mesh table: vehicles, people and things as kernels read them, and the meshes that they refer to."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.meshes.shapes import FLAT_SHAPES, SHAPES, Shape, mesh_of
from wormdrive.envs.rendering.scene.raster.mesh_raster import BEAM, CAR_FIELDS, CLOSED, LAMPS, MESH, SIGNAL, TONE
from wormdrive.envs.rendering.scene.scene_model import Cars

__all__ = ["Meshes", "axes_of", "car_table", "carries"]

_SPREAD: Final = np.uint32(2_654_435_769)  # golden ratio: neighbours differ
_BEAM_M: Final = 1.5  # a camera this far outside of a vehicle's box still sits on it


def _kinds() -> NDArray[np.float64]:
    """(SHAPES, 3): what CLOSED, CASTS and SIGNAL are for every shape."""
    kinds = np.zeros((SHAPES, 3))
    kinds[Shape.LIGHT :, 0] = 1.0
    kinds[:, 1] = 1.0
    kinds[list(FLAT_SHAPES), 1] = 0.0
    kinds[Shape.LIGHT : Shape.LIGHT + 3, 2] = 1.0, 2.0, 3.0
    return kinds


_KINDS: Final = _kinds()


class Meshes:
    """The meshes of all shapes, one behind the other: shape k has faces ``first[k]`` to ``first[k + 1]``."""

    def __init__(self) -> None:
        meshes = [mesh_of(shape) for shape in range(SHAPES)]
        self.corners = np.concatenate([mesh.corners for mesh in meshes])
        self.material = np.concatenate([mesh.material for mesh in meshes])
        self.first = np.concatenate([[0], np.cumsum([len(mesh.material) for mesh in meshes])]).astype(np.int64)


def car_table(cars: Cars, camera: CameraPose) -> NDArray[np.float64]:
    """Rows (C, CAR_FIELDS); what holds the camera has no size, so that nothing of it is drawn."""
    count = len(cars.pose)
    table = np.zeros((count, CAR_FIELDS))
    if not count:
        return table
    table[:, 0:3] = cars.pose[:, :3]
    table[:, 3:6], table[:, 6:9], table[:, 9:12] = axes_of(cars.pose)
    table[:, 12:15] = cars.size
    table[:, 15:18] = (cars.colour / 255.0) ** 2
    table[:, 18] = cars.brakes
    table[:, MESH] = cars.shape
    table[:, LAMPS] = np.where(cars.shape <= Shape.TWO_WHEELER, cars.lamps, 0.0)
    table[:, TONE] = (cars.actor * _SPREAD) / 2.0**32
    table[:, CLOSED : SIGNAL + 1] = _KINDS[cars.shape]
    table[_holding(table, camera, 0.0), 12:15] = 0.0
    return table


def axes_of(pose: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Axes forward, left and up, (C, 3) each, of bodies with poses (C, 6); see ``Cars.pose``."""
    cos_h, sin_h = np.cos(pose[:, 3]), np.sin(pose[:, 3])
    cos_p, sin_p = np.cos(pose[:, 4]), np.sin(pose[:, 4])
    cos_r, sin_r = np.cos(pose[:, 5]), np.sin(pose[:, 5])
    forward = np.stack([cos_p * cos_h, cos_p * sin_h, -sin_p], axis=1)
    level_left = np.stack([-sin_h, cos_h, np.zeros(len(pose))], axis=1)
    level_up = np.stack([sin_p * cos_h, sin_p * sin_h, cos_p], axis=1)
    left = cos_r[:, None] * level_left + sin_r[:, None] * level_up
    up = cos_r[:, None] * level_up - sin_r[:, None] * level_left
    return forward, left, up


def carries(cars: Cars, camera: CameraPose) -> bool:
    """Whether the camera sits in or on a vehicle whose lamps light the road when it is dark."""
    if not len(cars.pose):
        return False
    table = car_table(cars, camera)
    return bool((_holding(table, camera, _BEAM_M) & (table[:, LAMPS] >= BEAM)).any())


def _holding(table: NDArray[np.float64], camera: CameraPose, margin: float) -> NDArray[np.bool_]:
    away = np.array([camera.x, camera.y, camera.z]) - table[:, 0:3]
    along, aside, high = ((away * table[:, k : k + 3]).sum(axis=1) for k in (3, 6, 9))
    return np.asarray(
        (np.abs(along) <= 0.5 * table[:, 12] + margin)
        & (np.abs(aside) <= 0.5 * table[:, 13] + margin)
        & (high >= -margin)
        & (high <= table[:, 14] + margin)
    )
