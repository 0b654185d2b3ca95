"""Suite: a named test, as data: which roads, which conditions, how many episodes, and the seeds of it all.

Training draws route seeds below 10,000 and scenario seeds below 1,000,000; a suite's seeds begin there. So no suite
can hold a drive that training has seen, whichever map they share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.given_conditions import GIVEN, GivenConditions
from wormdrive.scenarios.shift import Factors, Ladder, changed
from wormdrive.scenarios.suite_file import read_suite, suite_names, validated_suite

__all__ = ["FACTORS", "FIRST_ROUTE_SEED", "FIRST_SEED", "SUITES", "Condition", "Suite", "Trial", "load_suite"]

FIRST_ROUTE_SEED = 10_000
"""Route seeds from here on belong to suites, those below to training."""

FIRST_SEED = 1_000_000
"""Scenario seeds from here on belong to suites, those below to training."""

FACTORS = "factors"
"""The shift that changes several things at once."""

_FOLDER = Path(__file__).parent / "suites"

SUITES = suite_names(_FOLDER)
"""Names of the suites that come with the package."""

Condition = tuple[str, str]
"""One condition of a suite: names of season and weather."""


@dataclass(frozen=True)
class Trial:
    """One drive of a suite: ``shift`` is the name of a ladder, ``factors``, or empty for a named condition alone.

    Of a given condition ``shift`` is its name, ``season`` that of its art, and ``weather`` is ``given``. ``rung`` is
    the place on the ladder or the number of factors, ``None`` in other conditions; ``episode`` counts from 0.
    """

    season: str
    weather: str
    shift: str
    rung: float | None
    episode: int
    scenario: Scenario


class Suite(BaseModel):
    """Roads x conditions x episodes, and roads x shifts x episodes.

    Episode k of every condition has the same map, route and seed: conditions differ in season and weather alone, so
    that their rows can be compared pair by pair. Maps take turns.

    Attributes
    ----------
    maps:
        Names of built-in maps or paths of ``.xodr`` files; a path in a suite file is relative to that file.
    conditions:
        For each season, the weathers to drive in.
    ladders, factors:
        Shifts besides the named conditions, driven by ``wormdrive benchmark``.
    given:
        Conditions of any numbers, by name, driven by ``wormdrive benchmark``.
    episodes:
        Episodes per condition and per rung.
    route_length_m:
        Length of each route [m].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    maps: Annotated[tuple[str, ...], Field(min_length=1)] = ("country_loop",)
    conditions: dict[str, tuple[str, ...]] = {}
    ladders: dict[str, Ladder] = {}
    factors: Factors | None = None
    given: GivenConditions = {}
    episodes: Annotated[int, Field(ge=1, le=1000)] = 10
    route_length_m: Annotated[float, Field(ge=20.0, le=20_000.0)] = 400.0
    first_route_seed: Annotated[int, Field(ge=FIRST_ROUTE_SEED, lt=2**30)] = FIRST_ROUTE_SEED
    first_seed: Annotated[int, Field(ge=FIRST_SEED, lt=2**30)] = FIRST_SEED

    @field_validator("conditions")
    @classmethod
    def _known(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for season, weathers in value.items():
            if season not in SEASONS:
                raise ValueError(one_of("season", season, SEASONS))
            if not weathers:
                raise ValueError(f"season {season} has no weather: {one_of('weather', '', WEATHERS)}")
            for weather in weathers:
                if weather not in WEATHERS:
                    raise ValueError(one_of("weather", weather, WEATHERS))
            if len(set(weathers)) < len(weathers):
                raise ValueError(f"season {season}: weathers {list(weathers)} repeat")
        return value

    @model_validator(mode="after")
    def _not_empty(self) -> Suite:
        if not (self.conditions or self.ladders or self.factors or self.given):
            raise ValueError(
                "conditions={}: allowed is at least one condition, ladder or set of factors, or one that is given"
            )
        if GIVEN in self.ladders:
            raise ValueError(f"ladders.{GIVEN}: is what the given conditions are called; allowed is another name")
        return self

    @property
    def all_conditions(self) -> list[Condition]:
        """(season, weather) of each condition, in the file's order."""
        return [(season, weather) for season, weathers in self.conditions.items() for weather in weathers]

    def scenarios(self, condition: Condition) -> list[Scenario]:
        """Return the episodes of one condition."""
        conditions = Conditions.preset(*condition)
        return [
            Scenario(
                map=self.maps[k % len(self.maps)],
                conditions=conditions,
                route_seed=self.first_route_seed + k,
                route_length_m=self.route_length_m,
                seed=self.first_seed + k,
            )
            for k in range(self.episodes)
        ]

    @property
    def shifts(self) -> list[str]:
        """Names of what is driven: empty for the named conditions, ladders, ``factors``, ``given``."""
        named = [""] if self.conditions else []
        factors = [FACTORS] if self.factors is not None else []
        return [*named, *self.ladders, *factors, *([GIVEN] if self.given else [])]

    @property
    def trials(self) -> list[Trial]:
        """Every drive: named conditions, ladders, factors, given conditions; episode k has the same route in all."""
        return [trial for shift in self.shifts for trial in self.trials_of(shift)]

    def trials_of(self, shift: str) -> list[Trial]:
        """Return the drives of one of ``shifts``.

        Raises
        ------
        ArgumentError
            If there is no such shift.
        """
        if shift not in self.shifts:
            raise ArgumentError(f"suite {self.name}: " + one_of("shift", shift, self.shifts))
        if not shift:
            return [
                Trial(*condition, "", None, k, scenario)
                for condition in self.all_conditions
                for k, scenario in enumerate(self.scenarios(condition))
            ]
        if shift in self.ladders:
            return self._on_ladder(shift, self.ladders[shift])
        if shift == GIVEN:
            return self._as_given()
        assert self.factors is not None  # noqa: S101 - it is what is left of ``shifts``
        return self._by_factors(shift, self.factors)

    def _on_ladder(self, name: str, ladder: Ladder) -> list[Trial]:
        start = (ladder.season, ladder.weather)
        return [
            Trial(*start, name, ladder.height(rung), k, changed(scenario, ladder.changes(rung)))
            for rung in range(len(ladder))
            for k, scenario in enumerate(self.scenarios(start))
        ]

    def _by_factors(self, name: str, factors: Factors) -> list[Trial]:
        found = []
        for at_once in factors.at_once:
            for k, scenario in enumerate(self.scenarios(("summer", "day"))):
                drawn = factors.draw(at_once, scenario.seed)
                season, weather = str(drawn.get("season", "summer")), str(drawn.get("weather", "day"))
                found.append(Trial(season, weather, name, float(at_once), k, changed(scenario, drawn)))
        return found

    def _as_given(self) -> list[Trial]:
        found = []
        for name, changes in self.given.items():
            for k, scenario in enumerate(self.scenarios(("summer", "day"))):
                given = changed(scenario, changes)
                found.append(Trial(given.conditions.season.name, GIVEN, name, None, k, given))
        return found

    def narrowed(
        self,
        *,
        maps: Iterable[str] | None = None,
        episodes: int | None = None,
        seasons: Iterable[str] | None = None,
        weathers: Iterable[str] | None = None,
        route_length_m: float | None = None,
    ) -> Suite:
        """Return the same suite on other maps, or with fewer episodes, seasons, weathers or metres.

        Raises
        ------
        ArgumentError
            If nothing is left, or a value is out of range.
        """
        values = self.model_dump()
        conditions = self.conditions
        if seasons is not None:
            wanted = set(seasons)
            conditions = {season: weathers for season, weathers in conditions.items() if season in wanted}
        if weathers is not None:
            names = set(weathers)
            kept = {season: tuple(w for w in old if w in names) for season, old in conditions.items()}
            conditions = {season: new for season, new in kept.items() if new}
        changes = {
            "conditions": conditions,
            "maps": None if maps is None else tuple(maps),
            "episodes": episodes,
            "route_length_m": route_length_m,
        }
        values.update({name: value for name, value in changes.items() if value is not None})
        return validated_suite(Suite, values, f"suite {self.name}")


def load_suite(name: str | Path | Suite) -> Suite:
    """Load a suite by the name of a built-in one or the path of a YAML file, whose own name is the suite's unless said.

    A ``Suite`` is returned as it is.

    Raises
    ------
    ArgumentError
        If there is none such, or it is not a valid suite: the message names the file, the field and what is allowed.
    """
    if isinstance(name, Suite):
        return name
    return read_suite(Suite, name, _FOLDER)
