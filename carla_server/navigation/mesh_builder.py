"""Mesh builder: a mesh that grows, and the edges at which its strips end and look for others."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import MOST_CORNERS, NONE, Area, NavMesh

__all__ = ["NavMeshBuilder", "meshed"]

SMALLEST_M2: Final = 0.02
"""Polygons of less are left out."""
FLATTEST: Final = -1e-3
"""Least cross product of edges that follow one another [m²]: corners may be straight, not hollow."""

Ints = NDArray[np.int64]
Laid = tuple[NDArray[np.float64], Ints, NDArray[np.uint8], Ints, NDArray[np.bool_], NDArray[np.uint8]]


class NavMeshBuilder:
    """Polygons of four corners, strip by strip."""

    def __init__(self) -> None:
        self._vertices: list[NDArray[np.float64]] = [np.zeros((0, 3))]
        self._count = 0
        self._quads: list[Ints] = [np.zeros((0, 4), np.int64)]
        self._areas: list[NDArray[np.uint8]] = [np.zeros(0, np.uint8)]
        self._ends: list[Ints] = [np.zeros((0, 2), np.int64)]
        self._loose: list[NDArray[np.bool_]] = [np.zeros(0, np.bool_)]
        self._kinds: list[NDArray[np.uint8]] = [np.zeros(0, np.uint8)]

    def add_vertices(self, points: NDArray[np.float64]) -> int:
        """Take points (n, 3); returns the number of the first one."""
        first, self._count = self._count, self._count + len(points)
        self._vertices.append(points)
        return first

    def add_quads(self, quads: Ints, area: Area) -> None:
        """Take polygons (n, 4), counter-clockwise."""
        self._quads.append(quads)
        self._areas.append(np.full(len(quads), area, np.uint8))

    def add_ends(self, ends: Ints, area: Area, loose: bool) -> None:
        """Take edges (n, 2) at which strips end; loose ones may be moved, as nothing lies beside their strip."""
        self._ends.append(ends)
        self._loose.append(np.full(len(ends), loose))
        self._kinds.append(np.full(len(ends), area, np.uint8))

    def laid(self) -> Laid:
        """Return vertices, polygons and their areas; ends, whether they are loose, and what areas they are of."""
        return (
            np.concatenate(self._vertices),
            np.concatenate(self._quads),
            np.concatenate(self._areas),
            np.concatenate(self._ends),
            np.concatenate(self._loose),
            np.concatenate(self._kinds),
        )


def meshed(vertices: NDArray[np.float64], quads: Ints, areas: NDArray[np.uint8]) -> NavMesh:
    """Make a mesh of polygons with four corners, some of which may be one: what is not convex is cut in two.

    Polygons that run clockwise, or hold next to nothing, are left out.
    """
    edges = vertices[np.roll(quads, -1, axis=1), :2] - vertices[quads, :2]
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    whole = (turns >= FLATTEST).all(axis=1) & _distinct(quads)
    bent, count = quads[~whole], int(whole.sum())
    polygons = np.full((count + 2 * len(bent), MOST_CORNERS), NONE, np.int64)
    polygons[:count, :4] = quads[whole]
    polygons[count:, :3] = np.concatenate([bent[:, [0, 1, 2]], bent[:, [0, 2, 3]]])
    mesh = NavMesh(vertices, polygons, np.concatenate([areas[whole], areas[~whole], areas[~whole]]))
    kept = mesh.sizes_m2 > SMALLEST_M2
    kept[count:] &= _distinct(polygons[count:, :3])
    return mesh.part(kept)


def _distinct(polygons: Ints) -> NDArray[np.bool_]:
    """Whether no corner comes twice."""
    return np.asarray((np.diff(np.sort(polygons, axis=1), axis=1) != 0).all(axis=1))
