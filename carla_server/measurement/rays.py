"""Rays from a sensor into the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.mesh_trees import mesh_trees
from wormdrive.carla_server.measurement.ray_kernel import cast_rays
from wormdrive.carla_server.measurement.targets import Targets, targets_of
from wormdrive.carla_server.world.roadside.ground import SPACING_M
from wormdrive.carla_server.world.world import World

__all__ = ["Hits", "cast", "prepare", "spread"]

GROUND = -1
"""Number of the ground among targets."""


@dataclass(frozen=True, eq=False)
class Hits:
    """What N rays met; those that met nothing are left out.

    Attributes
    ----------
    ray:
        (N,) int64: which of the rays.
    distance_m:
        (N,) from the sensor.
    target:
        (N,) int64: row in ``targets``, or ``GROUND``.
    cosine:
        (N,) of the angle between ray and surface normal.
    targets:
        What there was to hit.
    """

    ray: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    target: NDArray[np.int64]
    cosine: NDArray[np.float64]
    targets: Targets


def spread(
    pose: Pose, azimuth_rad: NDArray[np.float64], elevation_rad: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions (N, 3) of rays in the sensor's axes and in the map's; azimuth is positive left, elevation up."""
    level = np.cos(elevation_rad)
    local = np.stack([level * np.cos(azimuth_rad), level * np.sin(azimuth_rad), np.sin(elevation_rad)], axis=1)
    return local, np.ascontiguousarray(local @ np.array(pose.rotation()).T)


def prepare(world: World, pose: Pose) -> None:
    """Make ready what rays meet around a pose: the first measurement takes no longer than the others then."""
    if world.surroundings is not None:
        world.surroundings.heights(*pose.place)
    targets_of(world, None, (pose.x, pose.y, 1.0))
    mesh_trees()


def cast(world: World, pose: Pose, directions: NDArray[np.float64], range_m: float, ignore: int | None) -> Hits:
    """Cast rays (N, 3) in the map's axes from a sensor; the vehicle ``ignore`` lets them through."""
    targets = targets_of(world, ignore, (pose.x, pose.y, range_m))
    origin = np.array(pose.place)
    if world.surroundings is not None:
        heights = world.surroundings.heights(*pose.place)
    else:
        heights = world.ground.around(*pose.place, range_m)
    count = len(directions)
    distance, cosine = np.empty(count), np.zeros(count)
    target = np.empty(count, np.int64)
    cast_rays(
        origin, directions, range_m, heights.z, heights.x_m, heights.y_m, SPACING_M, targets.centre, targets.half,
        targets.axes, targets.shape, mesh_trees(), targets.pictures, distance, target, cosine,
    )  # fmt: skip
    ray = np.flatnonzero(target >= GROUND)
    return Hits(ray, distance[ray], target[ray], cosine[ray], targets)
