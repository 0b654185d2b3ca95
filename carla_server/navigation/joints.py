"""Joints: ends of strips that meet are joined, and small gaps between them are closed.

Where a road goes on as another one the ends are the same to some centimetres. In junctions they are not: verges along
the ways through it begin beside pavements, and around corners there may be nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import Area, NavMesh
from wormdrive.carla_server.navigation.mesh_builder import NavMeshBuilder, meshed
from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["joined"]

SAME_M: Final = 0.3
"""Corners so near to one another are one."""
ASIDE_M: Final = 3.5
"""How far a loose end may be moved."""
REACH_M: Final = 7.0
"""Widest gap that is closed."""
STEP_M: Final = 0.6
"""Ends that differ more in height do not meet."""
LEAST_M2: Final = 0.2
"""Smallest polygon to close a gap with."""
_LOOKS: Final = 5


def joined(builder: NavMeshBuilder, index: PlaceIndex) -> NavMesh:
    """Join the ends of a builder's strips and make a mesh of them."""
    joints = _Joints(builder, index)
    if joints.vertices.size:
        joints.join()
    return meshed(joints.vertices, joints.same[joints.quads], joints.areas)


class _Joints:
    """The ends of a builder's strips, taken two by two.

    ``same`` says of each vertex which one has taken its place.
    """

    def __init__(self, builder: NavMeshBuilder, index: PlaceIndex) -> None:
        self.vertices, self.quads, self.areas, self._ends, self._loose, self._kinds = builder.laid()
        self.same = np.arange(len(self.vertices))
        self._index = index
        self._on_foot = self._kinds != Area.ROAD

    def join(self) -> None:
        """Go through the pairs, the nearest first; each end is joined once."""
        taken = np.zeros(len(self._ends), np.bool_)
        closed: list[NDArray[np.int64]] = []
        kinds: list[int] = []
        for one, two, apart in _pairs(self.vertices, self._ends):
            if taken[one] or taken[two] or self._on_foot[one] != self._on_foot[two]:
                continue
            if apart > SAME_M:
                if not self._on_foot[one]:
                    continue
                between = np.concatenate([self._ends[one][::-1], self._ends[two][::-1]])
                if self._closes(between):
                    closed.append(between)
                    kinds.append(Area.GRASS if Area.GRASS in self._kinds[[one, two]] else Area.PAVEMENT)
                    taken[[one, two]] = True
                    continue
                if apart > ASIDE_M or not (self._loose[one] or self._loose[two]):
                    continue
            self._merge(*((two, one) if self._loose[one] and not self._loose[two] else (one, two)))
            taken[[one, two]] = True
        self.same = np.array([self._root(number) for number in range(len(self.same))])
        self.quads = np.concatenate([self.quads, *(quad[None] for quad in closed)])
        self.areas = np.concatenate([self.areas, np.array(kinds, np.uint8)])

    def _merge(self, stays: int, goes: int) -> None:
        """Put one end where another one is, which runs the other way."""
        for kept, moved in zip(self._ends[stays], self._ends[goes][::-1], strict=True):
            self.same[self._root(int(moved))] = self._root(int(kept))

    def _root(self, number: int) -> int:
        while self.same[number] != number:
            self.same[number] = self.same[self.same[number]]
            number = int(self.same[number])
        return number

    def _closes(self, between: NDArray[np.int64]) -> bool:
        """Whether four corners make a convex polygon worth having, with no carriageway on the way across."""
        corners = self.vertices[between]
        x, y, _ = (np.roll(corners, -1, axis=0) - corners).T
        turns = x * np.roll(y, -1) - y * np.roll(x, -1)
        if turns.min() < 0.0 or turns.sum() < 4.0 * LEAST_M2:
            return False
        one, two = 0.5 * (corners[0] + corners[1]), 0.5 * (corners[2] + corners[3])
        way = one + np.linspace(0.1, 0.9, _LOOKS)[:, None] * (two - one)
        return not self._index.locate(*way.T).on_driving_lane.any()


def _pairs(vertices: NDArray[np.float64], ends: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Return pairs of ends that might meet, and how far their corners are apart, the nearest first."""
    begin, end = vertices[ends[:, 0]], vertices[ends[:, 1]]
    cells = np.floor(0.5 * (begin + end)[:, :2] / REACH_M).astype(np.int64)
    cells -= cells.min(axis=0) - 1
    width = int(cells[:, 1].max()) + 2
    keys = cells[:, 0] * width + cells[:, 1]
    order = np.argsort(keys, kind="stable")
    found = []
    for step in (0, 1, width - 1, width, width + 1):  # half of the cells around: each pair once
        low = np.searchsorted(keys[order], keys + step)
        counts = np.searchsorted(keys[order], keys + step, side="right") - low
        ones = np.repeat(np.arange(len(keys)), counts)
        twos = order[np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(len(ones))]
        off = np.stack([begin[ones] - end[twos], end[ones] - begin[twos]])
        apart = np.hypot(off[..., 0], off[..., 1]).max(axis=0)
        near = (apart < REACH_M) & (np.abs(off[..., 2]).max(axis=0) < STEP_M) & ((step != 0) | (ones < twos))
        found.append((ones[near], twos[near], apart[near]))
    ones, twos, apart = (np.concatenate(values) for values in zip(*found, strict=True))
    for k in np.lexsort((twos, ones, np.round(apart, 6))).tolist():
        yield int(ones[k]), int(twos[k]), float(apart[k])
