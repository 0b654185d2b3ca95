"""Obstacle detector: the nearest object in a capsule ahead, after CARLA's ``sensor.other.obstacle``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.ray_kernel import nearest_box
from wormdrive.carla_server.measurement.targets import targets_of
from wormdrive.carla_server.world.world import World
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Obstacle", "obstacle"]


class Obstacle(NamedTuple):
    """What is ahead.

    Attributes
    ----------
    other:
        A vehicle, kinematic body or prop; None for what has no id.
    distance_m:
        How far a ball rolls until it touches it.
    tag:
        Class number of CARLA's.
    """

    other: int | None
    distance_m: float
    tag: int


def obstacle(
    world: World,
    pose: Pose,
    distance_m: float = 5.0,
    radius_m: float = 0.5,
    only_vehicles: bool = False,
    carrier: int | None = None,
) -> Obstacle | None:
    """Find the first object that a ball touches on its way ahead from a pose; None if there is none.

    With ``only_vehicles`` props and posts do not count; kinematic bodies do.

    Raises
    ------
    ArgumentError
        If a length is not within 0 to 500 m.
    """
    for name, value in (("distance_m", distance_m), ("radius_m", radius_m)):
        if not 0.0 <= value <= 500.0:
            raise ArgumentError(f"{name}={value}: allowed are numbers from 0 to 500")
    targets = targets_of(
        world, carrier, None if only_vehicles else (pose.x, pose.y, distance_m + radius_m), pictured=False
    )
    count = targets.movers if only_vehicles else len(targets.ids)
    ahead = np.array(pose.rotation())[:, 0].copy()
    origin = np.array(pose.place)
    centre, half, axes = targets.centre[:count], targets.half[:count], targets.axes[:count]
    which, away = nearest_box(origin, ahead, distance_m, radius_m, centre, half, axes)
    if which < 0:
        return None
    vehicle = int(targets.ids[which])
    return Obstacle(vehicle or None, float(away), int(targets.tags[which]))
