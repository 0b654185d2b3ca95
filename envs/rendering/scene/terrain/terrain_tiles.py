"""Terrain tiles: the land around a camera, baked when it comes into reach, forgotten when long out of it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips, StripArrays
from wormdrive.envs.rendering.scene.terrain.tile_kernel import CANDIDATES, KNOTS, TILE_M, bake_tile, lay_of_the_land

__all__ = ["REACH_TILES", "TerrainArrays", "TerrainTiles"]

REACH_TILES: Final = 4
"""Tiles to each side of the one that the camera stands in."""

_SIDE: Final = 2 * REACH_TILES + 1
_MOST_TILES: Final = 6 * _SIDE * _SIDE
_NEAR_M: Final = 44.0


class TerrainArrays(NamedTuple):
    """What kernels read around one camera.

    ``west``, ``south`` [m]: corner of the window; ``window`` (9, 9) int32: place of each tile, first axis north;
    ``upper``, ``lower`` (T, 65, 65) float32 [m] and ``cells`` (T, 64, 64, CANDIDATES) int32: see ``tile_kernel``.
    """

    west: float
    south: float
    window: NDArray[np.int32]
    upper: NDArray[np.float32]
    lower: NDArray[np.float32]
    cells: NDArray[np.int32]


class TerrainTiles:
    """The land of a map, by tiles of 64 m.

    Parameters
    ----------
    strips:
        The map's roads; those that come near are laid out as they are needed.
    """

    def __init__(self, strips: RoadStrips) -> None:
        self.strips = strips
        self._places: dict[tuple[int, int], int] = {}  # in the order in which they were last asked for
        self._upper = np.zeros((_MOST_TILES, TILE_M + 1, TILE_M + 1), np.float32)
        self._lower = np.zeros((_MOST_TILES, TILE_M + 1, TILE_M + 1), np.float32)
        self._cells = np.zeros((_MOST_TILES, TILE_M, TILE_M, CANDIDATES), np.int32)
        self._centre: tuple[int, int] | None = None
        self._window = np.zeros((_SIDE, _SIDE), np.int32)

    def around(self, x: float, y: float) -> TerrainArrays:
        """Tiles around a point [m]."""
        centre = int(np.floor(x / TILE_M)), int(np.floor(y / TILE_M))
        west, south = centre[0] - REACH_TILES, centre[1] - REACH_TILES
        if centre != self._centre:
            self._centre = centre
            low = west * TILE_M - _NEAR_M, south * TILE_M - _NEAR_M
            high = (west + _SIDE) * TILE_M + _NEAR_M, (south + _SIDE) * TILE_M + _NEAR_M
            self.strips.lay_out(low, high)
            for row in range(_SIDE):
                for column in range(_SIDE):
                    self._window[row, column] = self._tile(west + column, south + row)
        return TerrainArrays(
            float(west * TILE_M), float(south * TILE_M), self._window, self._upper, self._lower, self._cells
        )

    def _tile(self, column: int, row: int) -> int:
        key = column, row
        place = self._places.pop(key, -1)
        if place < 0:
            place = len(self._places)
            if place == _MOST_TILES:
                place = self._places.pop(next(iter(self._places)))
            self._bake(column * TILE_M, row * TILE_M, place)
        self._places[key] = place
        return place

    def _bake(self, west: float, south: float, place: int) -> None:
        arrays = self.strips.arrays
        middle = np.array([west, south]) + 0.5 * TILE_M
        away = np.abs(arrays.circles[:, :2] - middle).max(axis=1)
        pieces = np.flatnonzero(away <= arrays.circles[:, 2] + 0.5 * TILE_M + _NEAR_M).astype(np.int32)
        _bake_into(
            float(west), float(south), arrays, pieces, self.strips.skeleton, self._upper[place], self._lower[place],
            self._cells[place],
        )  # fmt: skip


@glue
def _bake_into(
    west: float,
    south: float,
    strips: StripArrays,
    pieces: NDArray[np.int32],
    skeleton: NDArray[np.float64],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    cells: NDArray[np.int32],
) -> None:
    knots = np.empty((KNOTS, KNOTS))
    step = TILE_M / (KNOTS - 1.0)
    for row in range(KNOTS):
        for column in range(KNOTS):
            knots[row, column] = lay_of_the_land(west + column * step, south + row * step, skeleton)
    bake_tile(west, south, strips, pieces, knots, upper, lower, cells)
