"""Scenario routes: which route a scenario drives, kept so that a reset on a known route costs nothing."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, follow_route, read_map
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["END_MARGIN_M", "LOOKAHEAD_M", "START_M", "end_station", "forget_routes", "route_of"]

START_M: Final = 5.0
"""Station at which every episode starts [m]: there is road behind the car, too."""
LOOKAHEAD_M: Final = 250.0
"""How much farther than the scenario asks the route goes on, so that the camera sees road at its end [m]."""
END_MARGIN_M: Final = 5.0
"""Where the road itself ends, the episode ends this much before [m]."""


def route_of(scenario: Scenario) -> Route:
    """Return the route of a scenario: its length, where the car starts, and what can be seen from its end.

    Raises
    ------
    MapError
        If the map cannot be read.
    RouteError
        If it holds no route of that length.
    """
    return _route(*_identity(scenario.map), scenario.route_seed, scenario.route_length_m)


def forget_routes() -> None:
    """Find every route anew from now on: what is measured is then measured as in a process that has just begun."""
    _route.cache_clear()


def end_station(scenario: Scenario, route: Route) -> float:
    """Station at which the scenario's route is done [m]."""
    return min(START_M + scenario.route_length_m, route.length_m - END_MARGIN_M)


def _identity(name: str) -> tuple[str, int]:
    """Return a map's name and, of a file, when it was written: a file that changes is read again."""
    if name in BUILTIN_MAPS:
        return name, 0
    path = Path(name)
    return name, path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=8)
def _map(name: str, _written: int) -> RoadMap:
    return read_map(name)


@lru_cache(maxsize=512)
def _route(name: str, written: int, seed: int, length_m: float) -> Route:
    return follow_route(_map(name, written), seed=seed, length_m=START_M + length_m + LOOKAHEAD_M)
