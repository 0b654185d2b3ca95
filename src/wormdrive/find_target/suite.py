"""Suite: named test flights, as data: which woods, how far, under which conditions, how many, and their seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from wormdrive.envs.common.errors import ArgumentError, is_real, one_of
from wormdrive.envs.find_target.scenario import FlightScenario, ScenarioRanges, draw_scenario
from wormdrive.envs.find_target.targets import TARGETS
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.scenarios.given_conditions import PRESET, ConditionName, require_changes
from wormdrive.scenarios.shift import Value, changed
from wormdrive.scenarios.suite_file import read_suite, suite_names, validated_suite

__all__ = ["FIRST_SEED", "SUITES", "WOODS", "FlightSuite", "load_flight_suite"]

FIRST_SEED: Final = 900_000
"""Seeds from here on belong to suites, those below to training."""

WOODS: Final = "woods"
"""Name of the suite that flights are tested in unless another is named."""

_FOLDER: Final = Path(__file__).parent / "suites"

SUITES: Final = suite_names(_FOLDER)
"""Names of the suites that come with the package."""

_DISTANCE: Final = "distance_m"
_PATHS: Final = (*PRESET, "art_seed", "target", "colour", "target_speed_mps", "occluders", "time_limit_s", _DISTANCE)
_ANY: Final = FlightScenario()


def _checked(changes: Any) -> Any:
    """See that a condition can be flown, both ends of a range of distances included."""
    ends = changes.get(_DISTANCE) if isinstance(changes, dict) else None
    if not isinstance(ends, list | tuple):
        require_changes(changes, _ANY, _PATHS)
        return changes
    if len(ends) != 2 or not all(is_real(end) for end in ends) or ends[0] > ends[1]:
        raise ValueError(f"{_DISTANCE}={list(ends)}: allowed is a distance, or a least and a most one [m]")
    for end in ends:
        require_changes({**changes, _DISTANCE: end}, _ANY, _PATHS)
    return changes


Changes = Annotated[dict[str, Value | tuple[float, float]], BeforeValidator(_checked)]


class FlightSuite(BaseModel):
    """Conditions x flights.

    Flight k is the same in every condition but for what the condition changes, so that rows can be compared pair by
    pair; and the same whatever their number.

    Attributes
    ----------
    maps:
        Names of built-in maps or paths of ``.xodr`` files; a path in a suite file is relative to that file.
    sites:
        From how many places of a map flights are drawn.
    distance_m:
        Least and most distance of a start from its target [m].
    conditions:
        For each name the values at some paths, as ``changed`` takes them; ``season`` and ``weather`` name a preset
        (summer, day, if none is named), and two distances stretch the suite's to these.
    flights:
        In each condition.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    maps: Annotated[tuple[str, ...], Field(min_length=1)] = ("country_loop",)
    sites: Annotated[int, Field(ge=1, le=1000)] = 6
    targets: Annotated[tuple[str, ...], Field(min_length=1)] = tuple(TARGETS)
    colours: Annotated[tuple[str, ...], Field(min_length=1)] = ("red", "blue", "yellow")
    distance_m: tuple[float, float] = (10.0, 25.0)
    time_limit_s: Annotated[float, Field(ge=0.1, le=600.0)] = 30.0
    conditions: Annotated[dict[ConditionName, Changes], Field(min_length=1)]
    flights: Annotated[int, Field(ge=1, le=1000)] = 24
    seed: Annotated[int, Field(ge=FIRST_SEED, lt=2**31)] = FIRST_SEED

    @field_validator("distance_m")
    @classmethod
    def _stretchable(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError(f"distance_m={list(value)}: allowed is a least and a greater most distance [m]")
        return value

    @model_validator(mode="after")
    def _possible(self) -> FlightSuite:
        """See that flights can be drawn: ``ScenarioRanges`` checks what they are drawn from."""
        assert self.ranges  # noqa: S101  (it is made)
        return self

    @property
    def ranges(self) -> ScenarioRanges:
        """What flights are drawn from, before a condition changes them."""
        return ScenarioRanges(
            self.maps, self.sites, (Conditions.preset("summer", "day"),), 0, self.targets, self.colours,
            self.distance_m, 0.0, 0, self.time_limit_s,
        )  # fmt: skip

    def scenarios(self, condition: str) -> list[FlightScenario]:
        """Return the flights of one condition.

        Raises
        ------
        ArgumentError
            If there is no such condition.
        """
        if condition not in self.conditions:
            raise ArgumentError(f"suite {self.name}: " + one_of("condition", condition, self.conditions))
        changes = dict(self.conditions[condition])
        ends = changes.get(_DISTANCE)
        if isinstance(ends, tuple):
            del changes[_DISTANCE]
        simple: dict[str, Value] = {path: value for path, value in changes.items() if not isinstance(value, tuple)}
        ranges, found = self.ranges, []
        for k in range(self.flights):
            flight = changed(draw_scenario(ranges, np.random.default_rng((self.seed, k))), simple)
            found.append(self._stretched(flight, ends) if isinstance(ends, tuple) else flight)
        return found

    def narrowed(self, *, flights: int | None = None, conditions: Iterable[str] | None = None) -> FlightSuite:
        """Return the same suite with another number of flights, or with some conditions alone, in the order given.

        Raises
        ------
        ArgumentError
            If a number is out of range, or there is no such condition.
        """
        values = self.model_dump()
        if flights is not None:
            values["flights"] = flights
        if conditions is not None:
            for condition in (chosen := list(conditions)):
                if condition not in self.conditions:
                    raise ArgumentError(f"suite {self.name}: " + one_of("condition", condition, self.conditions))
            values["conditions"] = {condition: self.conditions[condition] for condition in chosen}
        return validated_suite(FlightSuite, values, f"suite {self.name}")

    def _stretched(self, flight: FlightScenario, ends: tuple[float, float]) -> FlightScenario:
        """Put a start as far between other distances as it is between the suite's."""
        low, high = self.distance_m
        return replace(flight, distance_m=ends[0] + (flight.distance_m - low) * (ends[1] - ends[0]) / (high - low))


def load_flight_suite(name: str | Path | FlightSuite = WOODS) -> FlightSuite:
    """Load a suite by the name of a built-in one or the path of a YAML file, whose own name is the suite's unless said.

    A ``FlightSuite`` is returned as it is.

    Raises
    ------
    ArgumentError
        If there is none such, or it is not a valid suite: the message names the file, the field and what is allowed.
    """
    return name if isinstance(name, FlightSuite) else read_suite(FlightSuite, name, _FOLDER)
