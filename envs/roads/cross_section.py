"""What lies to the left and right of the route at each of its stations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.lane_path import LanePath, Visit
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.marks import PaintedLine
from wormdrive.envs.roads.route import CrossSections, Surface

__all__ = ["cross_sections", "surface_of"]

Array = NDArray[np.float64]

_SURFACES: Final = {
    "shoulder": Surface.SHOULDER,
    "border": Surface.SHOULDER,
    "stop": Surface.SHOULDER,
    "restricted": Surface.SHOULDER,
    "roadWorks": Surface.SHOULDER,
    "sidewalk": Surface.SIDEWALK,
    "walking": Surface.SIDEWALK,
    "median": Surface.MEDIAN,
    "tram": Surface.MEDIAN,
    "rail": Surface.MEDIAN,
    "parking": Surface.PARKING,
    "biking": Surface.BIKING,
    "curb": Surface.CURB,
}


def surface_of(lane: Lane) -> Surface:
    """Say what covers a lane of that type."""
    return Surface.DRIVING if lane.drivable else _SURFACES.get(lane.kind, Surface.TERRAIN)


def cross_sections(visits: list[Visit], path: LanePath) -> tuple[NDArray[np.int32], CrossSections]:
    """Find the section that holds at each sample, and the distinct ones."""
    rows = [_own_road(visit, path.road_s[path.visit == k]) for k, visit in enumerate(visits) if (path.visit == k).any()]
    spans = _stack([row.spans for row in rows])
    marks = _stack([row.marks for row in rows])
    return _distinct(spans, marks)


SPAN_COLUMNS: Final = 3
"""Columns of a span: its right end, its left end [m], its surface; a missing one is empty and lies at zero."""
MARK_COLUMNS: Final = 5
"""Columns of a mark: offset, width [m], colour, dash, period [m]; a missing one has no width."""


@dataclass(frozen=True)
class _Rows:
    """Spans (n, K, 3) and marks (n, M, 5) at n samples."""

    spans: Array
    marks: Array


def _own_road(visit: Visit, s: Array) -> _Rows:
    """List the ego road's lanes and marks, relative to the ego lane's centre and positive to the left of travel."""
    node = visit.node
    section = node.section
    profile = node.road.profile(section, s)
    row = section.rows[node.lane.id]
    centre = 0.5 * (profile.borders_t[row] + profile.borders_t[row + 1])
    sign = 1.0 if node.forward else -1.0
    level = np.cos(profile.roll_rad)
    d = (profile.borders_t - centre) * level * sign
    spans = np.zeros((len(s), len(section.lanes), SPAN_COLUMNS))
    for k, lane in enumerate(section.lanes):
        spans[:, k, 0] = np.minimum(d[k], d[k + 1])
        spans[:, k, 1] = np.maximum(d[k], d[k + 1])
        spans[:, k, 2] = surface_of(lane)
    if not node.forward:
        spans = spans[:, ::-1]  # from right to left of travel, as edges must ascend
    marks = [
        _mark_columns(line.t_offset_m * sign * level + d[border], line, active)
        for border, lane in _marked(section)
        for line, active in _lines(lane, s - section.start_s)
        if active.any()
    ]
    return _Rows(spans, np.stack(marks, axis=1) if marks else np.zeros((len(s), 0, MARK_COLUMNS)))


def _marked(section: LaneSection) -> Iterator[tuple[int, Lane]]:
    """Lanes with marks, and the row of the border on which they lie."""
    for row, lane in enumerate(section.lanes):
        if lane.marks:
            yield (row if lane.id < 0 else row + 1), lane
    if section.centre is not None:
        yield section.rights, section.centre


def _lines(lane: Lane, ds: Array) -> Iterator[tuple[PaintedLine, NDArray[np.bool_]]]:
    """Painted lines of a lane's border, and at which distances from the section's start they are painted."""
    starts = np.array([mark.s_offset_m for mark in lane.marks])
    holding = np.searchsorted(starts, ds + 1e-6, side="right") - 1
    for k, mark in enumerate(lane.marks):
        for line in mark.lines:
            since = ds - mark.s_offset_m
            yield line, (holding == k) & (since >= line.start_m) & (since < line.end_m)


def _mark_columns(offset: Array, line: PaintedLine, active: NDArray[np.bool_]) -> Array:
    columns = np.zeros((len(offset), MARK_COLUMNS))
    columns[:] = 0.0, line.width_m, line.colour, line.dash_m, line.period_m
    columns[:, 0] = offset
    columns[~active] = 0.0
    return columns


def _stack(blocks: list[Array]) -> Array:
    """Put blocks of different breadth one below the other, padded with zeros."""
    breadth = max(block.shape[1] for block in blocks)
    out = np.zeros((sum(len(block) for block in blocks), max(breadth, 1), blocks[0].shape[2]))
    first = 0
    for block in blocks:
        out[first : first + len(block), : block.shape[1]] = block
        first += len(block)
    return out


def _distinct(spans: Array, marks: Array) -> tuple[NDArray[np.int32], CrossSections]:
    """Round to centimetres and share equal sections."""
    spans = spans.copy()
    spans[..., :2] = np.round(spans[..., :2], 2)
    marks = np.round(marks, 2)
    n = len(spans)
    key = np.round(np.concatenate([spans.reshape(n, -1), marks.reshape(n, -1)], axis=1) * 100.0).astype(np.int64)
    _, first, section = np.unique(key, axis=0, return_index=True, return_inverse=True)
    spans, marks = spans[first], marks[first]
    edges = np.concatenate([spans[:, :, 0], spans[:, -1:, 1]], axis=1)
    return section.reshape(-1).astype(np.int32), CrossSections(
        edges=edges.astype(np.float32),
        surface=spans[:, :, 2].astype(np.uint8),
        mark_offset=marks[..., 0].astype(np.float32),
        mark_width=marks[..., 1].astype(np.float32),
        mark_colour=marks[..., 2].astype(np.uint8),
        mark_dash=marks[..., 3].astype(np.float32),
        mark_period=marks[..., 4].astype(np.float32),
    )
