"""Conditions: what a policy that was trained in summer is tested in; each changes one thing, for the same flights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["TEST_CONDITIONS"]

Change = Callable[[FlightScenario], FlightScenario]


def _weather(season: str, weather: str) -> Change:
    return lambda flight: replace(flight, conditions=Conditions.preset(season, weather))


def _farther(flight: FlightScenario) -> FlightScenario:
    """10 to 25 m become 30 to 40 m."""
    return replace(flight, distance_m=30.0 + (flight.distance_m - 10.0) * 10.0 / 15.0)


TEST_CONDITIONS: Final[dict[str, Change]] = {
    "summer": _weather("summer", "day"),
    "autumn": _weather("autumn", "day"),
    "spring": _weather("spring", "day"),
    "winter": _weather("winter", "day"),
    "fog": _weather("summer", "fog"),
    "rain": _weather("summer", "rain"),
    "other art": lambda flight: replace(flight, art_seed=1),
    "farther": _farther,
    "moving": lambda flight: replace(flight, target_speed_mps=0.8),
    "occluded": lambda flight: replace(flight, occluders=3),
}
"""By name: how the flights that training draws from (summer, by day, 10 to 25 m) are changed."""
