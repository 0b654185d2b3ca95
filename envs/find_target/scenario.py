"""Scenario: what one flight is, so that it can be flown again, by others and under other conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from pydantic import ConfigDict

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of
from wormdrive.envs.find_target.targets import COLOURS, TARGETS
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import IN_FLIGHT, Disturbances, require_kinds

__all__ = ["FlightScenario", "ScenarioRanges", "draw_scenario"]

_DISTANCES_M: Final = (6.0, 50.0)


@dataclass(frozen=True)
class FlightScenario:
    """One flight; the same scenario is the same wood, start and target in every season.

    Attributes
    ----------
    map, site:
        Which wood: see ``SiteLibrary``.
    conditions:
        Season, weather, lens.
    art_seed:
        Of the season's art: what trees, leaves and ground look like.
    seed:
        Of places: trees, bearing and height of the start, the way the target is turned.
    target, colour:
        Of the target.
    distance_m:
        From the start to the target, over ground.
    target_speed_mps:
        The target goes round a circle at this speed.
    occluders:
        How many trees and bushes are put into the line from the start to the target.
    time_limit_s:
        After which the flight ends.
    disturbances:
        What goes wrong; see ``Disturbances``.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # of those that are read from files

    map: str = "country_loop"
    site: int = 0
    conditions: Conditions = field(default_factory=Conditions)
    art_seed: int = 0
    seed: int = 0
    target: str = "chair"
    colour: str = "red"
    distance_m: float = 20.0
    target_speed_mps: float = 0.0
    occluders: int = 0
    time_limit_s: float = 30.0
    disturbances: Disturbances = Disturbances()  # noqa: RUF009  (frozen)

    def __post_init__(self) -> None:
        for name in ("site", "art_seed", "seed", "occluders"):
            value = getattr(self, name)
            if not is_whole(value) or value < 0:
                raise ArgumentError(f"{name}={value!r}: allowed is a whole number from 0")
        if self.target not in TARGETS:
            raise ArgumentError(one_of("target", self.target, TARGETS))
        if self.colour not in COLOURS:
            raise ArgumentError(one_of("colour", self.colour, COLOURS))
        _require("distance_m", self.distance_m, *_DISTANCES_M)
        _require("target_speed_mps", self.target_speed_mps, 0.0, 2.0)
        _require("time_limit_s", self.time_limit_s, 0.1, 600.0)
        if self.occluders > 8:
            raise ArgumentError(f"occluders={self.occluders!r}: allowed is 0 to 8")
        if not isinstance(self.conditions, Conditions):
            raise ArgumentError(f"conditions={self.conditions!r}: allowed are Conditions")
        if not isinstance(self.disturbances, Disturbances):
            raise ArgumentError(f"disturbances={self.disturbances!r}: allowed are Disturbances")
        require_kinds(self.disturbances, IN_FLIGHT, "a flight")


@dataclass(frozen=True)
class ScenarioRanges:
    """What scenarios are drawn from: names, and least and most of each number."""

    maps: tuple[str, ...]
    sites: int
    conditions: tuple[Conditions, ...]
    art_seed: int
    targets: tuple[str, ...]
    colours: tuple[str, ...]
    distance_m: tuple[float, float]
    target_speed_mps: float
    occluders: int
    time_limit_s: float
    disturbances: Disturbances = Disturbances()  # noqa: RUF009  (frozen)

    def __post_init__(self) -> None:
        if not is_whole(self.sites) or not 1 <= self.sites <= 1000:
            raise ArgumentError(f"sites={self.sites!r}: allowed is 1 to 1000")
        low, high = self.distance_m
        if not low <= high:
            raise ArgumentError(f"distance={self.distance_m!r}: allowed is a least and a most distance [m]")
        for target in self.targets:
            for colour in self.colours:
                for distance in self.distance_m:
                    self._scenario(self.maps[0], 0, self.conditions[0], 0, target, colour, distance)

    def _scenario(
        self, map_name: str, site: int, conditions: Conditions, seed: int, target: str, colour: str, distance: float
    ) -> FlightScenario:
        return FlightScenario(
            map_name, site, conditions, self.art_seed, seed, target, colour, distance, self.target_speed_mps,
            self.occluders, self.time_limit_s, self.disturbances,
        )  # fmt: skip


def draw_scenario(ranges: ScenarioRanges, random: np.random.Generator) -> FlightScenario:
    """Draw a flight; the same generator in the same state gives the same one."""

    def one_of_them(values: tuple[Any, ...]) -> Any:
        return values[int(random.integers(len(values)))]

    return ranges._scenario(
        one_of_them(ranges.maps),
        int(random.integers(ranges.sites)),
        one_of_them(ranges.conditions),
        int(random.integers(2**31)),
        one_of_them(ranges.targets),
        one_of_them(ranges.colours),
        float(random.uniform(*ranges.distance_m)),
    )


def _require(name: str, value: Any, low: float, high: float) -> None:
    if not is_real(value) or not low <= value <= high:
        raise ArgumentError(f"{name}={value!r}: allowed is {low:g} to {high:g}")
