"""Drive row: what is kept of one drive of the benchmark, column by column, and what each column allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Final

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole

__all__ = ["COLUMNS", "CONDITION", "KEY", "Column", "DriveRow"]

CONDITION: Final = ("suite", "season", "weather", "shift", "rung", "clock")
"""Columns that name a condition."""

KEY: Final = ("model", "recipe", "seed", *CONDITION, "route")
"""Columns that name a drive: no two rows of a table have all of them alike."""

_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class DriveRow:
    """One drive.

    Attributes
    ----------
    model, recipe, seed:
        The training: kind of policy, how it was trained, and the seed it was trained from.
    suite, season, weather:
        The suite, and the named condition of it; ``weather`` is ``given`` where its numbers stand in the suite's file.
    shift, rung:
        What was shifted besides (a ladder, ``factors`` or the name of a given condition; empty if nothing), and how far
        (``None`` if nothing, or if it was given).
    clock:
        Whether the policy was told the time from frame to frame.
    map, route:
        The map's name, and the index of the episode: the same index is the same map, route and scenario seed for every
        training and condition.
    success:
        Whether the whole route was driven without any wheel leaving the lane.
    success_centre:
        The same by the car's reference point.
    distance_m:
        Distance driven along the route [m].
    departure_distance_m:
        Distance to the first departure of a wheel [m]; ``None`` if there was none within ``distance_m`` (censored).
    wheel_over_share:
        Share of the time with a wheel over a border of the lane, in [0, 1].
    offset_p95_m, offset_mean_m:
        95th percentile and mean of the distance from the lane's centre [m].
    whiteness_degps:
        Whiteness of the steering [deg/s].
    digest:
        Digest of the trajectory, in lower-case hexadecimal digits.

    Raises
    ------
    ArgumentError
        Naming the column, the value and what is allowed.
    """

    model: str
    recipe: str
    seed: int
    suite: str
    season: str
    weather: str
    shift: str
    rung: float | None
    clock: bool
    map: str
    route: int
    success: bool
    success_centre: bool
    distance_m: float
    departure_distance_m: float | None
    wheel_over_share: float
    offset_p95_m: float
    offset_mean_m: float
    whiteness_degps: float
    digest: str

    def __post_init__(self) -> None:
        for name, column in COLUMNS.items():
            value = getattr(self, name)
            if not column.allows(value):
                raise ArgumentError(f"{name}={value!r}: allowed is {column.allowed}")

    def key(self) -> tuple[Any, ...]:
        """Return what names the drive: the values of ``KEY``."""
        return tuple(getattr(self, name) for name in KEY)

    def condition(self) -> tuple[Any, ...]:
        """Return what names its condition: the values of ``CONDITION``."""
        return tuple(getattr(self, name) for name in CONDITION)


@dataclass(frozen=True)
class Column:
    """One column: its values, and how a cell of a file holds them.

    Attributes
    ----------
    allowed:
        What is allowed, in words.
    allows:
        Whether a value is.
    read:
        Value of a cell's text; ValueError if it has none.
    bounds:
        Least and largest value of a number.
    """

    allowed: str
    allows: Callable[[Any], bool]
    read: Callable[[str], Any]
    bounds: tuple[float, float] = (-math.inf, math.inf)

    def show(self, value: Any) -> str:
        """Return the text of a value, from which ``read`` makes the very same value."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return repr(int(value) if isinstance(value, Integral) else float(value))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _real(text: str) -> float:
    if "_" in text or text != text.strip():  # which float() would forgive
        raise ValueError(text)
    return float(text)


def _truth(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _optional(text: str) -> float | None:
    return _real(text) if text else None


def _text(*, empty: bool = False) -> Column:
    return Column(
        "text that can be printed" + ("" if empty else ", not empty"),
        lambda value: isinstance(value, str) and value.isprintable() and (empty or value != ""),
        str,
    )


def _number(low: float, high: float = math.inf, *, optional: bool = False) -> Column:
    words = "a finite number" if low == -math.inf else f"a finite number from {low:g}"
    words += f" to {high:g}" if high < math.inf else ""

    def allows(value: Any) -> bool:
        if value is None:
            return optional
        return is_real(value) and math.isfinite(value) and low <= value <= high

    return Column(words + (" or nothing" if optional else ""), allows, _optional if optional else _real, (low, high))


_WHOLE = Column("a whole number from 0", lambda value: is_whole(value) and value >= 0, _whole, (0.0, math.inf))
_TRUTH = Column("0 or 1", lambda value: isinstance(value, bool), _truth, (0.0, 1.0))
_DIGEST = Column(
    "lower-case hexadecimal digits",
    lambda value: isinstance(value, str) and value != "" and set(value) <= _HEX,
    str,
)

COLUMNS: Final[dict[str, Column]] = {
    "model": _text(),
    "recipe": _text(),
    "seed": _WHOLE,
    "suite": _text(),
    "season": _text(),
    "weather": _text(),
    "shift": _text(empty=True),
    "rung": _number(-math.inf, optional=True),
    "clock": _TRUTH,
    "map": _text(),
    "route": _WHOLE,
    "success": _TRUTH,
    "success_centre": _TRUTH,
    "distance_m": _number(0.0),
    "departure_distance_m": _number(0.0, optional=True),
    "wheel_over_share": _number(0.0, 1.0),
    "offset_p95_m": _number(0.0),
    "offset_mean_m": _number(0.0),
    "whiteness_degps": _number(0.0),
    "digest": _DIGEST,
}
"""Every column, in the order of ``DriveRow`` and of files."""
