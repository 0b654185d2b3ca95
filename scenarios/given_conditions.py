"""Conditions that are given: named ones of a suite that stand in its file as numbers, where no preset has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

from wormdrive.envs.common.errors import WormdriveError, is_real, one_of
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.shift import Value, changed

__all__ = ["GIVEN", "PRESET", "ConditionName", "GivenConditions", "require_changes"]

GIVEN: Final = "given"
"""The shift that drives them, and what stands in place of a weather's name."""

PRESET: Final = ("season", "weather")
"""What names the conditions that others change."""

PARTS: Final = ("conditions.", "disturbances.")
"""What paths begin with."""

_LONGEST_NAME: Final = 80
_ANY: Final = Scenario()


def _name(name: str) -> str:
    if not (name.isprintable() and 0 < len(name) <= _LONGEST_NAME):
        raise ValueError(f"allowed is a name of 1 to {_LONGEST_NAME} characters that can be printed")
    return name


def require_changes(changes: Any, start: object, names: Sequence[str]) -> None:
    """See that a condition can be driven or flown.

    Parameters
    ----------
    start:
        A scenario to try it on.
    names:
        Paths that are allowed, besides those below ``conditions`` and ``disturbances``.

    Raises
    ------
    ValueError
        If it is no table, or a path or a value in it is not allowed; pydantic makes such an error its own.
    """
    if not isinstance(changes, Mapping) or not changes:
        raise ValueError("allowed is a table of paths and their values")
    for path, value in changes.items():
        if path not in names and not str(path).startswith(PARTS):
            raise ValueError(one_of("path", path, (*names, *(f"paths that begin with {part}" for part in PARTS))))
        if not (is_real(value) or isinstance(value, str)):
            raise ValueError(f"{path}={value!r}: allowed is a number or a name")
    try:
        changed(start, changes)
    except WormdriveError as error:
        raise ValueError(str(error)) from error


def _changes(changes: Any) -> Any:
    require_changes(changes, _ANY, PRESET)
    return changes


ConditionName = Annotated[str, AfterValidator(_name)]
"""What a condition may be called."""

GivenConditions = dict[ConditionName, Annotated[dict[str, Value], BeforeValidator(_changes)]]
"""For each name the values at some paths, as ``changed`` takes them: under ``conditions`` or ``disturbances``, and
``season`` and ``weather``, the preset that the others change (summer, day, if none is named)."""
