"""Arriving snow: the conditions at a station of a scenario in which snow comes during the drive.

They are a function of the station alone, so that any frame of a drive can be drawn again without those before it.
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M

__all__ = ["STEP_M", "conditions_at"]

STEP_M: Final = 5.0
"""So far along the route the cover stays as it is [m]."""


def conditions_at(scenario: Scenario, station_m: float) -> Conditions:
    """Return the scenario's conditions where the car is at ``station_m`` [m]: its own, where no snow arrives."""
    snow = scenario.disturbances.arriving_snow
    if snow is None:
        return scenario.conditions
    share = STEP_M * math.floor((station_m - START_M) / STEP_M) / scenario.route_length_m
    if share < snow.begin:
        part = 0.0
    elif share >= snow.end:
        part = 1.0
    else:
        part = (share - snow.begin) / (snow.end - snow.begin)
    season = scenario.conditions.season
    cover = snow.first + (snow.last - snow.first) * part
    return scenario.conditions.model_copy(update={"season": season.model_copy(update={"snow_cover": cover})})
