"""Surroundings: land and scenery around a place as the pictures show them, for rays and for vehicles off the road.

The scene camera's land and its trees, bushes and marker posts, so that a lidar meets what a camera beside it sees, and
a vehicle what the lidar meets. ``scenery_objects`` says what they are to each. Tufts of grass let rays pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.roadside.ground import Heights
from wormdrive.carla_server.world.roadside.hidden_objects import HiddenObjects, object_numbers
from wormdrive.carla_server.world.roadside.scenery_objects import (
    PICTURE_RANGE,
    PICTURE_WIDE,
    Trunks,
    boxes_of,
    pictures_of,
    trunks_of,
    wholes_of,
)
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.appearance import BUSHES, CONIFERS, POSTS, TREE_DENSITY, appearance
from wormdrive.envs.seasons.conditions import Conditions

if TYPE_CHECKING:
    from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainArrays, TerrainTiles

__all__ = ["Surroundings", "is_built_up", "thinned"]

_BUILT_UP: Final = 20
"""Buildings that make a town."""
_TREES, _CONIFERS, _BUSHES = 0.18, 0.4, 0.6
"""Shares that are left."""

LEVELS_M: Final = 2.5
"""Lower land shows under what lies this much higher, to who is below that."""
MOST_TILES: Final = 256


class _Tile(NamedTuple):
    """What stands on a tile, as ``scenery_objects`` has it."""

    pictures: NDArray[np.float64]
    boxes: NDArray[np.float64]
    wholes: NDArray[np.float64]
    trunks: Trunks


class Surroundings:
    """Land and scenery of a map.

    Parameters
    ----------
    road_map:
        The map.
    seed:
        Of the scenery, as the cameras have it (``Look.scenery_seed``).
    hidden:
        What is to be left out, now and later; nothing if left out.
    """

    def __init__(self, road_map: RoadMap, seed: int, hidden: HiddenObjects | None = None) -> None:
        self._map = road_map
        self._seed = seed
        self._built_up = is_built_up(road_map)
        self._land: TerrainTiles | None = None
        self._heights: tuple[tuple[float, float], Heights, NDArray[np.float64]] | None = None
        self._tiles: dict[tuple[float, float, bytes], _Tile] = {}
        self._looks: tuple[Conditions, NDArray[np.float32], bytes] | None = None
        self._hidden = hidden or HiddenObjects()
        self._left_out = self._hidden.numbers

    def heights(self, x_m: float, y_m: float, z_m: float) -> Heights:
        """Raster of heights around a point, 256 m to all sides; below a bridge the land under it."""
        arrays = self._around(x_m, y_m)
        key = arrays.west, arrays.south
        if self._heights is None or self._heights[0] != key:
            upper, lower = _assembled(arrays.window, arrays.upper), _assembled(arrays.window, arrays.lower)
            self._heights = key, Heights(*key, upper), lower
        _, top, lower = self._heights
        decks = top.z > lower + LEVELS_M
        if not decks.any():
            return top
        return Heights(*key, np.where(decks & (top.z > z_m), lower, top.z))

    def pictures(self, conditions: Conditions, x_m: float, y_m: float, reach_m: float) -> NDArray[np.float64]:
        """Pictures (N, PICTURE_FIELDS) of what stands within about ``reach_m`` (at most 256 m) and is not hidden."""
        pictures = np.concatenate([tile.pictures for tile in self._near(conditions, x_m, y_m, reach_m)])
        away = np.hypot(pictures[:, 0] - x_m, pictures[:, 1] - y_m)
        near = (away <= reach_m + pictures[:, PICTURE_WIDE]) & (away <= pictures[:, PICTURE_RANGE])
        return np.asarray(pictures[near])

    def boxes(self, conditions: Conditions, x_m: float, y_m: float, reach_m: float) -> NDArray[np.float64]:
        """Boxes (N, BOX_FIELDS) of what stands within about ``reach_m`` (at most 256 m) and is not hidden."""
        boxes = np.concatenate([tile.boxes for tile in self._near(conditions, x_m, y_m, reach_m)])
        return _within(boxes, x_m, y_m, reach_m)

    def wholes(self, conditions: Conditions, x_m: float, y_m: float, reach_m: float) -> NDArray[np.float64]:
        """As ``boxes``, one box for each object, hidden or not."""
        boxes = np.concatenate([tile.wholes for tile in self._near(conditions, x_m, y_m, reach_m)])
        return _within(boxes, x_m, y_m, reach_m)

    def trunks(self, conditions: Conditions, column: int, row: int) -> Trunks:
        """Trunks and posts on one tile: the first east of ``column``, north of ``row`` times its side."""
        from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M

        return self._tile(conditions, float(column * TILE_M), float(row * TILE_M)).trunks

    def _near(self, conditions: Conditions, x_m: float, y_m: float, reach_m: float) -> list[_Tile]:
        """Tiles that come within reach, at most four from the one that the point lies in."""
        from wormdrive.envs.rendering.scene.terrain.terrain_tiles import REACH_TILES
        from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M

        found = []
        middle_column, middle_row = int(np.floor(x_m / TILE_M)), int(np.floor(y_m / TILE_M))
        for row in range(middle_row - REACH_TILES, middle_row + REACH_TILES + 1):
            for column in range(middle_column - REACH_TILES, middle_column + REACH_TILES + 1):
                west, south = float(column * TILE_M), float(row * TILE_M)
                dx = max(west - x_m, x_m - west - TILE_M, 0.0)
                dy = max(south - y_m, y_m - south - TILE_M, 0.0)
                if dx * dx + dy * dy <= reach_m * reach_m:
                    found.append(self._tile(conditions, west, south, (x_m, y_m)))
        return found

    def _around(self, x_m: float, y_m: float) -> TerrainArrays:
        if self._land is None:  # who casts no rays does not wait for the scene's kernels
            from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips
            from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles

            self._land = TerrainTiles(RoadStrips(self._map))
        return self._land.around(x_m, y_m)

    def _tile(
        self, conditions: Conditions, west: float, south: float, around: tuple[float, float] | None = None
    ) -> _Tile:
        """Return a tile; ``around`` is where the land is asked for that it lies on, its own middle if left out."""
        if self._looks is None or self._looks[0] is not conditions:
            looks = appearance(conditions)
            if self._built_up:
                looks = thinned(looks)
            self._looks = conditions, looks, looks.tobytes()
        if self._hidden.numbers is not self._left_out:
            self._left_out = self._hidden.numbers
            self._tiles.clear()
        key = west, south, self._looks[2]
        tile = self._tiles.pop(key, None)
        if tile is None:
            tile = self._listed(west, south, self._looks[1], around)
            if len(self._tiles) >= MOST_TILES:
                del self._tiles[next(iter(self._tiles))]
        self._tiles[key] = tile
        return tile

    def _listed(
        self, west: float, south: float, looks: NDArray[np.float32], around: tuple[float, float] | None
    ) -> _Tile:
        from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M
        from wormdrive.envs.rendering.scene.terrain.world_scenery import (
            CLASS,
            MOST_THINGS,
            PLACE_FIELDS,
            PLACE_X,
            PLACE_Y,
            list_tile,
        )

        arrays = self._around(*(around or (west + 0.5 * TILE_M, south + 0.5 * TILE_M)))
        assert self._land is not None  # noqa: S101  (asked for ``arrays`` before)
        strips = self._land.strips.arrays
        places = np.zeros((MOST_THINGS, PLACE_FIELDS))
        pieces = np.arange(len(strips.pieces))
        count = list_tile(arrays, strips, pieces, looks, np.uint32(self._seed), west, south, places)
        listed = places[:count]
        shown = listed
        if self._left_out:
            numbers = object_numbers(listed[:, PLACE_X], listed[:, PLACE_Y], listed[:, CLASS].astype(np.int64))
            shown = listed[self._hidden.shown(numbers)]
        return _Tile(pictures_of(shown), boxes_of(shown), wholes_of(listed), trunks_of(shown, west, south))


def _within(boxes: NDArray[np.float64], x_m: float, y_m: float, reach_m: float) -> NDArray[np.float64]:
    away = np.hypot(boxes[:, 0] - x_m, boxes[:, 1] - y_m) - 2.0 * boxes[:, 3]
    return np.asarray(boxes[away <= reach_m])


def _assembled(window: NDArray[np.int32], tiles: NDArray[np.float32]) -> NDArray[np.float64]:
    """One raster of the tiles of a window, which share their edges."""
    side = tiles.shape[1] - 1
    rows, columns = window.shape
    z = np.empty((rows * side + 1, columns * side + 1))
    for row in range(rows):
        for column in range(columns):
            place = np.s_[row * side : (row + 1) * side + 1, column * side : (column + 1) * side + 1]
            z[place] = tiles[window[row, column]]
    return z


def is_built_up(road_map: RoadMap) -> bool:
    """Whether a map holds many buildings."""
    return road_map.text.count('type="building"') >= _BUILT_UP


def thinned(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the looks of a built-up map, see ``appearance``: fewer trees between houses, and no marker posts."""
    looks = looks.copy()
    looks[TREE_DENSITY] *= np.float32(_TREES)
    looks[CONIFERS] *= np.float32(_CONIFERS)
    looks[BUSHES] *= np.float32(_BUSHES)
    looks[POSTS] = 0.0
    return looks
