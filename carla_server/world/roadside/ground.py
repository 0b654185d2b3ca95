"""Ground: the map's surface as a raster of heights, laid out where rays need it and kept.

Rays would cost too much if each asked the map itself. Heights are bilinear between nodes one metre apart, which differs
from the road's surface by millimetres. Under bridges the level nearest to the sensor's own ground is taken.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["SPACING_M", "Ground", "Heights"]

SPACING_M: Final = 1.0
TILE: Final = 32
"""Cells along a side of a tile."""
LEVEL_M: Final = 6.0
"""Sensors whose ground differs by less share tiles."""
MOST_TILES: Final = 2_048
MOST_REACH_M: Final = 200.0
"""Of one raster; beyond, rays meet no ground."""


@dataclass(frozen=True, eq=False)
class Heights:
    """A raster: ``z`` (rows, columns) [m], node (0, 0) at ``x_m``, ``y_m``, nodes ``SPACING_M`` apart."""

    x_m: float
    y_m: float
    z: NDArray[np.float64]


class Ground:
    """Tiles of heights of one map."""

    def __init__(self, index: PlaceIndex) -> None:
        self._index = index
        self._tiles: OrderedDict[tuple[int, int, int], NDArray[np.float64]] = OrderedDict()
        self._latest: tuple[tuple[int, int, int, int, int], Heights] | None = None

    def around(self, x_m: float, y_m: float, z_m: float, reach_m: float) -> Heights:
        """Heights around a point, at least as far as ``reach_m`` (at most 200 m) to all sides."""
        reach = min(reach_m, MOST_REACH_M)
        side = TILE * SPACING_M
        level = math.floor(float(self._index.locate([x_m], [y_m], [z_m]).z_m[0]) / LEVEL_M + 0.5)
        first_x, last_x = math.floor((x_m - reach) / side), math.floor((x_m + reach) / side)
        first_y, last_y = math.floor((y_m - reach) / side), math.floor((y_m + reach) / side)
        key = (first_x, last_x, first_y, last_y, level)
        if self._latest is not None and self._latest[0] == key:
            return self._latest[1]
        z = np.empty(((last_y - first_y + 1) * TILE + 1, (last_x - first_x + 1) * TILE + 1))
        for row in range(last_y - first_y + 1):
            for column in range(last_x - first_x + 1):
                tile = self._tile(first_x + column, first_y + row, level)
                z[row * TILE : (row + 1) * TILE + 1, column * TILE : (column + 1) * TILE + 1] = tile
        heights = Heights(first_x * side, first_y * side, z)
        self._latest = key, heights
        return heights

    def _tile(self, column: int, row: int, level: int) -> NDArray[np.float64]:
        key = (column, row, level)
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
            return tile
        nodes = np.arange(TILE + 1) * SPACING_M
        x, y = np.meshgrid(column * TILE * SPACING_M + nodes, row * TILE * SPACING_M + nodes)
        points = np.stack([x.ravel(), y.ravel(), np.full(x.size, level * LEVEL_M), np.full(x.size, np.nan)], axis=1)
        tile = self._index.locate_points(points).z_m.reshape(x.shape)
        self._tiles[key] = tile
        if len(self._tiles) > MOST_TILES:
            self._tiles.popitem(last=False)
        return tile
