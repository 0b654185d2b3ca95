"""What a world says about its vehicles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.roads.point_location import Places

__all__ = ["TERRAIN", "Collision", "VehicleMotion", "VehicleStates"]

Array = NDArray[np.float64]
Triple = tuple[float, float, float]

TERRAIN: Final = 10
"""Class number of CARLA's."""


@dataclass(frozen=True)
class Collision:
    """Something touched a vehicle in the latest step.

    Attributes
    ----------
    vehicle, other:
        Ids; ``other`` is a vehicle, a kinematic body, a prop, or None for what has no id: a tree, a post, or the ground
        beside the road, onto which the vehicle went.
    impulse_ns:
        What the vehicle felt, in the map's axes [N s].
    position_m:
        Where, x, y, z in the map's axes [m].
    tag:
        Class number of CARLA's of what has no id.
    """

    vehicle: int
    other: int | None
    impulse_ns: tuple[float, float, float]
    position_m: tuple[float, float, float]
    tag: int = TERRAIN


class VehicleMotion(NamedTuple):
    """One vehicle's motion, in the map's axes; see ``VehicleStates``. ``gear`` is None where nothing has gears."""

    vehicle: int
    pose: Pose
    velocity_mps: Triple
    angular_velocity_radps: Triple
    acceleration_mps2: Triple
    gear: int | None = None


@dataclass(frozen=True, eq=False)
class VehicleStates:
    """N vehicles at one time, by rising id; all vectors in the map's axes.

    Attributes
    ----------
    ids:
        (N,) int64.
    pose:
        (N, 6): x, y, z [m], heading, pitch, roll [rad]; the heading is in (-pi, pi].
    velocity_mps:
        (N, 3).
    angular_velocity_radps:
        (N, 3) about x, y and z.
    acceleration_mps2:
        (N, 3): change of velocity over the latest step by its duration.
    extent_m:
        (N, 3) half length, half width, half height of the bounding box.
    centre_m:
        (N, 3) centre of the bounding box in the vehicle's axes, from its reference point.
    speed_mps:
        (N,) along the vehicle's axis, negative backwards.
    steer_rad:
        (N,) angle of the front wheels, positive left.
    command:
        (N, 3) throttle, steer, brake as last given.
    gear:
        (N,) int64: -1 reverse, 0 neutral, from 1 on forward; without a powertrain what the speed suggests.
    engine_radps:
        (N,) speed of the engine; 0 without a powertrain.
    tyre_mps2:
        (N,) what the tyres pushed along the vehicle at the end of the latest step; 0 without a powertrain.
    places:
        Where they are on the map.
    """

    ids: NDArray[np.int64]
    pose: Array
    velocity_mps: Array
    angular_velocity_radps: Array
    acceleration_mps2: Array
    extent_m: Array
    centre_m: Array
    speed_mps: Array
    steer_rad: Array
    command: Array
    gear: NDArray[np.int64]
    engine_radps: Array
    tyre_mps2: Array
    places: Places
