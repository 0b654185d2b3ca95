"""Surface table: every road of a map as short pieces on which all that varies along s is a cubic.

Positions, height, superelevation and lane borders are fitted through four stations of each piece. Pieces end wherever a
record of the file begins, so that cubics of the file (elevation, widths, offsets) are reproduced exactly; lines, arcs
and spirals to some micrometres, since pieces are shorter where the road bends more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.road_surface_mesh import surface_of

__all__ = ["SurfaceTable", "build_table"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST_M: Final = 5.0
_SHORTEST_M: Final = 0.3
_FIT: Final = 4e-3
"""``(fit / curvature**3) ** (1/4)`` is the length of a piece [m]: cubics then miss an arc by 2e-6 m at most."""
_MOST_PIECES: Final = 50_000
"""In one lane section."""
_NODES: Final = np.array([1e-6, 1.0 / 3.0, 2.0 / 3.0, 1.0 - 1e-6])
"""Where cubics are fitted; just inside the ends, where the values of neighbouring records meet."""
_TO_CUBIC: Final = np.linalg.inv(np.vander(_NODES, 4, increasing=True))
_MARGIN_M: Final = 0.1
"""By which circles are larger than the points inside."""
BLOCK: Final = 8
"""Pieces in a block, blocks in a group."""


@dataclass(frozen=True, eq=False)
class SurfaceTable:
    """The pieces of all roads, flattened for kernels.

    Attributes
    ----------
    pieces:
        (P, 18) float64: s at the start and length [m]; coefficients 0 to 3, in the part of the length done, of x, y, z
        [m] and of the superelevation [rad].
    owners:
        (P, 3) int64: number of the road, row of the section in ``sections``, first row in ``borders``.
    borders:
        (B, 4) float64: coefficients of t [m] of each piece's lane borders, rising.
    sections:
        (S, 3) int64: index of the section in its road, first row in ``lanes``, number of lanes.
    lanes:
        (L, 4) int64: lane id, direction of travel along s (1 or -1), ``Surface``, whether cars drive on it.
    circles, block_circles, group_circles:
        (P, 3), (ceil(P / 8), 3), (ceil(P / 64), 3) float64: x, y and radius [m] of circles around pieces, around eight
        pieces that follow one another, and around eight of those.
    road_ids:
        The id of each road by its number.
    """

    pieces: Array
    owners: Ints
    borders: Array
    sections: Ints
    lanes: Ints
    circles: Array
    block_circles: Array
    group_circles: Array
    road_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """The pieces of one lane section."""

    pieces: Array
    borders: Array
    circles: Array


def build_table(road_map: RoadMap) -> SurfaceTable:
    """Cut all roads of a map into pieces."""
    pieces, owners, borders, circles = [], [], [], []
    sections: list[tuple[int, int, int]] = []
    lanes: list[tuple[int, int, int, bool]] = []
    border_rows = lane_rows = 0
    for number, road in enumerate(road_map.roads.values()):
        for section in road.sections:
            part = _part(road, section)
            rows = len(section.lanes) + 1
            count = len(part.pieces)
            first = border_rows + np.arange(count) * rows
            owners.append(np.stack([np.full(count, number), np.full(count, len(sections)), first], axis=1))
            sections.append((section.index, lane_rows, len(section.lanes)))
            lanes += [(lane.id, road.travel(lane), int(surface_of(lane)), lane.drivable) for lane in section.lanes]
            border_rows += len(part.borders)
            lane_rows += len(section.lanes)
            pieces.append(part.pieces)
            borders.append(part.borders)
            circles.append(part.circles)
    around = np.concatenate(circles)
    blocks = _around(around)
    return SurfaceTable(
        pieces=np.concatenate(pieces),
        owners=np.concatenate(owners).astype(np.int64),
        borders=np.concatenate(borders),
        sections=np.array(sections, np.int64),
        lanes=np.array(lanes, np.int64).reshape(-1, 4),
        circles=around,
        block_circles=blocks,
        group_circles=_around(blocks),
        road_ids=tuple(road_map.roads),
    )


def _part(road: Road, section: LaneSection) -> _Part:
    edges = _edges(road, section)
    start, length = edges[:-1], np.diff(edges)
    count = len(start)
    s = (start[:, None] + length[:, None] * _NODES).ravel()
    profile = road.profile(section, s)
    values = np.stack([profile.x, profile.y, profile.z, profile.roll_rad])  # (4, count * nodes)
    cubics = values.reshape(4, count, 4) @ _TO_CUBIC.T
    pieces = np.concatenate([start[:, None], length[:, None], cubics.transpose(1, 0, 2).reshape(count, 16)], axis=1)
    rows = len(section.lanes) + 1
    borders = (profile.borders_t.reshape(rows, count, 4) @ _TO_CUBIC.T).transpose(1, 0, 2).reshape(count * rows, 4)
    x, y, _ = profile.surface(profile.borders_t[[0, -1]])
    corners = np.stack([x, y]).reshape(2, 2, count, 4)
    low, high = corners.min(axis=(1, 3)), corners.max(axis=(1, 3))
    middle = 0.5 * (low + high)
    radius = 0.5 * np.hypot(*(high - low)) + _MARGIN_M
    return _Part(pieces, borders, np.stack([*middle, radius], axis=1))


def _edges(road: Road, section: LaneSection) -> Array:
    """Stations at which the pieces of a section begin and end."""
    begin, end = section.start_s, section.end_s
    inside = [
        starts[np.searchsorted(starts, begin) : np.searchsorted(starts, end)] for starts in _starts(road, section)
    ]
    joints = np.unique(np.concatenate([[begin, end], *inside]))
    kept = np.concatenate([[True], np.diff(joints) > 1e-6])
    joints = joints[kept]
    joints[-1] = end
    edges = [np.array([begin])]
    budget = _MOST_PIECES
    for a, b in pairwise(joints.tolist()):
        probe = road.line.at(a + (b - a) * np.linspace(0.001, 0.999, int(np.clip((b - a) / 2.0, 5, 2000))))
        bend = float(np.abs(probe.curvature).max())
        longest = np.clip((_FIT / max(bend, 1e-6) ** 3) ** 0.25, _SHORTEST_M, _LONGEST_M)
        steps = int(np.clip(np.ceil((b - a) / longest), 1, max(budget, 1)))
        budget -= steps
        edges.append(a + (b - a) * np.arange(1, steps + 1) / steps)
    return np.concatenate(edges)


def _starts(road: Road, section: LaneSection) -> Iterator[Array]:
    """Stations at which records begin, rising."""
    yield road.line.joints
    functions: list[PiecewiseCubic] = [road.elevation, road.superelevation, road.lane_offset]
    yield from (function.starts for function in functions)
    for lane in section.lanes:
        yield section.start_s + (lane.border.starts if lane.border is not None else lane.width.starts)


def _around(circles: Array) -> Array:
    """Circles around every ``BLOCK`` circles that follow one another."""
    count = -(-len(circles) // BLOCK)
    padded = np.concatenate([circles, np.repeat(circles[-1:], count * BLOCK - len(circles), axis=0)])
    grouped = padded.reshape(count, BLOCK, 3)
    low = (grouped[..., :2] - grouped[..., 2:]).min(axis=1)
    high = (grouped[..., :2] + grouped[..., 2:]).max(axis=1)
    middle = 0.5 * (low + high)
    reach = np.hypot(grouped[..., 0] - middle[:, None, 0], grouped[..., 1] - middle[:, None, 1]) + grouped[..., 2]
    return np.concatenate([middle, reach.max(axis=1)[:, None]], axis=1)
