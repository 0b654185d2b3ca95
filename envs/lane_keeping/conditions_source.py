"""Conditions source: whatever the option ``conditions`` may be, made into what episodes' conditions come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.yaml_file import read_yaml_table
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler, sampler_names

__all__ = ["ConditionsSource", "draw_from", "parse_conditions"]

ConditionsSource: TypeAlias = "Conditions | ConditionsSampler | Callable[[np.random.Generator], Conditions]"
"""The conditions of every episode, or what draws them."""

_YAML: Final = (".yaml", ".yml")


def parse_conditions(value: Any) -> ConditionsSource | None:
    """Return what episodes' conditions come from; ``None`` where nothing is given.

    A mapping has the fields of ``Conditions``, of which ``season`` and ``weather`` may be presets' names, or those of a
    ``ConditionsSampler``. A text is a sampler's name, or the path of a YAML file that holds such a mapping.

    Raises
    ------
    ArgumentError, ConditionsError
        If it is nothing of all this, or a file cannot be read.
    """
    if value is None or isinstance(value, Conditions | ConditionsSampler):
        return value
    if isinstance(value, Mapping):
        return _of_mapping(value, f"conditions={value!r}")
    if isinstance(value, str | Path):
        return _of_text(value)
    if callable(value):
        source: ConditionsSource = value
        return source
    raise ArgumentError(
        f"conditions={value!r}: allowed are Conditions, a ConditionsSampler, a mapping of the fields of either, a "
        "sampler's name, the path of a YAML file, or a function of a Generator"
    )


def draw_from(source: ConditionsSource, random: np.random.Generator) -> Conditions:
    """Return the conditions of one episode."""
    if isinstance(source, Conditions):
        return source
    return source.sample(int(random.integers(2**31))) if isinstance(source, ConditionsSampler) else source(random)


def _of_text(text: str | Path) -> ConditionsSource:
    if str(text) in sampler_names():
        return ConditionsSampler.named(str(text))
    if Path(text).suffix not in _YAML:
        raise ArgumentError(one_of("conditions", str(text), (*sampler_names(), "the path of a YAML file")))
    fields = (*Conditions.model_fields, *ConditionsSampler.model_fields)
    return _of_mapping(read_yaml_table("conditions", Path(text), fields), f"conditions {text}")


def _of_mapping(mapping: Mapping[Any, Any], what: str) -> ConditionsSource:
    fields = dict(mapping)
    if ConditionsSampler.model_fields.keys() >= fields.keys() and fields:
        return ConditionsSampler(**fields)
    for name in fields:
        if name not in Conditions.model_fields:
            either = f"{', '.join(Conditions.model_fields)}, or {', '.join(ConditionsSampler.model_fields)}"
            raise ArgumentError(f"{what}: {name!r}: allowed are {either}")
    preset = {name: fields.pop(name) for name in ("season", "weather") if isinstance(fields.get(name), str)}
    if not preset:
        return Conditions(**fields)
    conditions = Conditions.preset(**{"season": "summer", **preset})
    for name, part in fields.items():
        if not isinstance(part, Mapping):
            raise ArgumentError(f"{what}: {name}={part!r}: allowed is a mapping of its fields")
    return conditions.replace(**{name: dict(part) for name, part in fields.items()})
