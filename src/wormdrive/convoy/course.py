"""Course: the convoys that every follower is tested on: held-out roads and profiles, under several conditions."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances, Grip
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED

__all__ = ["CARS", "CONDITIONS", "DURATION_S", "ROUTES", "course"]

CARS: Final = 4
DURATION_S: Final = 30.0
ROUTES: Final = 8
"""Convoys under each condition, unless asked otherwise; profiles take turns."""


@dataclass(frozen=True)
class _Condition:
    """What a condition sets: looks and friction, what is left of that, and how the first car drives."""

    world: Conditions
    grip: Grip | None = None
    profiles: tuple[str, ...] = EVERYDAY_PROFILES
    leader_friction: float | None = None


_SUMMER, _WINTER = Conditions.preset("summer", "day"), Conditions.preset("winter", "day")
_EMERGENCY: Final = ("emergency",)
_CONDITIONS: Final = MappingProxyType(
    {
        "summer": _Condition(_SUMMER),
        "slippery": _Condition(_SUMMER, grip=Grip(factor=round(_WINTER.friction / _SUMMER.friction, 3))),
        "winter": _Condition(_WINTER),
        "emergency": _Condition(_SUMMER, profiles=_EMERGENCY),
        "emergency-winter": _Condition(_WINTER, profiles=_EMERGENCY, leader_friction=_SUMMER.friction),
    }
)
CONDITIONS: Final = tuple(_CONDITIONS)
"""Summer; summer's looks on a road with winter's grip; winter, in looks and grip; a first car that stops as hard as
summer's road lets it; and winter behind such a car, whose studded tyres find summer's grip where its followers' do not:
it brakes at 7 m/s², they at 3.8 at most."""


def course(condition: str, routes: int = ROUTES, duration_s: float = DURATION_S) -> list[ConvoyScenario]:
    """Return the convoys of a condition; roads and starts are the same under each, profiles but in emergencies.

    Raises
    ------
    ArgumentError
        If there is no such condition.
    """
    if condition not in CONDITIONS:
        raise ArgumentError(one_of("condition", condition, CONDITIONS))
    chosen = _CONDITIONS[condition]
    return [
        ConvoyScenario(
            road=Scenario(
                conditions=chosen.world,
                route_seed=FIRST_ROUTE_SEED + route,
                route_length_m=route_length_m(duration_s, CARS),
                seed=FIRST_SEED + route,
                time_limit_s=duration_s,
                disturbances=Disturbances(grip=chosen.grip),
            ),
            profile=chosen.profiles[route % len(chosen.profiles)],
            leader_friction=chosen.leader_friction,
        )
        for route in range(routes)
    ]
