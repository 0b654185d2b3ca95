"""Course: the convoys that every follower is tested on: held-out roads and profiles, the same under each condition."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.speed_profile import PROFILES
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances, Grip
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED

__all__ = ["CARS", "CONDITIONS", "DURATION_S", "ROUTES", "course"]

CARS: Final = 4
DURATION_S: Final = 30.0
ROUTES: Final = 8
"""Convoys under each condition, unless asked otherwise; profiles take turns."""
CONDITIONS: Final = ("summer", "slippery", "winter")
"""Summer; summer's looks on a road with winter's grip; winter, in looks and grip."""


def course(condition: str, routes: int = ROUTES, duration_s: float = DURATION_S) -> list[ConvoyScenario]:
    """Return the convoys of a condition; roads, starts and profiles are the same under each.

    Raises
    ------
    ArgumentError
        If there is no such condition.
    """
    if condition not in CONDITIONS:
        raise ArgumentError(one_of("condition", condition, CONDITIONS))
    summer, winter = Conditions.preset("summer", "day"), Conditions.preset("winter", "day")
    grip = Grip(factor=round(winter.friction / summer.friction, 3)) if condition == "slippery" else None
    return [
        ConvoyScenario(
            road=Scenario(
                conditions=winter if condition == "winter" else summer,
                route_seed=FIRST_ROUTE_SEED + route,
                route_length_m=route_length_m(duration_s, CARS),
                seed=FIRST_SEED + route,
                time_limit_s=duration_s,
                disturbances=Disturbances(grip=grip),
            ),
            profile=PROFILES[route % len(PROFILES)],
        )
        for route in range(routes)
    ]
