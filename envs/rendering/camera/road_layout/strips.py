"""Strips: how a cross-section is laid out in the ground texture.

Along one row of the picture the lateral position d sweeps over the cross-section. Each cross-section is cut into
*runs*: stretches of d that map linearly onto one strip of the texture (see ``seasons/art/layout.py``):

    d      ... verge | edge | lane B | lane A | edge | paving | verge ...
    run          0      1       2        3       4       5        6

The first and the last run are unbounded. Where two runs show different material but do not touch in the texture, the
boundary is a *seam*, which the camera blends; where asphalt ends at a verge, the last half metre of asphalt is taken
from the texture's own edge, which is filtered with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import CrossSections, Surface
from wormdrive.envs.seasons.art.layout import Strip
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = [
    "BASE",
    "FAR_EDGE",
    "FIELDS",
    "PAVED",
    "SHIFT",
    "SLOPE",
    "SOLID",
    "WANDER",
    "SectionRuns",
    "section_runs",
]

BASE, SLOPE, WANDER, SHIFT, PAVED, SOLID = range(6)
"""Columns of ``SectionRuns.values``: texture coordinate = BASE + SLOPE * d, plus WANDER * (d - lower) * (upper - d)
times the seeded wander of the wheel tracks, as a share of the lane's width; SHIFT along s [m]; PAVED 0 or 1;
SOLID 1 where nothing may grow."""
FIELDS = 6
FAR_EDGE = 1.0e6
"""Stands for infinity at both ends of a cross-section [m]."""

_EDGE = 0.5  # m of asphalt taken from the texture's own edge where asphalt meets a verge
_SOFT_VERGE = Strip.VERGE + 1.15  # where a verge begins that has no gravel, behind a kerb or pavement
_RIGHT_SHIFT, _LEFT_SHIFT = 0.0, 13.7  # m along s: the two sides of the road look different
_ASPHALT_SURFACES = (Surface.DRIVING, Surface.SHOULDER, Surface.PARKING, Surface.BIKING)


class SectionRuns(NamedTuple):
    """Runs of all cross-sections of a route, padded to R runs.

    ``count`` (U,) int32; ``edges`` (U, R + 1) float32 [m], ascending, run k between edges k and k + 1; ``values``
    (U, R, FIELDS) float32; ``label`` (U, R) uint8; ``seam`` (U, R + 1) uint8: 1 where the boundary wants blending;
    ``block`` (U, 2) float32 [m]: right and left end of the paved stretch that holds the ego lane.
    """

    count: NDArray[np.int32]  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    edges: NDArray[np.float32]
    values: NDArray[np.float32]
    label: NDArray[np.uint8]
    seam: NDArray[np.uint8]
    block: NDArray[np.float32]


class _Run(NamedTuple):
    lower: float
    upper: float
    at_lower: float
    at_upper: float
    shift: float
    label: int
    paved: bool
    solid: bool
    lane: bool = False


class _Interval(NamedTuple):
    lower: float
    upper: float
    surface: int

    @property
    def is_asphalt(self) -> bool:
        return self.surface in _ASPHALT_SURFACES


def section_runs(sections: CrossSections) -> SectionRuns:
    """Lay out every cross-section of ``sections``."""
    laid_out = [_lay_out(_intervals(e, s)) for e, s in zip(sections.edges, sections.surface, strict=True)]
    most = max(len(runs) for runs, _ in laid_out)
    units = len(laid_out)
    table = SectionRuns(
        np.zeros(units, np.int32),
        np.full((units, most + 1), FAR_EDGE, np.float32),
        np.zeros((units, most, FIELDS), np.float32),
        np.zeros((units, most), np.uint8),
        np.zeros((units, most + 1), np.uint8),
        np.zeros((units, 2), np.float32),
    )
    for u, (runs, block) in enumerate(laid_out):
        table.count[u] = len(runs)
        table.block[u] = block
        for k, run in enumerate(runs):
            slope = (run.at_upper - run.at_lower) / (run.upper - run.lower)
            if run.lower <= -FAR_EDGE:
                slope, base = -1.0, run.at_upper + run.upper
            else:
                base = run.at_lower - slope * run.lower if run.upper < FAR_EDGE else run.at_lower - run.lower
                slope = slope if run.upper < FAR_EDGE else 1.0
            wander = 4.0 * slope / (run.upper - run.lower) if run.lane else 0.0
            table.edges[u, k] = run.lower
            table.values[u, k] = base, slope, wander, run.shift, run.paved, run.solid
            table.label[u, k] = run.label
            if k:
                table.seam[u, k] = _is_seam(runs[k - 1], run)
    return table


def _is_seam(below: _Run, above: _Run) -> bool:
    touching = abs(below.at_upper - above.at_lower) < 1e-3 and below.shift == above.shift
    both_asphalt = below.label == above.label == SemanticLabel.ROADS
    return not touching and not both_asphalt


def _intervals(edges: NDArray[np.float32], surface: NDArray[np.uint8]) -> list[_Interval]:
    found = [
        _Interval(float(a), float(b), int(s))
        for a, b, s in zip(edges[:-1], edges[1:], surface, strict=True)
        if b - a > 0.02
    ]
    while found and found[0].surface == Surface.TERRAIN:
        found.pop(0)
    while found and found[-1].surface == Surface.TERRAIN:
        found.pop()
    return found or [_Interval(-1.75, 1.75, Surface.DRIVING)]


def _lay_out(intervals: list[_Interval]) -> tuple[list[_Run], tuple[float, float]]:
    ego = min(range(len(intervals)), key=lambda i: max(intervals[i].lower, -intervals[i].upper))
    runs = [_verge(intervals[0], right=True)]
    for i, interval in enumerate(intervals):
        below = intervals[i - 1] if i else None
        above = intervals[i + 1] if i + 1 < len(intervals) else None
        lower, upper = interval.lower, interval.upper
        rim = min(_EDGE, 0.5 * (upper - lower))
        if interval.is_asphalt and (below is None or below.surface == Surface.TERRAIN):
            at = Strip.VERGE
            runs.append(_Run(lower, lower + rim, at, at - rim, _RIGHT_SHIFT, SemanticLabel.ROADS, True, True))
            lower += rim
        rim_above = interval.is_asphalt and (above is None or above.surface == Surface.TERRAIN)
        if rim_above:
            upper -= rim
        if upper - lower > 0.01:
            runs.extend(_fill(interval, lower, upper, i - ego))
        if rim_above:
            at = Strip.VERGE
            runs.append(_Run(upper, upper + rim, at - rim, at, _LEFT_SHIFT, SemanticLabel.ROADS, True, True))
    runs.append(_verge(intervals[-1], right=False))
    return runs, _block(intervals, ego)


def _block(intervals: list[_Interval], ego: int) -> tuple[float, float]:
    first = last = ego
    while first > 0 and intervals[first - 1].surface != Surface.TERRAIN:
        first -= 1
    while last + 1 < len(intervals) and intervals[last + 1].surface != Surface.TERRAIN:
        last += 1
    return intervals[first].lower, intervals[last].upper


def _verge(neighbour: _Interval, *, right: bool) -> _Run:
    begins = Strip.VERGE if neighbour.is_asphalt else _SOFT_VERGE
    if right:
        return _Run(-FAR_EDGE, neighbour.lower, 0.0, begins, _RIGHT_SHIFT, SemanticLabel.TERRAIN, False, False)
    return _Run(neighbour.upper, FAR_EDGE, begins, 0.0, _LEFT_SHIFT, SemanticLabel.TERRAIN, False, False)


def _fill(interval: _Interval, lower: float, upper: float, ordinal: int) -> Iterator[_Run]:
    """Yield runs for the part of an interval from ``lower`` to ``upper``.

    ``ordinal`` counts intervals from the ego lane, so that a lane keeps its looks when others come and go.
    """
    width = interval.upper - interval.lower
    shift = (ordinal * 11.3) % 32.0
    if interval.surface == Surface.DRIVING and 2.2 <= width <= 5.2:
        begin = Strip.LANE_B if ordinal % 2 else Strip.LANE_A
        at = [begin + Strip.LANE_WIDTH * (d - interval.lower) / width for d in (lower, upper)]
        yield _Run(lower, upper, at[0], at[1], shift, SemanticLabel.ROADS, True, True, lane=True)
    elif interval.surface == Surface.TERRAIN:
        yield from _inner_verge(lower, upper)
    else:
        begin, label = {
            Surface.SIDEWALK: (Strip.PAVING, SemanticLabel.SIDEWALKS),
            Surface.CURB: (Strip.PAVING, SemanticLabel.SIDEWALKS),
            Surface.MEDIAN: (Strip.GRASS, SemanticLabel.TERRAIN),
        }.get(Surface(interval.surface), (Strip.ASPHALT, SemanticLabel.ROADS))
        yield from _folded(lower, upper, begin, shift, label, paved=interval.surface != Surface.MEDIAN)


def _folded(lower: float, upper: float, begin: float, shift: float, label: int, *, paved: bool) -> Iterator[_Run]:
    """Repeat a strip to and fro, so that its copies join without a step."""
    step = Strip.STRIP_WIDTH
    pieces = max(1, int(np.ceil((upper - lower) / step - 1e-6)))
    for k in range(pieces):
        a = lower + k * step
        b = min(upper, a + step)
        span = b - a
        at = (begin, begin + span) if k % 2 == 0 else (begin + step, begin + step - span)
        yield _Run(a, b, *at, shift, label, paved, True)


def _inner_verge(lower: float, upper: float) -> Iterator[_Run]:
    """Terrain between two stretches of asphalt: a verge from either side, meeting in the middle."""
    middle = 0.5 * (lower + upper)
    reach = Strip.VERGE_END - Strip.VERGE
    deep = max(0.0, middle - lower - reach)
    at = min(middle - lower, reach) + Strip.VERGE
    near = lower + min(middle - lower, reach)
    yield _Run(lower, near, Strip.VERGE, at, _LEFT_SHIFT, SemanticLabel.TERRAIN, False, False)
    repeat = Strip.VERGE_END - Strip.VERGE_REPEAT_FROM
    begin = near
    backwards = True
    while deep > 0.01 and begin < upper - (near - lower) - 0.01:
        end = min(begin + repeat, upper - (near - lower))
        a, b = Strip.VERGE_END, Strip.VERGE_END - (end - begin)
        yield _Run(begin, end, *((a, b) if backwards else (b, a)), _LEFT_SHIFT, SemanticLabel.TERRAIN, False, False)
        begin, backwards = end, not backwards
    yield _Run(begin, upper, at, Strip.VERGE, _RIGHT_SHIFT, SemanticLabel.TERRAIN, False, False)
