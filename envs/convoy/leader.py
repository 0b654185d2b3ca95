"""Leader: drives the first car of each convoy, by a speed profile and as fast as bends allow."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.convoy.pedals import pedal_for, road_allowance
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.pure_pursuit import PurePursuit
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature
from wormdrive.envs.simulation.vehicle_batch import VehicleBatch

__all__ = ["Leader"]

GAIN: Final = 1.0
"""Acceleration by lack of speed [1/s]."""


class Leader:
    """Commands the cars of some worlds, which hold their commands for so many steps.

    Parameters
    ----------
    batch:
        All cars.
    worlds:
        (W,): those of the first cars.
    pursuit:
        Keeps all cars on their lanes.
    parameters:
        Of the vehicle.
    hold_s:
        How long a command is held [s].
    """

    def __init__(
        self,
        batch: VehicleBatch,
        worlds: NDArray[np.int64],
        pursuit: PurePursuit,
        parameters: VehicleParameters,
        hold_s: float,
    ) -> None:
        self._batch, self._worlds, self._pursuit = batch, worlds, pursuit
        self._parameters, self._hold_s = parameters, hold_s
        self._profiles: list[NDArray[np.float64]] = [np.zeros(2)] * len(worlds)

    def assign(self, convoy: int, profile: NDArray[np.float64]) -> None:
        """Have a convoy's first car want these speeds (T,) [m/s], one every ``hold_s``; afterwards the last."""
        self._profiles[convoy] = profile

    def commands(self, state: VehicleState, action_index: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the commands (W, 2) of the first cars, of all cars' state (N,), at the convoys' actions (W,)."""
        speed = state.speed_mps[self._worlds]
        last = np.array([len(profile) - 1 for profile in self._profiles])
        now = np.array([p[min(k, n)] for p, k, n in zip(self._profiles, action_index, last, strict=True)])
        then = np.array([p[min(k + 1, n)] for p, k, n in zip(self._profiles, action_index, last, strict=True)])
        road = road_allowance(self._batch, self._worlds)
        wanted = (then - now) / self._hold_s + GAIN * (now - speed) + road.pull
        curvature = self._pursuit.curvature(state)[self._worlds]
        steer = steer_for_curvature(curvature, speed, self._parameters)
        return np.stack([steer, pedal_for(np.minimum(wanted, road.most), self._parameters)], axis=1)
