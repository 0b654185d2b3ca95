"""Mesh: convex polygons that walkers may step on, and which lies beside which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_CORNERS", "NONE", "Area", "NavMesh", "neighbours_of"]

MOST_CORNERS: Final = 6
"""Of one polygon, in Detour's files."""
NONE: Final = -1


class Area(IntEnum):
    """What a polygon is, by CARLA's numbers; its client spawns walkers on pavements only."""

    BLOCKED = 0
    PAVEMENT = 1
    CROSSWALK = 2
    ROAD = 3
    GRASS = 4


@dataclass(frozen=True, eq=False)
class NavMesh:
    """Polygons.

    Attributes
    ----------
    vertices:
        (V, 3) float64 in the map's axes [m].
    polygons:
        (P, 6) int64 rows of ``vertices``, counter-clockwise from above, filled up with -1.
    areas:
        (P,) uint8 ``Area``.
    """

    vertices: NDArray[np.float64]
    polygons: NDArray[np.int64]
    areas: NDArray[np.uint8]

    @classmethod
    def empty(cls) -> NavMesh:
        """Make a mesh of nothing."""
        return cls(np.zeros((0, 3)), np.zeros((0, MOST_CORNERS), np.int64), np.zeros(0, np.uint8))

    @property
    def sizes_m2(self) -> NDArray[np.float64]:
        """Size of each polygon [m²], seen from above."""
        corners = self.vertices[np.where(self.polygons == NONE, self.polygons[:, :1], self.polygons), :2]
        x, y = (corners - corners[:, :1]).transpose(2, 0, 1)
        return np.asarray(0.5 * (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1))

    def part(self, kept: NDArray[np.bool_]) -> NavMesh:
        """Return some of the polygons, and the vertices that these need."""
        polygons = self.polygons[kept]
        used, inverse = np.unique(polygons, return_inverse=True)
        first = int(len(used) > 0 and used[0] == NONE)
        return NavMesh(self.vertices[used[first:]], inverse.reshape(polygons.shape) - first, self.areas[kept])


def neighbours_of(polygons: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the polygon (P, 6) beyond each edge, from corner k to the next one; -1 where there is none.

    Where several lie there, one above the other, the first one is taken.
    """
    starts = polygons
    rolled = np.concatenate([polygons[:, 1:], np.full((len(polygons), 1), NONE)], axis=1)
    ends = np.where(rolled == NONE, polygons[:, :1], rolled)
    real = starts != NONE
    size = int(polygons.max(initial=0)) + 1
    keys = np.where(real, starts * size + ends, NONE)
    back = np.where(real, ends * size + starts, NONE)
    flat = keys.ravel()
    order = np.argsort(flat, kind="stable")
    place = np.searchsorted(flat[order], back.ravel())
    found = order[np.minimum(place, len(order) - 1)] if len(order) else order
    met = (flat[found] == back.ravel()) & (back.ravel() != NONE)
    return np.where(met, found // MOST_CORNERS, NONE).reshape(polygons.shape)
