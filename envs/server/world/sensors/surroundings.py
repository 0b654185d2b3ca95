"""Surroundings: land and things around a place as the pictures show them, for rays.

The scene camera's land and its trees, bushes and marker posts, so that a lidar meets what a camera beside it sees. A
thing is one or two upright boxes: a trunk and a crown, a bush, a clump of wood, a post. Tufts of grass let rays pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.world.ground import Heights

if TYPE_CHECKING:
    from wormdrive.envs.embedded.scene.land import Land, LandArrays

__all__ = ["THING_FIELDS", "Surroundings"]

THING_FIELDS: Final = 6
"""Columns of a box: x, y, z of its middle, half width, half height [m], class number."""
LEVELS_M: Final = 2.5
"""Lower land shows under what lies this much higher, to who is below that."""
MOST_TILES: Final = 256

_POST_HALF_M: Final = 0.06
_TRUNK_HALF_M: Final = 0.17
_STEM_AND_CROWN: Final = ((0.0, 0.0, 0.35), (0.33, 0.3, 0.95))
_CONIFER: Final = ((0.0, 0.0, 0.2), (0.26, 0.12, 0.85))
_SOLID: Final = ((0.36, 0.0, 0.9),)
_BOXES: Final[dict[Sprite, tuple[tuple[float, float, float], ...]]] = {
    Sprite.BROADLEAF_0: _STEM_AND_CROWN,
    Sprite.BROADLEAF_1: _STEM_AND_CROWN,
    Sprite.BROADLEAF_2: _STEM_AND_CROWN,
    Sprite.BIRCH: _STEM_AND_CROWN,
    Sprite.CONIFER_0: _CONIFER,
    Sprite.CONIFER_1: _CONIFER,
    Sprite.BUSH: _SOLID,
    Sprite.CLUMP_BROADLEAF: _SOLID,
    Sprite.CLUMP_CONIFER: _SOLID,
    Sprite.POST: ((0.0, 0.0, 0.95),),
}
"""Boxes of a thing: half width by the picture's width (0: a stem), from and to by its height."""


class Surroundings:
    """Land and things of a map.

    Parameters
    ----------
    road_map:
        The map.
    seed:
        Of the scenery, as the cameras have it (``Look.scenery_seed``).
    """

    def __init__(self, road_map: RoadMap, seed: int) -> None:
        self._map = road_map
        self._seed = seed
        self._land: Land | None = None
        self._heights: tuple[tuple[float, float], Heights, NDArray[np.float64]] | None = None
        self._tiles: dict[tuple[float, float, bytes], NDArray[np.float64]] = {}

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

    def things(self, conditions: Conditions, x_m: float, y_m: float, reach_m: float) -> NDArray[np.float64]:
        """Boxes (N, THING_FIELDS) of what stands within about ``reach_m`` (at most 256 m)."""
        from wormdrive.envs.embedded.scene.tile_kernel import TILE_M

        arrays = self._around(x_m, y_m)
        looks = conditions.appearance()
        found = []
        for row in range(arrays.window.shape[0]):
            for column in range(arrays.window.shape[1]):
                west, south = arrays.west + column * TILE_M, arrays.south + row * TILE_M
                dx = max(west - x_m, x_m - west - TILE_M, 0.0)
                dy = max(south - y_m, y_m - south - TILE_M, 0.0)
                if dx * dx + dy * dy <= reach_m * reach_m:
                    found.append(self._tile(arrays, looks, west, south))
        boxes = np.concatenate(found)
        away = np.hypot(boxes[:, 0] - x_m, boxes[:, 1] - y_m) - 2.0 * boxes[:, 3]
        return np.asarray(boxes[away <= reach_m])

    def _around(self, x_m: float, y_m: float) -> LandArrays:
        if self._land is None:  # who casts no rays does not wait for the scene's kernels
            from wormdrive.envs.embedded.scene.land import Land
            from wormdrive.envs.embedded.scene.road_strips import RoadStrips

            self._land = Land(RoadStrips(self._map))
        return self._land.around(x_m, y_m)

    def _tile(self, arrays: LandArrays, looks: NDArray[np.float32], west: float, south: float) -> NDArray[np.float64]:
        from wormdrive.envs.embedded.scene.world_scenery import MOST_THINGS, PLACE_FIELDS, list_tile

        assert self._land is not None  # noqa: S101  (asked for ``arrays`` before)
        key = west, south, looks.tobytes()
        boxes = self._tiles.pop(key, None)
        if boxes is None:
            strips = self._land.strips.arrays
            places = np.zeros((MOST_THINGS, PLACE_FIELDS))
            pieces = np.arange(len(strips.pieces))
            count = list_tile(arrays, strips, pieces, looks, np.uint32(self._seed), west, south, places)
            boxes = _boxes(places[:count])
            if len(self._tiles) >= MOST_TILES:
                del self._tiles[next(iter(self._tiles))]
        self._tiles[key] = boxes
        return boxes


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


def _boxes(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn a tile's list of things (``world_scenery.PLACE_FIELDS``) into boxes."""
    from wormdrive.envs.embedded.scene import world_scenery as scenery

    boxes = [np.zeros((0, THING_FIELDS))]
    for sprite, parts in _BOXES.items():
        one = places[places[:, scenery.KIND] == sprite]
        tall, wide = one[:, scenery.TALL], one[:, scenery.WIDE]
        stem = _POST_HALF_M if sprite == Sprite.POST else _TRUNK_HALF_M
        for breadth, begin, end in parts:
            half = np.where(breadth > 0.0, breadth * wide, stem)
            middle = one[:, scenery.PLACE_Z] + 0.5 * (begin + end) * tall
            columns = (one[:, scenery.PLACE_X], one[:, scenery.PLACE_Y], middle, half, 0.5 * (end - begin) * tall)
            boxes.append(np.stack([*columns, one[:, scenery.CLASS]], axis=1))
    return np.concatenate(boxes)
