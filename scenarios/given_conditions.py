"""Conditions that are given: named ones of a suite that stand in its file as numbers, where no preset has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

from wormdrive.envs.common.errors import WormdriveError, is_real, one_of
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.shift import Value, changed

__all__ = ["GIVEN", "GivenConditions"]

GIVEN: Final = "given"
"""The shift that drives them, and what stands in place of a weather's name."""

_PRESET: Final = ("season", "weather")
_PARTS: Final = ("conditions.", "disturbances.")
_LONGEST_NAME: Final = 80
_ANY: Final = Scenario()


def _name(name: str) -> str:
    if not (name.isprintable() and 0 < len(name) <= _LONGEST_NAME):
        raise ValueError(f"allowed is a name of 1 to {_LONGEST_NAME} characters that can be printed")
    return name


def _changes(changes: Any) -> Any:
    """See that a condition can be driven: a ``ValueError`` if not, which pydantic makes its own."""
    if not isinstance(changes, Mapping) or not changes:
        raise ValueError("allowed is a table of paths and their values")
    for path, value in changes.items():
        if path not in _PRESET and not str(path).startswith(_PARTS):
            raise ValueError(one_of("path", path, (*_PRESET, *(f"paths that begin with {part}" for part in _PARTS))))
        if not (is_real(value) or isinstance(value, str)):
            raise ValueError(f"{path}={value!r}: allowed is a number or a name")
    try:
        changed(_ANY, changes)
    except WormdriveError as error:
        raise ValueError(str(error)) from error
    return changes


GivenConditions = dict[Annotated[str, AfterValidator(_name)], Annotated[dict[str, Value], BeforeValidator(_changes)]]
"""For each name the values at some paths, as ``changed`` takes them: under ``conditions`` or ``disturbances``, and
``season`` and ``weather``, the preset that the others change (summer, day, if none is named)."""
