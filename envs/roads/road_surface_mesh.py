"""Road surface mesh: every road of a map as a mesh of its lanes' borders, to be crossed by lateral lines.

Each lane section is sampled about every metre along s on all its lane borders:

    row 3   o---o---o---o      lane 1 (left)
    row 2   o---o---o---o      lane -1
    row 1   o---o---o---o      lane -2
    row 0   o---o---o---o
            j=0 1   2   3      -> s

Roads are sampled when a route first comes near them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.once_per_map import once_per_map
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.section_stack import stack_sections
from wormdrive.envs.roads.route import Surface

__all__ = ["MARK_FIELDS", "SheetIndex", "Sheets", "marked_borders", "sheet_index", "surface_of"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP_M: Final = 1.0
_BLOCK_STEPS: Final = 16
_OUTLINE_M: Final = 10.0
_MOST_STEPS: Final = 200_000

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

MARK_FIELDS: Final = 9
"""Columns of ``Sheets.marks``: row, t offset, width, colour, dash, period, from s, to s, kerb (1) or paint (0)."""


def surface_of(lane: Lane) -> Surface:
    """Say what covers a lane of that type."""
    return Surface.DRIVING if lane.drivable else _SURFACES.get(lane.kind, Surface.TERRAIN)


def marked_borders(section: LaneSection) -> list[tuple[int, Lane]]:
    """List the lanes that have marks, each with the row of the border on which they lie."""
    marked = [(row if lane.id < 0 else row + 1, lane) for row, lane in enumerate(section.lanes) if lane.marks]
    if section.centre is not None and section.centre.marks:
        marked.append((section.rights, section.centre))
    return marked


@dataclass(frozen=True, eq=False)
class Sheets:
    """Sections of some roads, flattened for kernels.

    Attributes
    ----------
    points:
        (P, 3) x, y, z; the point of row r and step j of section i is ``points[first + r * count + j]``.
    sections:
        (S, 8): first point, count of steps + 1, rows, first surface, first mark, end of marks, number of the road in
        the map, whether the road is part of a junction.
    along:
        (S, 2): s of the first step, distance between steps [m].
    surfaces:
        one ``Surface`` for each lane.
    marks:
        (M, MARK_FIELDS).
    blocks:
        (B, 3): section, first step, last step.
    circles:
        (B, 5): x, y, radius, lowest z, highest z of each block.
    """

    points: Array
    sections: Ints
    along: Array
    surfaces: NDArray[np.uint8]
    marks: Array
    blocks: Ints
    circles: Array


class SheetIndex:
    """All roads of a map, findable by place.

    ``numbers`` gives each road id its number, which the kernel knows it by.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self._roads = list(road_map.roads.values())
        self.numbers = {road.id: number for number, road in enumerate(self._roads)}
        self._boxes = _outlines(self._roads)
        self._sheets: dict[int, Sheets] = {}

    def near(self, x: Array, y: Array, reach_m: float) -> Sheets:
        """Sheets of all roads whose outlines come within ``reach_m`` of any of the points, roughly."""
        close = np.zeros(len(self._roads), dtype=np.bool_)
        for first in range(0, len(x), 64):  # short stretches have tight boxes
            px, py = x[first : first + 64], y[first : first + 64]
            close |= (
                (self._boxes[:, 0] <= px.max() + reach_m)
                & (self._boxes[:, 1] >= px.min() - reach_m)
                & (self._boxes[:, 2] <= py.max() + reach_m)
                & (self._boxes[:, 3] >= py.min() - reach_m)
            )
        return _join([self._sheet(int(number)) for number in np.flatnonzero(close)])

    def _sheet(self, number: int) -> Sheets:
        sheet = self._sheets.get(number)
        if sheet is None:
            road = self._roads[number]
            sheet = self._sheets[number] = _join([_section_sheet(road, number, section) for section in road.sections])
        return sheet


@once_per_map
def sheet_index(road_map: RoadMap) -> SheetIndex:
    """Build the map's index, once."""
    return SheetIndex(road_map)


