"""Borders of lanes as widths: most other readers know only these."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.normalise.records import Record, sound_records
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["widths_of_section"]

_NO_WIDTH: Final[Record] = (0.0, 0.0, 0.0, 0.0, 0.0)


def widths_of_section(road: Road, section: LaneSection) -> dict[int, list[Record]]:
    """Find the width records of all lanes of a section, by lane id.

    The width of a lane with a border is its border less that of the lane inside it, both being cubics; where they
    cross, it is none there and nothing else: widths below zero are read as zero.
    """
    found: dict[int, list[Record]] = {}
    if all(lane.border is None for lane in section.lanes):
        return {lane.id: sound_records(lane.width) or [_NO_WIDTH] for lane in section.lanes}
    for side in (1, -1):
        inner = road.lane_offset.later(section.start_s)
        for lane in sorted((lane for lane in section.lanes if lane.id * side > 0), key=lambda lane: abs(lane.id)):
            if lane.border is None:
                width = lane.width
                outer = _sum(inner, width, float(side), section.length_m)
            else:
                outer = lane.border
                width = _sum(lane.border, inner, -1.0, section.length_m)
                width = PiecewiseCubic(width.starts, side * width.coefficients)
            found[lane.id] = sound_records(width) or [_NO_WIDTH]
            inner = outer
    return found


def _sum(one: PiecewiseCubic, two: PiecewiseCubic, factor: float, length: float) -> PiecewiseCubic:
    """One function plus ``factor`` times another one, from 0 to ``length`` [m]."""
    starts = np.unique(np.concatenate([[0.0], one.starts, two.starts]))
    starts = starts[(starts >= 0.0) & ((starts < length) | (starts == 0.0))]
    return PiecewiseCubic(starts, _moved(one, starts) + factor * _moved(two, starts))


def _moved(function: PiecewiseCubic, starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients (n, 4) of a function about each of the ``starts`` (n,)."""
    out = np.zeros((len(starts), 4))
    rows = sound_records(function)
    for k, start in enumerate(starts.tolist()):
        held = [row for row in rows if row[0] <= start]
        if held:
            begin, a, b, c, d = held[-1]
            h = start - begin
            out[k] = (a + h * (b + h * (c + h * d)), b + h * (2.0 * c + 3.0 * h * d), c + 3.0 * h * d, d)
    return out
