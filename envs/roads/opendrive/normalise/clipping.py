"""Cubic records that leave the range in which they are read: cut, so that nobody else reads more of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from wormdrive.envs.roads.opendrive.normalise.records import Record

__all__ = ["clipped", "moved", "value_at"]

_TOLERANCE_M: Final = 1e-6
_HALVINGS: Final = 200


def clipped(rows: list[Record], low: float, high: float, length: float) -> list[Record]:
    """Cut records to a range: where a cubic leaves it between 0 and ``length``, the range's end holds.

    Records that leave it by less than a micrometre stay as they are.
    """
    out: list[Record] = []
    for k, row in enumerate(rows):
        begin, end = max(row[0], 0.0), rows[k + 1][0] if k + 1 < len(rows) else length
        knots = [begin, *_extremes(row, begin, end), end]
        values = [value_at(row, s) for s in knots]
        if end <= begin or (min(values) >= low - _TOLERANCE_M and max(values) <= high + _TOLERANCE_M):
            out.append(row)
            continue
        starts = [begin, *(cut for one, two in pairwise(knots) for cut in _crossings(row, one, two, low, high))]
        for start, stop in pairwise([*starts, end]):
            middle = value_at(row, 0.5 * (start + stop))
            inside = low <= middle <= high
            out.append(moved(row, start) if inside else (start, low if middle < low else high, 0.0, 0.0, 0.0))
    return out


def value_at(row: Record, s: float) -> float:
    """Value of a record's cubic at a station [m]."""
    start, a, b, c, d = row
    h = s - start
    return a + h * (b + h * (c + h * d))


def moved(row: Record, start: float) -> Record:
    """Return the same cubic about another station."""
    begin, a, b, c, d = row
    h = start - begin
    return (start, a + h * (b + h * (c + h * d)), b + h * (2.0 * c + 3.0 * h * d), c + 3.0 * h * d, d)


def _extremes(row: Record, begin: float, end: float) -> list[float]:
    """Stations between two others where a cubic turns."""
    start, _, b, c, d = row
    inner = c * c - 3.0 * b * d
    if inner < 0.0:
        return []
    # the form without cancellation
    q = -(c + math.copysign(math.sqrt(inner), c))
    found = {start + top / bottom for top, bottom in ((q, 3.0 * d), (b, q)) if bottom != 0.0}
    return sorted(s for s in found if begin < s < end)


def _crossings(row: Record, one: float, two: float, low: float, high: float) -> Iterator[float]:
    """Stations where a cubic that does not turn between two others enters or leaves the range, in order."""
    first, last = value_at(row, one), value_at(row, two)
    levels = (low, high) if first < last else (high, low)
    for level in levels:
        if min(first, last) < level < max(first, last):
            yield _crossing(row, one, two, level, rising=first < last)


def _crossing(row: Record, one: float, two: float, level: float, rising: bool) -> float:
    for _ in range(_HALVINGS):
        middle = 0.5 * (one + two)
        if not one < middle < two:
            break
        if (value_at(row, middle) < level) == rising:
            one = middle
        else:
            two = middle
    return two
