"""What lies to the left and right of the route at each of its stations, the whole map considered.

The ego road's lanes and marks are computed exactly; whatever else of the map lies on the lateral line (other
carriageways, side roads, the other ways through a junction) is found by ``lateral_scan`` on the map's road sheets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.lane_path import LanePath, Visit
from wormdrive.envs.roads.opendrive.marks import PaintedLine
from wormdrive.envs.roads.road_surface_mesh import SheetIndex, marked_borders, surface_of
from wormdrive.envs.roads.route import CrossSections, Surface

__all__ = ["REACH_M", "cross_sections", "distinct_sections"]

Array = NDArray[np.float64]

REACH_M: Final = 30.0
"""How far to each side other roads are looked for."""
_SPAN: Final = 3
"""Columns of a span: from, to [m], surface; an absent one is empty."""
_MARK: Final = 5
"""Columns of a mark: offset, width [m], colour, dash, period [m]; an absent one has no width."""


@dataclass(frozen=True)
class _Rows:
    """Spans (n, K, 3) and marks (n, M, 5) at n samples."""

    spans: Array
    marks: Array


def cross_sections(index: SheetIndex, visits: list[Visit], path: LanePath) -> tuple[NDArray[np.int32], CrossSections]:
    """Find the section that holds at each sample, and the distinct ones."""
    from wormdrive.envs.roads.lateral_scan import MOST_INTERVALS, MOST_MARKS, scan  # numba: only when needed

    used = [k for k in range(len(visits)) if (path.visit == k).any()]
    rows = [_own_road(visits[k], path.road_s[path.visit == k], path.aside_m[path.visit == k]) for k in used]
    n = len(path.x)
    numbers = np.array([index.numbers[visit.node.road.id] for visit in visits], dtype=np.int64)
    stations = np.stack(
        [path.x, path.y, path.z, np.cos(path.heading_rad), np.sin(path.heading_rad), path.road_s], axis=1
    )
    around = index.near(path.x, path.y, REACH_M)
    edges = np.zeros((n, MOST_INTERVALS + 1), dtype=np.int64)
    kinds = np.zeros((n, MOST_INTERVALS), dtype=np.int64)
    counts = np.zeros((n, 2), dtype=np.int64)
    marks = np.zeros((n, MOST_MARKS, _MARK))
    scan(
        stations,
        numbers[path.visit],
        _stack([row.spans for row in rows]),
        _stack([row.marks for row in rows]),
        around.points,
        around.sections,
        around.along,
        around.surfaces,
        around.marks,
        around.blocks,
        around.circles,
        edges,
        kinds,
        counts,
        marks,
    )
    return distinct_sections(edges, kinds, counts, marks)


def _own_road(visit: Visit, s: Array, aside: Array) -> _Rows:
    """List the ego road's lanes and marks, relative to the route's line and positive to the left of travel."""
    node = visit.node
    section = node.section
    profile = node.road.profile(section, s)
    row = section.rows[node.lane.id]
    centre = 0.5 * (profile.borders_t[row] + profile.borders_t[row + 1])
    sign = 1.0 if node.forward else -1.0
    level = np.cos(profile.roll_rad)
    d = (profile.borders_t - centre) * level * sign - aside
    spans = [_span(d[k], d[k + 1], surface_of(lane)) for k, lane in enumerate(section.lanes)]
    marks = []
    for border, lane in marked_borders(section):
        starts = np.array([mark.s_offset_m for mark in lane.marks])
        holding = np.searchsorted(starts, s - section.start_s + 1e-6, side="right") - 1
        for k, mark in enumerate(lane.marks):
            active = holding == k
            if not active.any():
                continue
            if mark.kind == "curb":
                half = np.where(active, 0.5 * mark.width_m, 0.0)
                spans.append(_span(d[border] - half, d[border] + half, Surface.CURB))
            since = s - section.start_s - mark.s_offset_m
            for line in mark.lines:
                painted = active & (since >= line.start_m) & (since < line.end_m)
                marks.append(_mark(d[border] + line.t_offset_m * sign * level, line, painted))
    return _Rows(np.stack(spans, axis=1), np.stack(marks, axis=1) if marks else np.zeros((len(s), 0, _MARK)))


def _span(one: Array, other: Array, surface: Surface) -> Array:
    return np.stack([np.minimum(one, other), np.maximum(one, other), np.full_like(one, surface)], axis=1)


def _mark(offset: Array, line: PaintedLine, painted: NDArray[np.bool_]) -> Array:
    columns = np.empty((len(offset), _MARK))
    columns[:] = 0.0, line.width_m, float(line.colour), line.dash_m, line.period_m
    columns[:, 0] = offset
    columns[~painted] = 0.0
    return columns


def _stack(blocks: list[Array]) -> Array:
    """Put blocks of different breadth one below the other, padded with zeros."""
    breadth = max(1, *(block.shape[1] for block in blocks))
    out = np.zeros((sum(len(block) for block in blocks), breadth, blocks[0].shape[2]))
    first = 0
    for block in blocks:
        out[first : first + len(block), : block.shape[1]] = block
        first += len(block)
    return out


def distinct_sections(
    edges: NDArray[np.int64], kinds: NDArray[np.int64], counts: NDArray[np.int64], marks: Array
) -> tuple[NDArray[np.int32], CrossSections]:
    """Share equal sections, numbered in the order in which the route meets them.

    Parameters
    ----------
    edges, kinds:
        (n, K + 1) [cm] and (n, K): intervals and their surfaces.
    counts:
        (n, 2): how many intervals and marks there are.
    marks:
        (n, M, 5): offset, width [m], colour, dash, period [m].
    """
    most_spans, most_marks = (max(int(most), 1) for most in counts.max(axis=0))
    marks = np.round(marks[:, :most_marks], 2) + 0.0  # no negative zeros
    columns = np.arange(most_spans + 1)
    edges = np.take_along_axis(edges, np.minimum(columns, counts[:, :1]), axis=1)  # padded with the last edge
    kinds = kinds[:, :most_spans]
    key = np.concatenate([edges, kinds, np.round(marks.reshape(len(marks), -1) * 100.0).astype(np.int64)], axis=1)
    known: dict[bytes, int] = {}
    key = key.astype(np.int32)
    begins = np.concatenate([[0], np.flatnonzero((key[1:] != key[:-1]).any(axis=1)) + 1])  # of stretches of equal rows
    numbers = np.array([known.setdefault(key[i].tobytes(), len(known)) for i in begins], dtype=np.int32)
    section = np.repeat(numbers, np.diff(begins, append=len(key)))
    first = np.unique(section, return_index=True)[1]
    marks = marks[first]
    return section, CrossSections(
        edges=(edges[first] / 100.0).astype(np.float32),
        surface=kinds[first].astype(np.uint8),
        mark_offset=marks[..., 0].astype(np.float32),
        mark_width=marks[..., 1].astype(np.float32),
        mark_colour=marks[..., 2].astype(np.uint8),
        mark_dash=marks[..., 3].astype(np.float32),
        mark_period=marks[..., 4].astype(np.float32),
    )
