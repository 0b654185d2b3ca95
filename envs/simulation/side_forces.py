"""Side forces: what pushes cars sideways, as disturbances of scenarios say: wind, and ruts in the road.

A rut is ``depth / 2 (1 - cos(2 pi y / RUT_WIDTH_M))`` below the road, with y from its bottom; where its slope is
dz/dy, gravity pulls a car by ``-m g dz/dy``. The ruts wander about the lane's centre as cars before did.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import wander
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = ["RUT_WIDTH_M", "SideForces", "rut_bottom"]

GUST_S: Final = 1.0
"""From one random strength of gusts to the next [s]."""
RUT_WIDTH_M: Final = 1.0
"""From one edge to the other [m]."""
RUT_LENGTH_M: Final = 25.0
"""From one random place of the ruts to the next [m]."""
RUT_WANDER_M: Final = 0.4
"""How far their bottom leaves the place where a car in the lane's centre has its wheels [m]."""


class SideForces:
    """The wind and the ruts of N worlds."""

    def __init__(self, worlds: int, dt_s: float) -> None:
        self._pushed: set[int] = set()
        self._dt_s = dt_s
        self._seed: NDArray[np.uint64] = np.zeros(worlds, np.uint64)
        self._steady: NDArray[np.float64] = np.zeros(worlds)
        self._gust: NDArray[np.float64] = np.zeros(worlds)
        self._depth_m: NDArray[np.float64] = np.zeros(worlds)

    def assign(self, world: int, seed: int, disturbances: Disturbances) -> None:
        """Have a world's wind and ruts be those of a scenario."""
        wind, ruts = disturbances.wind, disturbances.ruts
        if wind is None and ruts is None and world not in self._pushed:
            return
        self._seed[world] = seed
        self._steady[world], self._gust[world] = (0.0, 0.0) if wind is None else (wind.steady, wind.gust)
        self._depth_m[world] = 0.0 if ruts is None else ruts.depth_m
        (self._pushed.discard if wind is None and ruts is None else self._pushed.add)(world)

    @property
    def any(self) -> bool:
        """Whether there are any at all."""
        return bool(self._pushed)

    def newton(
        self,
        worlds: NDArray[np.int64],
        step: NDArray[np.int64],
        station_m: NDArray[np.float64],
        lateral_offset_m: NDArray[np.float64],
        mass_kg: float,
    ) -> NDArray[np.float64]:
        """Return the force (M,) [N] on the cars of some worlds (M,), positive to the left.

        ``step``, ``station_m`` and ``lateral_offset_m`` are (M,): steps since the reset, and where the cars are.
        """
        seed = self._seed[worlds]
        force = self._steady[worlds] + self._gust[worlds] * wander(seed, "wind", step * (self._dt_s / GUST_S))
        beside = lateral_offset_m - rut_bottom(seed, station_m)
        slope = np.sin(2.0 * math.pi / RUT_WIDTH_M * beside) * (math.pi / RUT_WIDTH_M) * self._depth_m[worlds]
        inside = np.abs(beside) < 0.5 * RUT_WIDTH_M
        return np.asarray(force - np.where(inside, mass_kg * GRAVITY * slope, 0.0))


def rut_bottom(seed: NDArray[np.uint64], station_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lateral offset [m] of a car whose wheels run at the bottom of the ruts, by seed and station, both (M,)."""
    return np.asarray(RUT_WANDER_M * wander(seed, "ruts", np.maximum(station_m, 0.0) / RUT_LENGTH_M))
