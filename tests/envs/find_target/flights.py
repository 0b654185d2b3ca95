"""Small flights for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.seasons.conditions import Conditions

SCENARIO = FlightScenario(site=0, conditions=Conditions.preset("summer"), seed=4, target="box", distance_m=14.0)


def in_season(season: str, weather: str = "day", **changes: object) -> FlightScenario:
    return replace(SCENARIO, conditions=Conditions.preset(season, weather), **changes)  # type: ignore[arg-type]
