"""Road strips: the roads of a map as the general camera reads them: samples along s, what lies across them, pieces.

Each road is laid out as if it were a route along its reference line (``strips.py`` and ``marks_table.py`` in
``camera/road_layout``), so that both ways of drawing show the same strips and marks. Samples stand in the middle of
equal steps, so that lane sections meet between samples. Roads are laid out when something near them is first looked at;
what is laid out keeps its place in the arrays, which only grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.road_layout.marks_table import KERB, MARK_FIELDS, section_marks
from wormdrive.envs.rendering.camera.road_layout.strips import FIELDS, section_runs
from wormdrive.envs.roads.cross_section import distinct_sections
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Profile, Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.road_surface_mesh import marked_borders, surface_of
from wormdrive.envs.roads.route import CrossSections, Surface

__all__ = [
    "COS",
    "CURVATURE",
    "SAMPLE_FIELDS",
    "SIN",
    "STATION",
    "STEP_M",
    "TILT",
    "RoadStrips",
    "StripArrays",
    "X",
    "Y",
    "Z",
]

Array = NDArray[np.float64]

X, Y, Z, COS, SIN, CURVATURE, TILT, STATION = range(8)
"""Columns of ``StripArrays.samples``; COS and SIN of the heading; TILT: rise per metre to the left."""
SAMPLE_FIELDS: Final = 8
STEP_M: Final = 0.5
"""Distance between samples, roughly [m]."""

_PIECE: Final = 64  # samples that are looked for together
_OUTLINE_M: Final = 8.0
_MOST_SAMPLES: Final = 400_000  # of one road
_MARK_COLUMNS: Final = 5


class StripArrays(NamedTuple):
    """What kernels read.

    ``samples`` (P, SAMPLE_FIELDS) float64; ``section`` (P,) int32: row of the tables that follow; ``road`` (P,) int32;
    ``ends`` (R, 2) int32: first and last sample of each road of the map, -1 if it is not laid out; ``junction`` (R,)
    int32: number of the junction that it is part of, or -1. The tables are those of ``SectionRuns`` and
    ``SectionMarks``. ``pieces`` (Q, 2) int32: first and last sample, ``circles`` (Q, 3) float64: what holds them [m].
    """

    samples: Array
    section: NDArray[np.int32]
    road: NDArray[np.int32]
    ends: NDArray[np.int32]
    junction: NDArray[np.int32]
    run_count: NDArray[np.int32]
    run_edges: NDArray[np.float32]
    run_values: NDArray[np.float32]
    run_label: NDArray[np.uint8]
    block: NDArray[np.float32]
    mark_count: NDArray[np.int32]
    marks: NDArray[np.float32]
    pieces: NDArray[np.int32]
    circles: Array


class RoadStrips:
    """All roads of a map.

    Attributes
    ----------
    skeleton:
        (N, 3) x, y, z [m]: points on all roads, some metres apart, from which the lie of the land follows.
    arrays:
        The roads that are laid out.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self._roads = list(road_map.roads.values())
        count = len(self._roads)
        numbers = {junction: k for k, junction in enumerate(road_map.junctions)}
        outlines = [_outline(road) for road in self._roads]
        self._boxes: Array = np.array([box for box, _ in outlines]).reshape(-1, 4)
        self.skeleton: Array = np.concatenate([points for _, points in outlines] or [np.zeros((1, 3))])
        self._laid_out = np.zeros(count, np.bool_)
        self.arrays = StripArrays(
            np.zeros((0, SAMPLE_FIELDS)),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.full((count, 2), -1, np.int32),
            np.array([numbers.get(road.junction_id or "", -1) for road in self._roads], np.int32),
            np.zeros(0, np.int32),
            np.zeros((0, 0), np.float32),
            np.zeros((0, 0, FIELDS), np.float32),
            np.zeros((0, 0), np.uint8),
            np.zeros((0, 2), np.float32),
            np.zeros(0, np.int32),
            np.zeros((0, 0, MARK_FIELDS), np.float32),
            np.zeros((0, 2), np.int32),
            np.zeros((0, 3)),
        )

    def lay_out(self, low: tuple[float, float], high: tuple[float, float]) -> bool:
        """Lay out all roads that come near a box [m]; say whether any was new."""
        near = (
            (self._boxes[:, 0] <= high[0])
            & (self._boxes[:, 1] >= low[0])
            & (self._boxes[:, 2] <= high[1])
            & (self._boxes[:, 3] >= low[1])
        )
        new = np.flatnonzero(near & ~self._laid_out)
        self._laid_out |= near
        self._append(int(number) for number in new)
        return len(new) > 0

    def _append(self, numbers: Iterable[int]) -> None:
        held = self.arrays
        parts: list[StripArrays] = [held]
        ends = held.ends.copy()
        samples, sections = len(held.samples), len(held.run_count)
        for number in numbers:
            part = _strips(self._roads[number], number, held.junction)
            if part is None:
                continue
            parts.append(
                part._replace(section=part.section + np.int32(sections), pieces=part.pieces + np.int32(samples))
            )
            ends[number] = samples, samples + len(part.samples) - 1
            samples += len(part.samples)
            sections += len(part.run_count)
        if len(parts) > 1:
            joined = {
                name: _joined([getattr(part, name) for part in parts])
                for name in StripArrays._fields
                if name not in ("ends", "junction")
            }
            self.arrays = StripArrays(ends=ends, junction=held.junction, **joined)


