"""Road points: places that a road shall lead through, checked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real

__all__ = ["LANE_WIDTHS_M", "MOST_POINTS", "RoadPoints", "check_lane_width", "checked_points", "road_points"]

MOST_POINTS: Final = 20_000
MOST_M: Final = 1e6
"""Magnitude of a coordinate [m]."""
LANE_WIDTHS_M: Final = (2.0, 10.0)
"""Least and greatest width of a lane [m]."""
_COLUMNS: Final = ("x", "y", "width")


@dataclass(frozen=True, eq=False)
class RoadPoints:
    """Points (n,) of a road's middle in OpenDRIVE's axes [m], in the order in which they are driven.

    ``width_m`` (n,) is the width of either lane there [m]; ``None`` where nobody said.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    width_m: NDArray[np.float64] | None = None


def road_points(points: Sequence[Sequence[float]] | NDArray[np.floating]) -> RoadPoints:
    """Check points (n, 2) or (n, 3): x, y and perhaps the width of a lane there [m].

    Raises
    ------
    ArgumentError
        Names the point, its value and what is allowed.
    """
    try:
        rows = list(points)
    except TypeError:
        raise ArgumentError(f"points={points!r}: allowed is a list of [x, y]") from None
    return checked_points("points", ((f"point {k}", row) for k, row in enumerate(rows)))


def checked_points(what: str, rows: Iterable[tuple[str, Any]]) -> RoadPoints:
    """Check rows of numbers, each with the words for where it stands; ``what`` they come from is said in errors.

    Raises
    ------
    ArgumentError
        There are too few or too many, or one of them is not what is allowed.
    """
    found: list[list[float]] = []
    columns = 0
    for where, row in rows:
        if not isinstance(row, (list, tuple, np.ndarray)) or not len(row):
            raise ArgumentError(f"{what}: {where}: {_shown(row)}: allowed are x, y and perhaps the width of a lane [m]")
        columns = columns or len(row)
        if len(row) != columns or columns not in (2, 3):
            allowed = "x, y and perhaps the width of a lane" if len(row) == columns else f"{columns}, as before"
            raise ArgumentError(f"{what}: {where}: {len(row)} numbers: allowed are {allowed}")
        if len(found) == MOST_POINTS:
            raise ArgumentError(f"{what}: {where}: allowed are {MOST_POINTS:,} points at most")
        values = [_number(value, f"{what}: {where}: {name}") for name, value in zip(_COLUMNS, row, strict=False)]
        if columns == 3:
            check_lane_width(values[2], f"{what}: {where}: width")
        found.append(values)
    if len(found) < 2:
        raise ArgumentError(f"{what}: {len(found)} points: allowed are 2 or more")
    table = np.array(found)
    return RoadPoints(table[:, 0], table[:, 1], table[:, 2] if columns == 3 else None)


def check_lane_width(width_m: float, what: str) -> None:
    """Refuse a width that no lane has.

    Raises
    ------
    ArgumentError
        Names ``what`` it is, the value and what is allowed.
    """
    least, most = LANE_WIDTHS_M
    if not least <= width_m <= most:
        raise ArgumentError(f"{what}={width_m:g}: allowed are {least:g} to {most:g} m")


def _number(value: Any, what: str) -> float:
    number = float(value) if is_real(value) and abs(value) <= MOST_M else math.nan
    if math.isnan(number):
        raise ArgumentError(f"{what}={_shown(value)}: allowed is a number from {-MOST_M:g} to {MOST_M:g} m")
    return number


def _shown(value: Any) -> str:
    """Show a value that nobody has looked at: it may be of any length."""
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= 40 else f"{text[:37]}..."