def _outlines(roads: list[Road]) -> Array:
    """Bounding boxes of roads, (R, 4): x from, to, y from, to."""
    pairs = [(road, section) for road in roads for section in road.sections]
    boxes = np.empty((len(pairs), 4))
    for stack, numbers in stack_sections(pairs, _outline_samples):
        x, y, _ = stack.profile.surface(stack.profile.borders_t[[0, -1]])
        boxes[numbers] = np.stack([x.min((0, 2)), x.max((0, 2)), y.min((0, 2)), y.max((0, 2))], axis=1)
    firsts = np.cumsum([0, *(len(road.sections) for road in roads[:-1])])
    low, high = np.minimum.reduceat(boxes[:, ::2], firsts), np.maximum.reduceat(boxes[:, 1::2], firsts)
    margin = _OUTLINE_M  # what bulges between the samples
    return np.stack([low[:, 0] - margin, high[:, 0] + margin, low[:, 1] - margin, high[:, 1] + margin], axis=1)


def _outline_samples(section: LaneSection) -> int:
    return int(min(max(section.length_m / _OUTLINE_M, 1), 1_000)) + 1


def _section_sheet(road: Road, number: int, section: LaneSection) -> Sheets:
    steps = int(np.clip(np.ceil(section.length_m / _STEP_M), 1, _MOST_STEPS))
    s = np.linspace(section.start_s, section.end_s, steps + 1)
    profile = road.profile(section, s)
    x, y, z = (np.broadcast_to(v, profile.borders_t.shape) for v in profile.surface(profile.borders_t))
    marks = [
        mark for row, lane in marked_borders(section) for mark in _mark_rows(row, lane, section.start_s, section.end_s)
    ]
    firsts = np.arange(0, steps, _BLOCK_STEPS)
    lasts = np.minimum(firsts + _BLOCK_STEPS, steps)
    circles = np.empty((len(firsts), 5))
    for k, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        part = np.s_[:, first : last + 1]
        low = np.array([x[part].min(), y[part].min(), z[part].min()])
        high = np.array([x[part].max(), y[part].max(), z[part].max()])
        middle = 0.5 * (low + high)
        circles[k] = middle[0], middle[1], 0.5 * np.hypot(*(high - low)[:2]), low[2], high[2]
    rows = len(section.lanes) + 1
    return Sheets(
        points=np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1),
        sections=np.array(
            [[0, steps + 1, rows, 0, 0, len(marks), number, road.junction_id is not None]], dtype=np.int64
        ),
        along=np.array([[section.start_s, section.length_m / steps]]),
        surfaces=np.array([surface_of(lane) for lane in section.lanes], dtype=np.uint8),
        marks=np.array(marks, dtype=np.float64).reshape(-1, MARK_FIELDS),
        blocks=np.stack([np.zeros_like(firsts), firsts, lasts], axis=1).astype(np.int64),
        circles=circles,
    )


def _mark_rows(row: int, lane: Lane, start_s: float, end_s: float) -> list[tuple[float, ...]]:
    found: list[tuple[float, ...]] = []
    for k, mark in enumerate(lane.marks):
        begin = start_s + mark.s_offset_m
        end = start_s + lane.marks[k + 1].s_offset_m if k + 1 < len(lane.marks) else end_s + 1.0
        if mark.kind == "curb":
            found.append((float(row), 0.0, mark.width_m, 0.0, 1.0, 1.0, begin, end, 1.0))
        for line in mark.lines:
            stop = min(end, begin + line.end_m)
            pattern = (line.width_m, float(line.colour), line.dash_m, line.period_m)
            found.append((float(row), line.t_offset_m, *pattern, begin + line.start_m, stop, 0.0))
    return found


def _join(parts: list[Sheets]) -> Sheets:
    """Put sheets one behind the other and shift their references."""
    if not parts:
        return Sheets(
            np.zeros((0, 3)), np.zeros((0, 8), np.int64), np.zeros((0, 2)), np.zeros(0, np.uint8),
            np.zeros((0, MARK_FIELDS)), np.zeros((0, 3), np.int64), np.zeros((0, 5)),
        )  # fmt: skip
    points = surfaces = marks = sections = 0
    moved_sections, moved_blocks = [], []
    for part in parts:
        moved_sections.append(part.sections + np.array([points, 0, 0, surfaces, marks, marks, 0, 0]))
        moved_blocks.append(part.blocks + np.array([sections, 0, 0]))
        points += len(part.points)
        surfaces += len(part.surfaces)
        marks += len(part.marks)
        sections += len(part.sections)
    return Sheets(
        np.concatenate([part.points for part in parts]),
        np.concatenate(moved_sections),
        np.concatenate([part.along for part in parts]),
        np.concatenate([part.surfaces for part in parts]),
        np.concatenate([part.marks for part in parts]),
        np.concatenate(moved_blocks),
        np.concatenate([part.circles for part in parts]),
    )