def _joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Put arrays one behind the other, padded with zeros to the breadth of the broadest."""
    shape = np.max([a.shape[1:] for a in arrays], axis=0).astype(int) if arrays[0].ndim > 1 else ()
    out = np.zeros((sum(len(a) for a in arrays), *shape), arrays[0].dtype)
    first = 0
    for a in arrays:
        out[(slice(first, first + len(a)), *(slice(0, n) for n in a.shape[1:]))] = a
        first += len(a)
    return out


def _outline(road: Road) -> tuple[tuple[float, float, float, float], Array]:
    """Bounding box of a road (x from, to, y from, to), and points along it."""
    x, y, along = [], [], []
    for section in road.sections:
        steps = int(np.clip(section.length_m / _OUTLINE_M, 1, 4_000))
        profile = road.profile(section, np.linspace(section.start_s, section.end_s, steps + 1))
        along.append(np.stack([profile.x, profile.y, profile.z], axis=1))
        for t in (profile.borders_t[0], profile.borders_t[-1]):
            px, py, _ = profile.surface(t)
            x.append(px)
            y.append(py)
    xs, ys = np.concatenate(x), np.concatenate(y)
    margin = _OUTLINE_M  # what bulges between the points
    box = (float(xs.min()) - margin, float(xs.max()) + margin, float(ys.min()) - margin, float(ys.max()) + margin)
    return box, np.concatenate(along)


def _strips(road: Road, number: int, junction: NDArray[np.int32]) -> StripArrays | None:
    """Lay out one road; ``None`` if it has no lane of any use."""
    sections = [s for s in road.sections if any(surface_of(lane) != Surface.TERRAIN for lane in s.lanes)]
    if not sections:
        return None
    profiles = [road.profile(section, _stations(section)) for section in sections]
    samples = np.concatenate([_samples(profile) for profile in profiles])
    samples = samples[:_MOST_SAMPLES]
    section, distinct = _cross_sections(sections, profiles)
    section = section[:_MOST_SAMPLES]
    runs, marks = section_runs(distinct), section_marks(distinct)
    firsts = np.arange(0, len(samples), _PIECE)
    lasts = np.minimum(firsts + _PIECE, len(samples)) - 1
    widest = float(np.abs(distinct.edges).max(initial=0.0))
    return StripArrays(
        samples,
        section,
        np.full(len(samples), number, np.int32),
        np.zeros((0, 2), np.int32),
        junction,
        runs.count,
        runs.edges,
        runs.values,
        runs.label,
        runs.block,
        marks.count,
        marks.values,
        np.stack([firsts, lasts], axis=1).astype(np.int32),
        np.array([_circle(samples[a : b + 1], widest) for a, b in zip(firsts, lasts, strict=True)]),
    )


def _stations(section: LaneSection) -> Array:
    steps = max(1, round(section.length_m / STEP_M))
    return np.asarray(section.start_s + (np.arange(steps) + 0.5) * (section.length_m / steps), np.float64)


def _samples(profile: Profile) -> Array:
    columns = np.empty((len(profile.s), SAMPLE_FIELDS))
    columns[:, X], columns[:, Y], columns[:, Z] = profile.x, profile.y, profile.z
    columns[:, COS], columns[:, SIN] = np.cos(profile.heading_rad), np.sin(profile.heading_rad)
    columns[:, CURVATURE], columns[:, TILT] = profile.curvature, np.tan(np.clip(profile.roll_rad, -1.0, 1.0))
    columns[:, STATION] = profile.s
    return columns


def _circle(samples: Array, widest: float) -> tuple[float, float, float]:
    low, high = samples[:, :2].min(axis=0), samples[:, :2].max(axis=0)
    middle = 0.5 * (low + high)
    return float(middle[0]), float(middle[1]), float(0.5 * np.hypot(*(high - low))) + widest + STEP_M


def _cross_sections(sections: list[LaneSection], profiles: list[Profile]) -> tuple[NDArray[np.int32], CrossSections]:
    """Find what lies across the road at each sample, lateral positions in the plane and positive to the left."""
    total = sum(len(profile.s) for profile in profiles)
    most = max(len(section.lanes) for section in sections)
    edges, kinds = np.zeros((total, most + 1), np.int64), np.zeros((total, most), np.int64)
    counts = np.zeros((total, 2), np.int64)
    lines = [_lines(section, profile) for section, profile in zip(sections, profiles, strict=True)]
    marks = np.zeros((total, max(1, *(columns.shape[1] for columns in lines)), _MARK_COLUMNS))
    first = 0
    for section, profile, columns in zip(sections, profiles, lines, strict=True):
        rows = slice(first, first + len(profile.s))
        lanes = len(section.lanes)
        level = profile.borders_t * np.cos(profile.roll_rad)
        edges[rows, : lanes + 1] = np.maximum.accumulate(np.round(level.T * 100.0), axis=1)
        kinds[rows, :lanes] = [int(surface_of(lane)) for lane in section.lanes]
        counts[rows] = lanes, columns.shape[1]
        marks[rows, : columns.shape[1]] = columns
        first += len(profile.s)
    return distinct_sections(edges, kinds, counts, marks)


def _lines(section: LaneSection, profile: Profile) -> Array:
    """List marks (n, M, 5) as ``distinct_sections`` wants them; what is not painted at a sample has no width."""
    level = np.cos(profile.roll_rad)
    found: list[Array] = []
    for border, lane in marked_borders(section):
        starts = np.array([mark.s_offset_m for mark in lane.marks])
        holding = np.searchsorted(starts, profile.s - section.start_s + 1e-6, side="right") - 1
        for k, mark in enumerate(lane.marks):
            since = profile.s - section.start_s - mark.s_offset_m
            if mark.kind == "curb":
                found.append(_line(profile.borders_t[border] * level, mark.width_m, KERB, 1.0, 1.0, holding == k))
            for line in mark.lines:
                painted = (holding == k) & (since >= line.start_m) & (since < line.end_m)
                at = (profile.borders_t[border] + line.t_offset_m) * level
                found.append(_line(at, line.width_m, int(line.colour), line.dash_m, line.period_m, painted))
    return np.stack(found, axis=1) if found else np.zeros((len(profile.s), 0, _MARK_COLUMNS))


def _line(at: Array, width: float, colour: int, dash: float, period: float, painted: NDArray[np.bool_]) -> Array:
    columns = np.empty((len(at), _MARK_COLUMNS))
    columns[:] = 0.0, width, colour, dash, period
    columns[:, 0] = at
    columns[~painted] = 0.0
    return columns
