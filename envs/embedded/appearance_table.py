"""Appearance table: what each slot's scenario looks like, and the seeds of its scenery and noise."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import mixed
from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.arriving_snow import conditions_at
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["AppearanceTable", "frame_seeds"]


class AppearanceTable:
    """Appearance, art and seeds of each slot; see ``Views`` for the arrays."""

    def __init__(self, slots: int) -> None:
        size = len(_appearance(Conditions())[0])
        self.appearance: NDArray[np.float32] = np.zeros((slots, size), np.float32)
        self.art: NDArray[np.int32] = np.zeros(slots, np.int32)
        self.scenery_seed: NDArray[np.uint32] = np.zeros(slots, np.uint32)
        self.seed: NDArray[np.uint64] = np.zeros(slots, np.uint64)
        self._snowing: dict[int, Scenario] = {}

    def assign(self, slot: int, scenario: Scenario) -> None:
        """Fill a slot with what its scenario looks like."""
        self._snowing.pop(slot, None)
        if scenario.disturbances.arriving_snow is not None:
            self._snowing[slot] = scenario
        self.appearance[slot], self.art[slot] = _appearance(scenario.conditions)
        seeds = np.array([scenario.seed, (scenario.seed << 32) | scenario.route_seed], np.uint64)
        self.seed[slot] = seeds[0]
        self.scenery_seed[slot] = mixed(seeds[1:])[0] >> np.uint64(32)

    def rows(self, slot: NDArray[np.int32], station_m: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the appearance (M, ...) of slots (M,) where the cars are at stations (M,) [m]."""
        rows = self.appearance[slot]
        for m in np.flatnonzero(np.isin(slot, list(self._snowing))) if self._snowing else ():
            rows[m] = _appearance(conditions_at(self._snowing[int(slot[m])], float(station_m[m])))[0]
        return rows


def frame_seeds(seed: NDArray[np.uint64], step: NDArray[np.int64]) -> NDArray[np.uint32]:
    """One seed (M,) for each frame, from the scenario's seed (M,) and the frame's number (M,)."""
    return (mixed(mixed(seed) + step.astype(np.uint64)) >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=4096)
def _appearance(conditions: Conditions) -> tuple[NDArray[np.float32], int]:
    return appearance(conditions), conditions.art_index
