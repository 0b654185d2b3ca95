"""Scenario source: where episodes' scenarios come from, as options of the environment or of one reset say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of
from wormdrive.envs.lane_keeping.conditions_source import ConditionsSource, draw_from, parse_conditions
from wormdrive.envs.lane_keeping.options import LaneKeepingOptions
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["NARROWING", "ScenarioSource", "several"]

NARROWING: Final = ("season", "weather", "map")
"""Options of a reset that say what its episode is drawn from, in place of the environment's own."""
_MAPS: Final = ("names of maps", "paths of .xodr files")


@dataclass(frozen=True)
class ScenarioSource:
    """Draws scenarios; the same generator in the same state gives the same ones.

    ``conditions``, where there are any, stand in place of ``seasons`` and ``weathers``.
    """

    maps: tuple[str, ...]
    seasons: tuple[str, ...]
    weathers: tuple[str, ...]
    conditions: ConditionsSource | None
    route_length_m: float
    routes: int
    traffic: int
    time_limit_s: float | None
    disturbances: Disturbances

    @classmethod
    def of(cls, options: LaneKeepingOptions) -> ScenarioSource:
        """Check the options that scenarios are drawn by.

        Raises
        ------
        ArgumentError, ConditionsError
            If one is not allowed.
        """
        if not is_whole(options.routes) or options.routes < 1:
            raise ArgumentError(f"routes={options.routes!r}: allowed is a positive whole number")
        if not is_real(options.route_length) or not 20.0 <= options.route_length <= 20_000.0:
            raise ArgumentError(f"route_length={options.route_length!r}: allowed is 20 to 20000 [m]")
        if not is_whole(options.traffic) or not 0 <= options.traffic <= 8:
            raise ArgumentError(f"traffic={options.traffic!r}: allowed is 0 to 8")
        limit = options.time_limit
        if limit is not None and (not is_real(limit) or not limit > 0.0):
            raise ArgumentError(f"time_limit={limit!r}: allowed is None or a positive number [s]")
        return cls(
            maps=several("map", options.map, None),
            seasons=several("season", options.season, SEASONS),
            weathers=several("weather", options.weather, WEATHERS),
            conditions=parse_conditions(options.conditions),
            route_length_m=float(options.route_length),
            routes=int(options.routes),
            traffic=int(options.traffic),
            time_limit_s=None if limit is None else float(limit),
            disturbances=Disturbances.given(options.disturbances),
        )

    def narrowed(self, choice: Mapping[str, Any]) -> ScenarioSource:
        """Return a source that draws from what options of a reset name, some of ``NARROWING``; the rest is its own.

        Raises
        ------
        ArgumentError
            If a name is not allowed.
        """
        allowed = {"season": SEASONS, "weather": WEATHERS, "map": None}
        chosen = {f"{name}s": several(f"options[{name!r}]", value, allowed[name]) for name, value in choice.items()}
        of_presets = {} if chosen.keys() <= {"maps"} else {"conditions": None}
        return replace(self, **chosen, **of_presets)  # type: ignore[arg-type]

    def draw(self, random: np.random.Generator) -> Scenario:
        """Draw the next episode's scenario."""
        conditions = self._conditions(random)
        return Scenario(
            map=self.maps[int(random.integers(len(self.maps)))],
            conditions=conditions,
            route_seed=int(random.integers(self.routes)),
            route_length_m=self.route_length_m,
            seed=int(random.integers(2**31)),
            traffic=self.traffic,
            time_limit_s=self.time_limit_s,
            disturbances=self.disturbances,
        )

    def _conditions(self, random: np.random.Generator) -> Conditions:
        source = self.conditions
        if source is None:
            season, weather = divmod(int(random.integers(len(self.seasons) * len(self.weathers))), len(self.weathers))
            return _preset(self.seasons[season], self.weathers[weather])
        return draw_from(source, random)


def several(argument: str, value: Any, allowed: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names in a name or a sequence of them, checked; ``allowed`` is ``None`` for names of maps.

    Raises
    ------
    ArgumentError
        There is none, one is not allowed, or stands there twice.
    """
    if not isinstance(value, Iterable):
        raise ArgumentError(one_of(argument, value, allowed or _MAPS))
    names = (value,) if isinstance(value, str) else tuple(value)
    if not names:
        raise ArgumentError(f"{argument}={value!r}: allowed is at least one")
    for name in names:
        if not isinstance(name, str) or (allowed is not None and name not in allowed):
            raise ArgumentError(one_of(argument, name, allowed or _MAPS))
    if len(set(names)) < len(names):
        raise ArgumentError(f"{argument}={value!r}: allowed is each once")
    return names


@cache
def _preset(season: str, weather: str) -> Conditions:
    return Conditions.preset(season, weather)
