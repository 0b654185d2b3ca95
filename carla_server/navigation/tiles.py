"""Tiles: the plane cut into squares, so that big meshes fit a file whose tiles hold only so many polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import MOST_CORNERS, NONE, NavMesh

__all__ = ["MOST_IN_MANY", "MOST_IN_ONE", "MOST_TILES", "Tiling", "tiled"]

MOST_IN_ONE: Final = 30_000
"""Polygons up to which one tile is enough; a neighbour's number has 15 bits there."""
MOST_IN_MANY: Final = 8_000
MOST_TILES: Final = 512
"""Of references' 32 bits, tile and polygon may have 22."""
SHORTEST_M: Final = 32.0
MARGIN_M: Final = 1.0
_ON_M: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Tiling:
    """Squares.

    Attributes
    ----------
    west, north:
        Corner of the first square [m]: its least x, and the least y in CARLA's axes.
    side_m:
        Of a square.
    cells:
        (P, 2) int64 column and row of each polygon, rows along CARLA's y.
    """

    west: float
    north: float
    side_m: float
    cells: NDArray[np.int64]


def tiled(mesh: NavMesh, most_in_one: int = MOST_IN_ONE, most_in_many: int = MOST_IN_MANY) -> tuple[NavMesh, Tiling]:
    """Cut a mesh so that no tile holds too much; polygons of what exceeds the format are left out."""
    if not len(mesh.polygons):
        return mesh, Tiling(0.0, 0.0, 1.0, np.zeros((0, 2), np.int64))
    x, y = mesh.vertices[:, 0], -mesh.vertices[:, 1]
    west, north = float(np.floor(x.min() - MARGIN_M)), float(np.floor(y.min() - MARGIN_M))
    extent = float(np.ceil(max(x.max() - west, y.max() - north) + MARGIN_M))
    if len(mesh.polygons) <= most_in_one:
        return mesh, Tiling(west, north, extent, np.zeros((len(mesh.polygons), 2), np.int64))
    side = float(2.0 ** np.ceil(np.log2(extent / 2.0)))  # single precision holds multiples of a power of two
    while True:
        cut = _cut(mesh, west, north, side)
        cells = _cells(cut, west, north, side)
        tiles, numbers, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
        if counts.max() <= most_in_many or 4 * len(tiles) > MOST_TILES or side <= SHORTEST_M:
            break
        side *= 0.5
    kept = _ranks(numbers.ravel()) < most_in_many
    kept &= np.isin(numbers.ravel(), np.argsort(-counts, kind="stable")[:MOST_TILES])
    return cut.part(kept), Tiling(west, north, side, cells[kept])


def _cells(mesh: NavMesh, west: float, north: float, side: float) -> NDArray[np.int64]:
    real = mesh.polygons != NONE
    middle = (mesh.vertices[mesh.polygons, :2] * real[..., None]).sum(axis=1) / real.sum(axis=1)[:, None]
    return np.asarray(np.floor((middle * (1.0, -1.0) - (west, north)) / side), np.int64)


def _ranks(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Say how many of the same number came before each."""
    order = np.argsort(numbers, kind="stable")
    counts = np.bincount(numbers)
    ranks = np.empty(len(numbers), np.int64)
    ranks[order] = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts, counts)
    return ranks


def _cut(mesh: NavMesh, west: float, north: float, side: float) -> NavMesh:
    """Cut all polygons along the squares' sides."""
    knife = _Knife(mesh)
    knife.cut(0, 1.0, west, side)
    knife.cut(1, -1.0, north, side)
    return knife.mesh()


class _Knife:
    """Cuts polygons along lines; an edge that two polygons share gets one new corner, which both have."""

    def __init__(self, mesh: NavMesh) -> None:
        self._vertices = mesh.vertices.tolist()
        self._polygons = [[corner for corner in row if corner != NONE] for row in mesh.polygons.tolist()]
        self._areas = mesh.areas.tolist()
        self._cuts: dict[tuple[int, int, int, int], int] = {}

    def cut(self, axis: int, sign: float, origin: float, side: float) -> None:
        """Cut along the lines ``origin + k * side`` of one axis, which may run the other way."""
        polygons, areas = [], []
        for polygon, area in zip(self._polygons, self._areas, strict=True):
            along = [(sign * self._vertices[corner][axis] - origin) / side for corner in polygon]
            rest = polygon
            for line in range(int(np.floor(min(along))) + 1, int(np.ceil(max(along)))):
                below, rest = self._halves(rest, axis, line, sign * (origin + line * side), sign)
                if len(below) > 2:
                    polygons.append(below)
                    areas.append(area)
            if len(rest) > 2:
                polygons.append(rest)
                areas.append(area)
        self._polygons, self._areas = polygons, areas

    def _halves(
        self, polygon: list[int], axis: int, line: int, place: float, sign: float
    ) -> tuple[list[int], list[int]]:
        """Cut one polygon in two, below and above the line."""
        below: list[int] = []
        above: list[int] = []
        off = [sign * (self._vertices[corner][axis] - place) for corner in polygon]
        for k, corner in enumerate(polygon):
            following = (k + 1) % len(polygon)
            if off[k] <= _ON_M:
                below.append(corner)
            if off[k] >= -_ON_M:
                above.append(corner)
            if min(off[k], off[following]) < -_ON_M and max(off[k], off[following]) > _ON_M:
                new = self._corner(corner, polygon[following], axis, line, place)
                below.append(new)
                above.append(new)
        return below, above

    def _corner(self, one: int, two: int, axis: int, line: int, place: float) -> int:
        first, last = min(one, two), max(one, two)
        key = first, last, axis, line
        if key not in self._cuts:
            a, b = self._vertices[first], self._vertices[last]
            part = (place - a[axis]) / (b[axis] - a[axis])
            point = [p + part * (q - p) for p, q in zip(a, b, strict=True)]
            point[axis] = place
            self._cuts[key] = len(self._vertices)
            self._vertices.append(point)
        return self._cuts[key]

    def mesh(self) -> NavMesh:
        """Return what has become of the polygons, those with too many corners in two parts."""
        polygons, areas = [], []
        for polygon, area in zip(self._polygons, self._areas, strict=True):
            parts = [polygon] if len(polygon) <= MOST_CORNERS else [polygon[:5], [*polygon[4:], polygon[0]]]
            polygons += [part + [NONE] * (MOST_CORNERS - len(part)) for part in parts]
            areas += [area] * len(parts)
        return NavMesh(np.array(self._vertices), np.array(polygons, np.int64), np.array(areas, np.uint8))
