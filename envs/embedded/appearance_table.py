"""Appearance table: what each slot's scenario looks like, and the seeds of its scenery and noise."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["AppearanceTable", "frame_seeds", "mixed"]

_GOLDEN: Final = 0x9E37_79B9_7F4A_7C15


class AppearanceTable:
    """Appearance, art and seeds of each slot; see ``Views`` for the arrays."""

    def __init__(self, slots: int) -> None:
        size = len(_appearance(Conditions())[0])
        self.appearance: NDArray[np.float32] = np.zeros((slots, size), np.float32)
        self.art: NDArray[np.int32] = np.zeros(slots, np.int32)
        self.scenery_seed: NDArray[np.uint32] = np.zeros(slots, np.uint32)
        self.seed: NDArray[np.uint64] = np.zeros(slots, np.uint64)

    def assign(self, slot: int, scenario: Scenario) -> None:
        """Fill a slot with what its scenario looks like."""
        self.appearance[slot], self.art[slot] = _appearance(scenario.conditions)
        seeds = np.array([scenario.seed, (scenario.seed << 32) | scenario.route_seed], np.uint64)
        self.seed[slot] = seeds[0]
        self.scenery_seed[slot] = mixed(seeds[1:])[0] >> np.uint64(32)


def frame_seeds(seed: NDArray[np.uint64], step: NDArray[np.int64]) -> NDArray[np.uint32]:
    """One seed (M,) for each frame, from the scenario's seed (M,) and the frame's number (M,)."""
    return (mixed(mixed(seed) + step.astype(np.uint64)) >> np.uint64(32)).astype(np.uint32)


def mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64 bits so that neighbours have nothing in common (the SplitMix64 finaliser; Steele et al. 2014)."""
    value = value + np.uint64(_GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return value ^ (value >> np.uint64(31))


@lru_cache(maxsize=4096)
def _appearance(conditions: Conditions) -> tuple[NDArray[np.float32], int]:
    return appearance(conditions), conditions.art_index
