"""Pedals: what acceleration the road leaves to a car, and which pedal gives it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.vehicle_batch import VehicleBatch

__all__ = ["RoadAllowance", "pedal_for", "road_allowance"]


class RoadAllowance(NamedTuple):
    """What the road says about M cars' acceleration.

    ``most`` (M,) [m/s²]: what the cruise control would do for bends and limits ahead, slope included; ``pull`` (M,)
    [m/s²]: what the slope takes.
    """

    most: NDArray[np.float64]
    pull: NDArray[np.float64]


def road_allowance(batch: VehicleBatch, worlds: NDArray[np.int64]) -> RoadAllowance:
    """Return what the road allows the cars of some worlds (M,)."""
    undecided = np.full((batch.state.shape[1], 2), np.nan)
    undecided[:, 0] = 0.0
    work = batch.begin_step(worlds, undecided)
    return RoadAllowance(work[vehicle.WANTED], work[vehicle.PULL_X])


def pedal_for(acceleration: NDArray[np.float64], parameters: VehicleParameters) -> NDArray[np.float64]:
    """Pedal in [-1, 1], brake to throttle, that asks for an acceleration [m/s²]."""
    most = np.where(acceleration > 0.0, parameters.max_acceleration, parameters.max_braking)
    return np.asarray(np.clip(acceleration / most, -1.0, 1.0))
