"""Joints: ends of strips that meet are joined, and small gaps between them are closed.

Where a road goes on as another one the ends are the same to some centimetres. In junctions they are not: verges along
the ways through it begin beside pavements, and around corners there may be nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.places import PlaceIndex
from wormdrive.envs.server.navigation.draft import SMALLEST_M2, Draft, clockwise_free
from wormdrive.envs.server.navigation.mesh import Area, Mesh

__all__ = ["joined"]

SAME_M: Final = 0.3
"""Corners so near to one another are one."""
ASIDE_M: Final = 3.5
"""How far a loose end may be moved."""
REACH_M: Final = 7.0
"""Widest gap that is closed."""
STEP_M: Final = 0.6
"""Ends that differ more in height do not meet."""
_ON_FOOT: Final = (Area.PAVEMENT, Area.CROSSWALK, Area.GRASS)
_LOOKS: Final = 5


def joined(draft: Draft, index: PlaceIndex) -> Mesh:
    """Join a draft's ends and make it a mesh."""
    if not draft.quads:
        empty = np.zeros((0, 4), np.int64)
        return clockwise_free(np.zeros((0, 3)), empty, np.zeros(0, np.uint8))
    vertices = np.concatenate(draft.vertices)
    quads, areas = [np.concatenate(draft.quads)], [np.concatenate(draft.areas)]
    ends, loose = np.concatenate(draft.ends), np.concatenate(draft.loose)
    kinds = np.concatenate(draft.areas_at_ends)
    same = np.arange(len(vertices))
    used = np.zeros(len(ends), np.bool_)
    on_foot = np.isin(kinds, _ON_FOOT)
    closed, kinds_closed = [], []
    for one, two, apart in _pairs(vertices, ends):
        if used[one] or used[two] or (on_foot[one] != on_foot[two]):
            continue
        a, b = ends[one], ends[two][::-1]
        if apart > SAME_M:
            if not on_foot[one]:
                continue
            quad = np.array([a[1], a[0], b[0], b[1]])
            if _spans(vertices[quad]) and _is_free(vertices[quad], index):
                closed.append(quad)
                kinds_closed.append(max(kinds[one], kinds[two]) if Area.CROSSWALK not in kinds[[one, two]] else 1)
                used[[one, two]] = True
                continue
            if apart > ASIDE_M or not (loose[one] or loose[two]):
                continue
        if loose[one] and not loose[two]:
            a, b = b, a
        for stays, goes in zip(a, b, strict=True):
            same[_root(same, goes)] = _root(same, stays)
        used[[one, two]] = True
    for number in range(len(same)):
        same[number] = same[same[number]] if same[number] <= number else _root(same, number)
    if closed:
        quads.append(np.array(closed))
        areas.append(np.array(kinds_closed, np.uint8))
    return clockwise_free(vertices, same[np.concatenate(quads)], np.concatenate(areas))


def _root(same: NDArray[np.int64], number: int) -> int:
    while same[number] != number:
        number = int(same[number])
    return number


def _pairs(vertices: NDArray[np.float64], ends: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Give pairs of ends that might meet, and how far their corners are apart, the nearest first."""
    begin, end = vertices[ends[:, 0]], vertices[ends[:, 1]]
    middle = 0.5 * (begin + end)
    cells = np.floor(middle[:, :2] / REACH_M).astype(np.int64)
    cells -= cells.min(axis=0)
    width = int(cells[:, 1].max()) + 3
    keys = (cells[:, 0] + 1) * width + cells[:, 1] + 1
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    found = []
    for step in (0, 1, width - 1, width, width + 1):
        low, high = np.searchsorted(ranked, keys + step), np.searchsorted(ranked, keys + step, side="right")
        counts = high - low
        ones = np.repeat(np.arange(len(keys)), counts)
        within = np.arange(len(ones)) - np.repeat(np.cumsum(counts) - counts, counts)
        twos = order[np.repeat(low, counts) + within]
        keep = ones < twos if step == 0 else np.ones(len(ones), np.bool_)
        ones, twos = ones[keep], twos[keep]
        off = np.stack([begin[ones] - end[twos], end[ones] - begin[twos]])
        apart = np.hypot(off[..., 0], off[..., 1]).max(axis=0)
        level = np.abs(off[..., 2]).max(axis=0)
        near = (apart < REACH_M) & (level < STEP_M)
        found.append((ones[near], twos[near], apart[near]))
    ones, twos, apart = (np.concatenate(values) for values in zip(*found, strict=True))
    for k in np.lexsort((twos, ones, np.round(apart, 6))).tolist():
        yield int(ones[k]), int(twos[k]), float(apart[k])


def _spans(corners: NDArray[np.float64]) -> bool:
    """Whether four corners make a convex polygon worth having."""
    made = clockwise_free(corners, np.arange(4)[None], np.ones(1, np.uint8))
    return len(made.polygons) == 1 and _size(corners) > 10.0 * SMALLEST_M2


def _size(corners: NDArray[np.float64]) -> float:
    x, y = (corners - corners[0])[:, :2].T
    return float(0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum())


def _is_free(corners: NDArray[np.float64], index: PlaceIndex) -> bool:
    """Whether no carriageway lies under the middle line from one end to the other."""
    one, two = 0.5 * (corners[0] + corners[1]), 0.5 * (corners[2] + corners[3])
    x, y, z = (one + np.linspace(0.1, 0.9, _LOOKS)[:, None] * (two - one)).T
    return not index.locate(x, y, z).on_driving_lane.any()
