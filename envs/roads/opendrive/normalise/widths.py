"""Widths of lanes, also of those that have borders: most other readers know only widths."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.limits import MAX_WIDTH_M
from wormdrive.envs.roads.opendrive.normalise.clipping import clipped, moved
from wormdrive.envs.roads.opendrive.normalise.records import Record, sound_records
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["widths_of_section"]

_NONE: Final[Record] = (0.0, 0.0, 0.0, 0.0, 0.0)


def widths_of_section(road: Road, section: LaneSection) -> dict[int, list[Record]]:
    """Find the width records of all lanes of a section, by lane id.

    The width of a lane with a border is its border less that of the lane inside it, both being cubics. Widths are
    read between zero and ``MAX_WIDTH_M``.
    """
    length = section.length_m
    if all(lane.border is None for lane in section.lanes):
        return {lane.id: _clipped(sound_records(lane.width), length) for lane in section.lanes}
    found: dict[int, list[Record]] = {}
    for side in (1, -1):
        inner = clipped(_records(road.lane_offset.later(section.start_s)), -MAX_WIDTH_M, MAX_WIDTH_M, length)
        for lane in sorted((lane for lane in section.lanes if lane.id * side > 0), key=lambda lane: abs(lane.id)):
            width = sound_records(lane.width)
            if lane.border is not None:
                width = [_times(row, side) for row in _sum(_records(lane.border), inner, -1.0, length)]
            found[lane.id] = _clipped(width, length)
            inner = _sum(inner, found[lane.id], side, length)
    return found


def _clipped(rows: list[Record], length: float) -> list[Record]:
    return clipped(rows or [_NONE], 0.0, MAX_WIDTH_M, length)


def _records(function: PiecewiseCubic) -> list[Record]:
    return sound_records(function) or [_NONE]


def _sum(one: list[Record], two: list[Record], factor: float, length: float) -> list[Record]:
    """One function plus ``factor`` times another one, from 0 to ``length`` [m]."""
    starts = sorted({0.0, *(row[0] for row in (*one, *two) if 0.0 < row[0] < length)})
    return [
        (start, *(a + factor * b for a, b in zip(_at(one, start)[1:], _at(two, start)[1:], strict=True)))
        for start in starts
    ]


def _at(rows: list[Record], start: float) -> Record:
    """Return the record that holds at a station, about that station."""
    return moved(next(row for row in reversed(rows) if row[0] <= start), start)


def _times(row: Record, factor: float) -> Record:
    return (row[0], *(factor * value for value in row[1:]))
