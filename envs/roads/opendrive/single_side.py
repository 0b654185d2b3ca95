"""Single-sided lane sections: they change one side of the road, the lanes of the other one go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection, SpeedRecord
from wormdrive.envs.roads.opendrive.marks import RoadMark

__all__ = ["continued"]


def continued(before: LaneSection, section: LaneSection, sides: Iterable[int]) -> tuple[LaneSection, LaneSection]:
    """Continue the lanes of some sides (1 left, -1 right) in the section behind theirs.

    Returns
    -------
    Both sections; their lanes on these sides are linked.
    """
    since = section.start_s - before.start_s
    sides = tuple(sides)
    old, new = [], list(section.lanes)
    for lane in before.lanes:
        if (1 if lane.id > 0 else -1) in sides:
            new.append(replace(_later(lane, since), predecessors=(lane.id,)))
            lane = replace(lane, successors=(lane.id,))
        old.append(lane)
    centre = section.centre
    if centre is None and before.centre is not None:
        centre = _later(before.centre, since)
    new.sort(key=lambda lane: lane.id)
    return replace(before, lanes=tuple(old)), replace(section, lanes=tuple(new), centre=centre)


def _later(lane: Lane, since: float) -> Lane:
    """Return the same lane, seen from ``since`` [m] behind the start of its section."""
    return replace(
        lane,
        width=lane.width.later(since),
        border=None if lane.border is None else lane.border.later(since),
        marks=_holding(lane.marks, since),
        speeds=tuple(SpeedRecord(record.start_m - since, record.limit_mps) for record in lane.speeds),
    )


def _holding(marks: tuple[RoadMark, ...], since: float) -> tuple[RoadMark, ...]:
    """Move marks, without those that have ended; dashes keep their phase."""
    ended = max(sum(mark.s_offset_m <= since for mark in marks) - 1, 0)
    return tuple(replace(mark, s_offset_m=mark.s_offset_m - since) for mark in marks[ended:])
