"""Shift: what is changed in a drive to see how a policy stands it; as numbers, so that a suite can hold it as data.

A *ladder* walks one way, rung by rung, from what is easy to what is hard. *Factors* change several things at once,
which and how much drawn by seed. A path names what is changed, from the scenario down, such as
``conditions.season.snow_cover``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Final, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from wormdrive.envs.common.errors import ArgumentError, ConditionsError, WormdriveError, one_of
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["Factors", "Ladder", "changed"]

Value = float | str
AnyScenario = TypeVar("AnyScenario")
_ANY: Final = Scenario()


class Ladder(BaseModel):
    """Rungs of growing difficulty, all from the same ``season`` and ``weather``.

    Attributes
    ----------
    rungs:
        For each path the values on the rungs, the easiest first; as many for each path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: str = "summer"
    weather: str = "day"
    rungs: Annotated[dict[str, tuple[Value, ...]], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Ladder:
        _require_condition(self.season, self.weather)
        lengths = {len(values) for values in self.rungs.values()}
        if len(lengths) > 1 or min(lengths) < 2:
            raise ValueError(f"rungs have {sorted(lengths)} values: allowed is one number from 2 on for all paths")
        for rung in range(len(self)):
            _try(self.changes(rung))
        return self

    def __len__(self) -> int:
        """Return the number of rungs."""
        return len(next(iter(self.rungs.values())))

    def changes(self, rung: int) -> dict[str, Value]:
        """Return what is changed on a rung, counted from 0."""
        return {path: values[rung] for path, values in self.rungs.items()}

    def height(self, rung: int) -> float:
        """Return a rung's place on an axis: its value where one number moves, else its number."""
        first = next(iter(self.rungs.values()))[rung]
        return float(first) if len(self.rungs) == 1 and not isinstance(first, str) else float(rung)


class Factors(BaseModel):
    """Several of ``each`` at once: k of them for every k of ``at_once``.

    Attributes
    ----------
    at_once:
        How many factors are changed together.
    each:
        For each factor, paths with low and high of a number drawn evenly, or with names of which one is drawn. The
        paths ``season`` and ``weather`` choose the presets that the others then change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_once: Annotated[tuple[int, ...], Field(min_length=1)] = (0, 1, 2, 3)
    each: Annotated[dict[str, dict[str, tuple[Value, ...]]], Field(min_length=1)]

    @field_validator("each")
    @classmethod
    def _known(cls, value: dict[str, dict[str, tuple[Value, ...]]]) -> dict[str, dict[str, tuple[Value, ...]]]:
        for name, paths in value.items():
            if not paths:
                raise ValueError(f"factor {name} changes nothing: allowed is at least one path")
            for path, choice in paths.items():
                if not choice or (_is_range(choice) and len(choice) != 2):
                    raise ValueError(
                        f"factor {name}, {path}={list(choice)}: allowed is [low, high], or a list of names"
                    )
                for end in choice:
                    _try({path: end})
        return value

    @model_validator(mode="after")
    def _check(self) -> Factors:
        for k in self.at_once:
            if not 0 <= k <= len(self.each):
                raise ValueError(f"at_once={k}: allowed are 0 to {len(self.each)}, the number of factors")
        return self

    def draw(self, k: int, seed: int) -> dict[str, Value]:
        """Draw what is changed: of one seed, those of k - 1 with one more."""
        rng = np.random.default_rng([seed, 0xFAC7])
        order = rng.permutation(len(self.each))
        drawn = [{path: _pick(rng, choice) for path, choice in paths.items()} for paths in self.each.values()]
        return {path: value for which in order[:k].tolist() for path, value in drawn[which].items()}


def changed(scenario: AnyScenario, changes: Mapping[str, Value]) -> AnyScenario:
    """Return a scenario, of a drive or of a flight, with the values at some paths changed, checked.

    ``season`` and ``weather`` replace the conditions by a preset first; what is not named of the two stays summer, day.

    Raises
    ------
    ArgumentError
        If there is no such path, or its value is not allowed.
    """
    if not changes:
        return scenario
    rest = dict(changes)
    cls: type = type(scenario)
    kind, names = _kind(cls), _field_names(cls)
    values: dict[str, Any] = kind.dump_python(scenario)
    if "season" in rest or "weather" in rest:
        preset = str(rest.pop("season", "summer")), str(rest.pop("weather", "day"))
        values["conditions"] = Conditions.preset(*preset).model_dump()
    for path, value in rest.items():
        _put(values, names, path, value)
    try:
        found: AnyScenario = kind.validate_python(values)
        return found
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        value = "" if isinstance(first["input"], dict) else f"={first['input']!r}"  # the message names it then
        named = f"{where}{value}: " if where else ""
        raise ArgumentError(f"{named}{first['msg'].removeprefix('Value error, ')}") from error


@cache
def _kind(kind: type) -> TypeAdapter[Any]:
    """Return what dumps and checks a kind of scenario: a model of pydantic, or a dataclass."""
    return TypeAdapter(kind)


def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else tuple(kind.model_fields)  # type: ignore[attr-defined]


def _put(values: dict[str, Any], names: Iterable[str], path: str, value: Value) -> None:
    """Set a field deep in nested tables; tables that are not there yet, as of a disturbance, are begun."""
    *parents, last = path.split(".")
    if path.split(".")[0] not in names:
        raise ArgumentError(f"path {path!r}: " + one_of("first part", path.split(".")[0], names))
    inner = values
    for parent in parents:
        if inner.get(parent) is None:
            inner[parent] = {}
        inner = inner[parent]
        if not isinstance(inner, dict):
            raise ArgumentError(f"path {path!r}: {parent} has no parts; allowed are paths to a number")
    if isinstance(inner.get(last), dict):
        raise ArgumentError(f"path {path!r}: " + one_of("next part", "", inner[last]))
    inner[last] = value


def _pick(rng: np.random.Generator, choice: tuple[Value, ...]) -> Value:
    if _is_range(choice):
        low, high = map(float, choice)
        return float(rng.uniform(low, high))
    return choice[int(rng.integers(len(choice)))]


def _is_range(choice: tuple[Value, ...]) -> bool:
    return not any(isinstance(value, str) for value in choice)


def _try(changes: Mapping[str, Value]) -> None:
    """See that a change is possible: a ``ValueError`` if not, which pydantic makes its own."""
    try:
        changed(_ANY, changes)
    except (WormdriveError, ConditionsError) as error:
        raise ValueError(str(error)) from error


def _require_condition(season: str, weather: str) -> None:
    if season not in SEASONS:
        raise ValueError(one_of("season", season, SEASONS))
    if weather not in WEATHERS:
        raise ValueError(one_of("weather", weather, WEATHERS))
