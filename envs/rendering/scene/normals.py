# mypy: allow-untyped-defs, allow-untyped-calls
"""Normals: which way the surface looks that each pixel of a finished picture shows.

A picture's depth says where each pixel's point lies, however it was drawn; the geometry that was drawn says the rest:

* ground has the slope of the land there, on roads the road's own;
* vehicles, people and things: faces are laid over the picture once more, and keep where they have its depth;
* trees and posts are flat pictures that face the camera;
* what none of these explains takes the plane through its neighbours. One over depth is linear on a plane, so that
  differences are exact; each is taken on the side whose next two pixels lie on one line, never across an edge.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.raster.mesh_raster import (
    LENGTH,
    MESH,
    MOST_CORNERS,
    clip_near,
    fill_face,
    middle_of,
    place_face,
)
from wormdrive.envs.rendering.scene.raster.mesh_table import Meshes, car_table
from wormdrive.envs.rendering.scene.scene_model import Cars
from wormdrive.envs.rendering.scene.terrain.ray_march import ground_slope
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainArrays
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["surface_normals"]

f4 = np.float32

_GROUND: Final = (
    int(SemanticLabel.ROADS), int(SemanticLabel.SIDEWALKS), int(SemanticLabel.TERRAIN), int(SemanticLabel.ROAD_LINES),
    int(SemanticLabel.GROUND),
)  # fmt: skip
_FLAT: Final = (int(SemanticLabel.VEGETATION), int(SemanticLabel.POLES))
_SAME: Final = 1.0002  # depth over a face's depth up to which a pixel shows the face


def surface_normals(
    depth: NDArray[np.float32],
    labels: NDArray[np.uint8],
    camera: CameraPose,
    terrain: TerrainArrays,
    cars: Cars,
    meshes: Meshes,
) -> NDArray[np.float32]:
    """Return the normals (H, W, 3) float32 of a picture: of length 1, in the map's axes, zeros in the sky.

    Parameters
    ----------
    depth, labels:
        (H, W), of the picture.
    land:
        Around the camera.
    cars:
        What the picture was drawn with.
    """
    height, width = depth.shape
    normals = np.zeros((height, width, 3), np.float32)
    _fill(
        np.ascontiguousarray(depth).reshape(-1), np.ascontiguousarray(labels).reshape(-1), height, width, camera,
        terrain, car_table(cars, camera), meshes.corners, meshes.first, normals.reshape(-1, 3),
    )  # fmt: skip
    return normals


@glue
def _difference(depths, at, step, before, after):
    """Change of one over depth along a row or column, where ``before`` and ``after`` pixels lie to either side."""
    here = 1.0 / depths[at]
    best, least = 0.0, 1e9
    for side in range(2):
        room, way = (before, -step) if side == 0 else (after, step)
        if room < 1:
            continue
        one = 1.0 / depths[at + way] - here
        bend = abs(1.0 / depths[at + 2 * way] - here - 2.0 * one) if room > 1 else abs(one)
        if bend < least:
            best, least = (-one if side == 0 else one), bend
    return best


@glue
def _lay_faces(cars, mesh_corners, mesh_first, camera, height, width, nearest, owner, out):
    """Write the normals of what stands there wherever its faces have the picture's depth."""
    face, clipped = np.empty((4, 3)), np.empty((MOST_CORNERS, 3))
    for n in range(len(cars)):
        _, _, _, _, shows = middle_of(cars, n, camera)
        if cars[n, LENGTH] <= 0.0 or not shows:
            continue
        begin, end = mesh_first[int(cars[n, MESH])], mesh_first[int(cars[n, MESH]) + 1]
        corners = mesh_corners[begin:end]
        for f in range(end - begin):
            nx, ny, nz, offset = place_face(cars, n, corners, f, camera, face)
            if offset > -1e-6:
                continue
            kept = clip_near(face, 4, clipped)
            if kept < 3:
                continue
            fill_face(
                clipped, kept, nx / offset, ny / offset, nz / offset, camera, 0, height, width, width, n + 1,
                f4(nx * camera.right_x + ny * camera.down_x + nz * camera.forward_x),
                f4(nx * camera.right_y + ny * camera.down_y + nz * camera.forward_y),
                f4(nx * camera.right_z + ny * camera.down_z + nz * camera.forward_z),
                nearest, owner, out[:, 0], out[:, 1], out[:, 2],
            )  # fmt: skip


@glue
def _fill(depths, labels, height, width, camera, terrain, cars, mesh_corners, mesh_first, out):
    nearest, owner = np.empty(len(depths), np.float32), np.zeros(len(depths), np.int32)
    for at in range(len(depths)):
        stands = depths[at] <= f4(FURTHEST_GROUND_M) and labels[at] not in _GROUND
        nearest[at] = depths[at] * f4(_SAME) if stands else f4(0)
    _lay_faces(cars, mesh_corners, mesh_first, camera, height, width, nearest, owner, out)
    for v in range(height):
        b = (v + 0.5 - camera.centre_v) / camera.focal
        for u in range(width):
            at = v * width + u
            if owner[at] > 0 or depths[at] > f4(FURTHEST_GROUND_M):
                continue
            a, depth = (u + 0.5 - camera.centre_u) / camera.focal, float(depths[at])
            if labels[at] in _GROUND:
                east, north = ground_slope(
                    terrain,
                    camera.x + depth * (camera.forward_x + a * camera.right_x + b * camera.down_x),
                    camera.y + depth * (camera.forward_y + a * camera.right_y + b * camera.down_y),
                    camera.z,
                )
                x, y, z = -east, -north, 1.0
            elif labels[at] in _FLAT:
                x, y, z = -camera.forward_x, -camera.forward_y, -camera.forward_z
            else:
                right = camera.focal * _difference(depths, at, 1, u, width - 1 - u)
                down = camera.focal * _difference(depths, at, width, v, height - 1 - v)
                ahead = 1.0 / depth - a * right - b * down
                x = -(right * camera.right_x + down * camera.down_x + ahead * camera.forward_x)
                y = -(right * camera.right_y + down * camera.down_y + ahead * camera.forward_y)
                z = -(right * camera.right_z + down * camera.down_z + ahead * camera.forward_z)
            norm = math.sqrt(x * x + y * y + z * z)
            out[at, 0], out[at, 1], out[at, 2] = f4(x / norm), f4(y / norm), f4(z / norm)
