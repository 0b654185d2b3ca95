"""Sampler: conditions drawn by seed from ranges around presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import Field

from wormdrive.envs.common.errors import ConditionsError, one_of
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.frozen_model import FrozenModel
from wormdrive.envs.seasons.names import SEASONS, WEATHERS, SeasonName, WeatherName

__all__ = ["ConditionsSampler", "sampler_names"]


class ConditionsSampler(FrozenModel):
    """Draws conditions: a preset first, then numbers around it.

    Fields are named by path, such as ``weather.fog_density``. ``ranges`` gives low and high, drawn evenly; ``jitter``
    the most by which the preset's own value moves either way, kept inside the field's bounds.

    >>> summer = ConditionsSampler.named("summer-variants")
    >>> summer.sample(7) == summer.sample(7)
    True

    Raises
    ------
    ConditionsError
        If a season, weather or field is unknown, or a range leaves the field's bounds.
    """

    seasons: tuple[SeasonName, ...] = Field(default=SEASONS, min_length=1)
    weathers: tuple[WeatherName, ...] = Field(default=WEATHERS, min_length=1)
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    jitter: dict[str, float] = Field(default_factory=dict)

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)
        for path, (low, high) in self.ranges.items():
            if low > high:
                raise ConditionsError(f"ranges.{path}={[low, high]}: allowed is low <= high")
            for bound in (low, high):
                _changed(Conditions(), {path: bound})
        for path, reach in self.jitter.items():
            _bounds(path)
            if reach < 0.0 or path in self.ranges:
                raise ConditionsError(f"jitter.{path}={reach}: allowed is a number from 0 on, and no range beside it")

    @classmethod
    def named(cls, name: str) -> ConditionsSampler:
        """One of those in ``samplers.yaml``; see ``sampler_names``."""
        table = _table()
        if name not in table:
            raise ConditionsError(one_of("sampler", name, table))
        return cls(**table[name])

    @classmethod
    def around(cls, season: str, weather: str = "day", **ranges: tuple[float, float]) -> ConditionsSampler:
        """Ranges around one preset; a double underscore stands for the dot: ``season__snow_cover=(0.2, 0.9)``."""
        return cls(
            seasons=(season,),
            weathers=(weather,),
            ranges={path.replace("__", "."): bounds for path, bounds in ranges.items()},
        )

    def sample(self, seed: int) -> Conditions:
        """Draw: the same conditions for the same seed (a whole number from 0 on)."""
        if seed < 0:
            raise ConditionsError(f"seed={seed!r}: allowed are whole numbers from 0 on")
        rng = np.random.default_rng(seed)
        conditions = Conditions.preset(_pick(rng, self.seasons), _pick(rng, self.weathers))
        fields = conditions.model_dump()
        drawn: dict[str, float] = {}
        for path, (low, high) in sorted(self.ranges.items()):
            drawn[path] = float(rng.uniform(low, high))
        for path, reach in sorted(self.jitter.items()):
            part, name = path.split(".")
            low, high = _bounds(path)
            drawn[path] = float(np.clip(fields[part][name] + rng.uniform(-reach, reach), low, high))
        return _changed(conditions, drawn)


def sampler_names() -> tuple[str, ...]:
    """Names that ``ConditionsSampler.named`` knows."""
    return tuple(_table())


def _pick(rng: np.random.Generator, names: Sequence[str]) -> str:
    return names[int(rng.integers(len(names)))]


def _changed(conditions: Conditions, values: Mapping[str, float]) -> Conditions:
    parts: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        part, dot, name = path.partition(".")
        if not dot:
            raise ConditionsError(f"field={path!r}: allowed are paths such as weather.fog_density")
        parts.setdefault(part, {})[name] = value
    return conditions.replace(**parts)


def _bounds(path: str) -> tuple[float, float]:
    """Bounds of a number of ``Conditions``."""
    part, _, name = path.partition(".")
    if part not in Conditions.model_fields:
        raise ConditionsError(one_of("part of conditions", part, Conditions.model_fields))
    model = Conditions.model_fields[part].annotation
    fields: dict[str, Any] = getattr(model, "model_fields", {})
    if name not in fields or fields[name].annotation is not float:
        raise ConditionsError(one_of(f"field of {part}", name, (n for n, f in fields.items() if f.annotation is float)))
    limits = fields[name].metadata
    low = next((limit.ge for limit in limits if hasattr(limit, "ge")), -np.inf)
    high = next((limit.le for limit in limits if hasattr(limit, "le")), np.inf)
    return float(low), float(high)


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("samplers.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return table
