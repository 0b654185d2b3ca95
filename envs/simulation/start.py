"""Start: where on its route a car begins, how fast, and how far off the lane's centre the scenario's seed puts it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.road_table import SPACING_M
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M

__all__ = ["Start", "starting_state"]

START_OFFSET_M: Final = 0.3
START_HEADING_RAD: Final = 0.03
"""Half the range of the start disturbance, uniform."""
_STREAM: Final = 0x7374_6172


@dataclass(frozen=True)
class Start:
    """Where a car begins.

    ``station_m`` [m] along the route; ``most_mps`` [m/s]: no faster than this, even where the cruise control would;
    ``number`` tells cars of one scenario apart, so that each has a start disturbance of its own.
    """

    station_m: float = START_M
    most_mps: float = math.inf
    number: int = 0


def starting_state(scenario: Scenario, route: Route, start: Start, speed_mps: float) -> NDArray[np.float64]:
    """State (STATES,) at the start: near the lane's centre, near the given speed, disturbed by the scenario's seed."""
    number = [start.number] if start.number else []
    random = np.random.default_rng([scenario.seed, _STREAM, *number])
    offset, turn, haste = random.uniform(-1.0, 1.0, 3)
    offset *= min(START_OFFSET_M, 0.25 * float(min(route.left_m[0], route.right_m[0])))
    i = round(start.station_m / SPACING_M)
    heading = float(route.heading_rad[i])
    state = np.zeros(kernel.STATES)
    state[vehicle.X] = route.x[i] - offset * math.sin(heading)
    state[vehicle.Y] = route.y[i] + offset * math.cos(heading)
    state[vehicle.PSI] = heading + START_HEADING_RAD * turn
    state[vehicle.U] = speed_mps * (0.95 + 0.05 * haste)
    state[kernel.STATION] = start.station_m
    return state
