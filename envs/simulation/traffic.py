"""Traffic: other cars, each a pure function of scenario and time.

So a frame can be drawn again without what came before it, in any season. Cars drive ahead in the ego lane, some seconds
in front and as the cruise control would on a dry road, and come towards it in the lane across the road. They neither
see nor meet each other, and none can surprise an ego vehicle that keeps its lane and does not race.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route, Surface
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.simulation.cruise_control import DRY_FRICTION, cruise_speed, speed_profile
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["MAX_CARS", "OtherCars", "Traffic", "oncoming_lane"]

MAX_CARS: Final = 8
AWAY: Final = -1.0e6
"""Station of a car that is not on the road [m]."""
ONCOMING_MPS: Final = 11.0
HEADWAY_S: Final = 5.0
"""From the ego vehicle to the first car ahead, and from each to the next at least [s]."""

_LEAD, _PHASE, _SPRITE = range(3)
_FRONTS: Final = (Sprite.CAR_FRONT_RED, Sprite.CAR_FRONT_WHITE, Sprite.CAR_FRONT_BLUE)
_REARS: Final = (Sprite.CAR_REAR_RED, Sprite.CAR_REAR_WHITE, Sprite.CAR_REAR_BLUE)


class OtherCars(Protocol):
    """Cars that can be seen from some slots, and run into: ``Traffic``, or ``Companions``."""

    @property
    def car_count(self) -> NDArray[np.int32]:
        """How many each slot has, (slots,)."""

    def assign(self, slot: int, scenario: Scenario, route: Route, start_m: float) -> None:
        """Begin the episode of a scenario whose ego vehicle starts at station ``start_m``."""

    def cars(
        self, slot: NDArray[np.int32], step: NDArray[np.int64], dt_s: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """``Views.cars`` (M, C, 4) and ``Views.car_count`` (M,) of M slots at M steps."""


class Traffic:
    """The other cars of each slot."""

    def __init__(self, slots: int) -> None:
        self.car_count: NDArray[np.int32] = np.zeros(slots, np.int32)
        self._plan: NDArray[np.float64] = np.zeros((slots, MAX_CARS, 3))
        self._samples: NDArray[np.int64] = np.zeros(slots, np.int64)
        self._clock: NDArray[np.float64] = np.zeros((slots, 0))
        self._aside: NDArray[np.float32] = np.zeros((slots, 0), np.float32)

    def assign(self, slot: int, scenario: Scenario, route: Route, start_m: float) -> None:
        """Plan the cars of a scenario whose ego vehicle starts at station ``start_m``."""
        self.car_count[slot] = scenario.traffic
        if not scenario.traffic:
            return
        n = len(route.x)
        if n > self._clock.shape[1]:
            slots = len(self.car_count)
            self._clock = _widened(self._clock, (slots, n))
            self._aside = _widened(self._aside, (slots, n))
        speed = cruise_speed(speed_profile(route), DRY_FRICTION)
        clock = np.concatenate([[0.0], np.cumsum(2.0 * route.spacing_m / (speed[1:] + speed[:-1]))])
        self._clock[slot, :n] = clock - np.interp(start_m, np.arange(n) * route.spacing_m, clock)
        self._aside[slot, :n] = oncoming_lane(route)
        self._samples[slot] = n
        random = np.random.default_rng([scenario.seed, 0x7261_6666])
        ahead = HEADWAY_S
        for car in range(scenario.traffic):
            lead = car % 3 == 1
            if lead:
                ahead += random.uniform(0.0, 4.0)
                phase = ahead
                ahead += HEADWAY_S
            else:
                phase = random.uniform(0.0, route.length_m)
            sprite = int(random.choice(_REARS if lead else _FRONTS))
            self._plan[slot, car] = lead, phase, sprite

    def cars(
        self, slot: NDArray[np.int32], step: NDArray[np.int64], dt_s: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """``Views.cars`` (M, C, 4) and ``Views.car_count`` (M,) of M slots at M steps."""
        count = self.car_count[slot]
        cars = np.zeros((len(slot), int(count.max(initial=0)), 4), np.float32)
        if cars.shape[1]:
            _place(slot, step, dt_s, self._plan, self._samples, self._clock, self._aside, count, cars)
        return cars, count


def oncoming_lane(route: Route) -> NDArray[np.float32]:
    """Lateral position (n,) of the lane that oncoming cars use [m]; NaN where the road has none.

    It is the driving lane farthest from the ego lane: on a road of two lanes the other one, on a divided road one
    beyond the median.
    """
    sections = route.cross_sections
    middle = 0.5 * (sections.edges[:, :-1] + sections.edges[:, 1:])
    width = sections.edges[:, 1:] - sections.edges[:, :-1]
    usable = (sections.surface == Surface.DRIVING) & (width > 2.0) & (np.abs(middle) > 2.0)
    farthest = np.argmax(np.where(usable, np.abs(middle), -1.0), axis=1)
    lane = np.where(usable.any(axis=1), np.take_along_axis(middle, farthest[:, None], axis=1)[:, 0], np.nan)
    return np.asarray(lane[route.section], np.float32)


def _widened(array: NDArray[np.generic], shape: tuple[int, int]) -> NDArray:  # type: ignore[type-arg]
    wide = np.zeros(shape, array.dtype)
    wide[:, : array.shape[1]] = array
    return wide


@njit(cache=True, nogil=True)
def _place(slot, step, dt, plan, samples, clock, aside, count, cars):  # type: ignore[no-untyped-def]
    for m in range(slot.shape[0]):
        world = slot[m]
        n = samples[world]
        time = step[m] * dt
        for car in range(count[m]):
            lead, phase, sprite = plan[world, car]
            station = AWAY
            lateral = 0.0
            brakes = 0.0
            if lead > 0.0:
                times = clock[world, :n]
                when = time + phase
                i = np.searchsorted(times, when) - 1
                if 0 <= i < n - 5:
                    span = times[i + 1] - times[i]
                    station = 0.5 * (i + (when - times[i]) / span)
                    brakes = 1.0 if times[i + 5] - times[i + 4] > 1.015 * span else 0.0
            else:
                length = 0.5 * (n - 1)
                at = length - (phase + ONCOMING_MPS * time) % length
                where = aside[world, int(2.0 * at)]
                if not np.isnan(where):
                    station = at
                    lateral = where
            cars[m, car, 0] = station
            cars[m, car, 1] = lateral
            cars[m, car, 2] = sprite
            cars[m, car, 3] = brakes
