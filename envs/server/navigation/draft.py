"""Draft: a mesh that grows, and the edges at which its strips end and look for others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.server.navigation.mesh import MOST_CORNERS, NONE, Area, Mesh

__all__ = ["Draft", "clockwise_free"]

SMALLEST_M2: Final = 0.02
"""Polygons of less are left out."""
FLATTEST: Final = -1e-3
"""Least cross product of edges that follow one another [m²]: corners may be straight, not hollow."""


@dataclass(eq=False)
class Draft:
    """Polygons of four corners, by and by.

    Attributes
    ----------
    vertices, quads, areas:
        (n, 3) float64, (n, 4) int64, (n,) uint8, piece by piece.
    ends:
        (n, 2) int64: edges at which strips end, counter-clockwise in their polygon.
    loose:
        (n,) bool: whether an end may be moved, as nothing lies beside its strip.
    areas_at_ends:
        (n,) uint8: of the polygons with these ends.
    """

    vertices: list[NDArray[np.float64]] = field(default_factory=list)
    quads: list[NDArray[np.int64]] = field(default_factory=list)
    areas: list[NDArray[np.uint8]] = field(default_factory=list)
    ends: list[NDArray[np.int64]] = field(default_factory=list)
    loose: list[NDArray[np.bool_]] = field(default_factory=list)
    areas_at_ends: list[NDArray[np.uint8]] = field(default_factory=list)
    count: int = 0

    def add_vertices(self, points: NDArray[np.float64]) -> int:
        """Take points (n, 3); gives the number of the first one."""
        first, self.count = self.count, self.count + len(points)
        self.vertices.append(points)
        return first

    def add_quads(self, quads: NDArray[np.int64], area: Area) -> None:
        """Take polygons (n, 4)."""
        self.quads.append(quads)
        self.areas.append(np.full(len(quads), area, np.uint8))

    def add_ends(self, ends: NDArray[np.int64], area: Area, loose: bool) -> None:
        """Take edges (n, 2)."""
        self.ends.append(ends)
        self.loose.append(np.full(len(ends), loose))
        self.areas_at_ends.append(np.full(len(ends), area, np.uint8))


def clockwise_free(vertices: NDArray[np.float64], quads: NDArray[np.int64], areas: NDArray[np.uint8]) -> Mesh:
    """Make a mesh of polygons with four corners, some of which may be one: what is not convex is cut in two.

    Polygons that run clockwise, or hold next to nothing, are left out.
    """
    points = vertices[:, :2]
    corners = points[quads]
    edges = np.roll(corners, -1, axis=1) - corners
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    whole = (turns >= FLATTEST).all(axis=1) & _distinct(quads)
    halves = np.concatenate([quads[~whole][:, [0, 1, 2]], quads[~whole][:, [0, 2, 3]]])
    polygons = np.full((int(whole.sum()) + len(halves), MOST_CORNERS), NONE, np.int64)
    polygons[: whole.sum(), :4] = quads[whole]
    polygons[whole.sum() :, :3] = halves
    every = np.concatenate([areas[whole], areas[~whole], areas[~whole]])
    kept = (_sizes(points, polygons) > SMALLEST_M2) & _distinct(np.where(polygons == NONE, -2 - np.arange(6), polygons))
    return Mesh(vertices, polygons[kept], every[kept])


def _distinct(polygons: NDArray[np.int64]) -> NDArray[np.bool_]:
    ordered = np.sort(polygons, axis=1)
    return np.asarray((np.diff(ordered, axis=1) != 0).all(axis=1))


def _sizes(points: NDArray[np.float64], polygons: NDArray[np.int64]) -> NDArray[np.float64]:
    """Signed sizes [m²] of polygons (P, 6), counter-clockwise positive."""
    corners = points[np.where(polygons == NONE, polygons[:, :1], polygons)]
    x, y = (corners - corners[:, :1]).transpose(2, 0, 1)
    return np.asarray(0.5 * (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1))
