"""Convoy scenario: what the commands that show one convoy drive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wormdrive.envs.convoy.scenario import ConvoyScenario

__all__ = ["convoy_scenario"]


def convoy_scenario(
    profile: str, season: str, weather: str, seed: int, seconds: float, cars: int, map_: str = "country_loop"
) -> ConvoyScenario:
    """Return a convoy's drive whose road, start and profile are drawn by ``seed``.

    Raises
    ------
    ArgumentError, ConditionsError
        If there is no such profile, season or weather.
    """
    from wormdrive.envs.common.errors import ArgumentError, one_of
    from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
    from wormdrive.envs.convoy.speed_profile import PROFILES
    from wormdrive.envs.seasons.conditions import Conditions
    from wormdrive.envs.simulation.scenario import Scenario

    if profile not in PROFILES:
        raise ArgumentError(one_of("--profile", profile, PROFILES))
    road = Scenario(
        map=map_,
        conditions=Conditions.preset(season, weather),
        route_seed=seed,
        seed=seed,
        route_length_m=route_length_m(seconds, cars),
        time_limit_s=seconds,
    )
    return ConvoyScenario(road=road, profile=profile)
