"""Companions: cars that share a road with an ego vehicle and are ego vehicles themselves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["Companions"]

_REARS: Final = (Sprite.CAR_REAR_RED, Sprite.CAR_REAR_WHITE, Sprite.CAR_REAR_BLUE)


class Companions:
    """The other cars of each slot, where every ``cars`` slots in a row are cars on one road.

    Unlike ``Traffic`` they are wherever they have been driven to: a picture of them can be drawn as things are now
    alone. All are seen from behind.

    Parameters
    ----------
    state:
        (STATES, N) float64: of all slots, as ``VehicleBatch.state``; looked at, never changed.
    braking:
        (N,) bool: whose brake lights are on; looked at, too.
    cars:
        Cars on one road.
    """

    def __init__(self, state: NDArray[np.float64], braking: NDArray[np.bool_], cars: int) -> None:
        slots = state.shape[1]
        self.car_count: NDArray[np.int32] = np.full(slots, cars - 1, np.int32)
        self._state, self._braking = state, braking
        mine = np.arange(slots)
        road, own = mine // cars, mine % cars
        others = (own[:, None] + np.arange(1, cars)) % cars
        self._others: NDArray[np.int64] = road[:, None] * cars + others
        self._sprite = np.array(_REARS, np.float32)[others % len(_REARS)]

    def assign(self, slot: int, scenario: Scenario, route: Route, start_m: float) -> None:
        """Nothing to plan: they are driven."""

    def cars(
        self, slot: NDArray[np.int32], step: NDArray[np.int64], dt_s: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """``Views.cars`` (M, cars - 1, 4) and ``Views.car_count`` (M,) of M slots as they are now."""
        others = self._others[slot]
        columns = (
            self._state[kernel.STATION, others],
            self._state[kernel.OFFSET, others],
            self._sprite[slot],
            self._braking[others],
        )
        return np.stack(columns, axis=-1).astype(np.float32), self.car_count[slot]
