"""Layout: where the target, the start and the trees of a flight are."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.site import Site
from wormdrive.envs.find_target.wood import Clearing, Wood, plant

__all__ = ["CIRCLE_M", "Layout", "lay_out"]

CIRCLE_M: Final = 3.0
"""Radius of the circle that a moving target goes round."""
_ROOM_M: Final = 3.5  # around the target's way
_AROUND_START_M: Final = 3.0
_LINE_M: Final = 1.4
_BUSHES_OFF_LINE_M: Final = 2.0
_START_ALTITUDES_M: Final = (2.2, 4.5)
_ASKEW_RAD: Final = 0.35


class Layout(NamedTuple):
    """``start`` (4,): x, y, z [m], heading; ``middle`` (2,) of the target's way, ``phase`` on it [rad]; its trees."""

    start: NDArray[np.float64]
    middle: NDArray[np.float64]
    phase: float
    turn: float
    wood: Wood

    def target_pose(self, site: Site, speed_mps: float, time_s: float) -> tuple[float, float, float, float]:
        """Return x, y, z [m] and heading of the target at a time."""
        x, y = float(self.middle[0]), float(self.middle[1])
        if speed_mps > 0.0:
            angle = self.phase + self.turn * speed_mps * time_s / CIRCLE_M
            # the circle begins where a target that stands still is
            x += CIRCLE_M * float(np.cos(angle) - np.cos(self.phase))
            y += CIRCLE_M * float(np.sin(angle) - np.sin(self.phase))
            return x, y, site.height(x, y), angle + self.turn * 0.5 * float(np.pi)
        return x, y, site.height(x, y), self.phase


def lay_out(scenario: FlightScenario, site: Site) -> Layout:
    """Place everything; bearing, height and trees depend on the scenario's seed alone, whatever else it says."""
    random = np.random.default_rng((scenario.seed, 0))
    bearing, turned, askew = random.uniform(-np.pi, np.pi, 3)
    altitude, side = random.uniform(*_START_ALTITUDES_M), random.random()
    shifts = random.uniform(-1.0, 1.0, (8, 2))
    middle = np.array([site.x, site.y]) + random.uniform(-6.0, 6.0, 2)
    away = np.array([np.cos(bearing), np.sin(bearing)])
    x, y = middle + scenario.distance_m * away
    heading = bearing + np.pi + askew / np.pi * _ASKEW_RAD
    heading = float(np.mod(heading + np.pi, 2.0 * np.pi) - np.pi)
    start = np.array([x, y, site.height(float(x), float(y)) + altitude, heading])
    turn = 1.0 if side < 0.5 else -1.0
    room = Clearing(middle[0], middle[1], _ROOM_M + 2.0 * CIRCLE_M * (scenario.target_speed_mps > 0.0), *middle)
    line = Clearing(float(x), float(y), _LINE_M, *middle)
    around = Clearing(float(x), float(y), _AROUND_START_M, float(x), float(y))
    trees, bushes = _in_the_way(scenario, middle, away, shifts)
    wood = plant(
        site, scenario.seed, [room, line, around], [room, line._replace(radius_m=_BUSHES_OFF_LINE_M), around], trees,
        bushes,
    )  # fmt: skip
    return Layout(start, middle, float(turned), turn, wood)


def _in_the_way(
    scenario: FlightScenario, middle: NDArray[np.float64], away: NDArray[np.float64], shifts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places of trees and bushes between the start and the target, by turns, spread along the way."""
    count = scenario.occluders
    parts = 0.25 + 0.5 * (np.arange(count) + 0.5) / max(count, 1)
    aside = np.array([-away[1], away[0]])
    places = middle + scenario.distance_m * parts[:, None] * away + 0.8 * shifts[:count, :1] * aside
    return places[0::2], places[1::2]
