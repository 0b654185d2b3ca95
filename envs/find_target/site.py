"""Site: a place in the woods beside a map's roads, and the land around it."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import MapError
from wormdrive.envs.find_target.picture.ground_patch import PATCH_M, bake_colours, bake_places
from wormdrive.envs.rendering.scene.terrain.ground import wander_of
from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import REACH_TILES, TerrainArrays, TerrainTiles
from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.art.art_cache import load_art

__all__ = ["Site", "SiteLibrary", "site_library"]

_KEPT_TILES: Final = 2  # to each side of the site's own
_FROM_ROAD_M: Final = (24.0, 40.0)
_TRIES: Final = 400
_MOST_SITES: Final = 64
_MOST_PATCHES: Final = 40


class Site(NamedTuple):
    """The land around ``x, y`` [m].

    ``heights`` (S + 1, S + 1) float32 [m]: one a metre, the first at ``heights_west``, ``heights_south``. ``places``,
    ``labels`` and ``free_m``: see ``ground_patch``.
    """

    key: tuple[str, int]
    x: float
    y: float
    heights: NDArray[np.float32]
    heights_west: float
    heights_south: float
    places: NDArray[np.float32]
    labels: NDArray[np.uint8]
    free_m: NDArray[np.float32]

    @property
    def west(self) -> float:
        """Western edge of the patch whose ground is baked [m]."""
        return self.x - 0.5 * PATCH_M

    @property
    def south(self) -> float:
        """Southern edge of the patch [m]."""
        return self.y - 0.5 * PATCH_M

    def height(self, x: float, y: float) -> float:
        """Return the ground's height at a place [m]."""
        side = len(self.heights) - 1
        dx, dy = min(max(x - self.heights_west, 0.0), side - 1e-6), min(max(y - self.heights_south, 0.0), side - 1e-6)
        column, row = int(dx), int(dy)
        (a, b), (c, d) = self.heights[row : row + 2, column : column + 2].astype(np.float64).tolist()
        near, far = a + (b - a) * (dx - column), c + (d - c) * (dx - column)
        return float(near + (far - near) * (dy - row))

    def from_road(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of places to the nearest pavement within the patch [m]."""
        side = len(self.free_m)
        per_m = side / PATCH_M
        column = np.clip(((x - self.west) * per_m).astype(np.int64), 0, side - 1)
        row = np.clip(((y - self.south) * per_m).astype(np.int64), 0, side - 1)
        return self.free_m[row, column].astype(np.float64)


class SiteLibrary:
    """Sites and the ground's colours on them, kept for as long as they are in use.

    The k-th site of a map is the same one whoever asks for it.
    """

    def __init__(self) -> None:
        self._sites: OrderedDict[tuple[str, int], Site] = OrderedDict()
        self._colours: OrderedDict[tuple[tuple[str, int], str, int], NDArray[np.uint32]] = OrderedDict()

    def site(self, map_name: str, number: int) -> Site:
        """Return the ``number``-th site of a map.

        Raises
        ------
        MapError
            If the map cannot be read, or has no place for a wood.
        """
        key = map_name, number
        found = self._sites.pop(key, None)
        if found is None:
            found = _survey(map_name, number)
            while len(self._sites) >= _MOST_SITES:
                self._sites.popitem(last=False)
        self._sites[key] = found
        return found

    def colours(self, site: Site, season: str, art_seed: int) -> NDArray[np.uint32]:
        """Return the ground's texture on a site, see ``ground_patch``."""
        key = site.key, season, art_seed
        found = self._colours.pop(key, None)
        if found is None:
            found = bake_colours(site.places, load_art(season, art_seed))
            while len(self._colours) >= _MOST_PATCHES:
                self._colours.popitem(last=False)
        self._colours[key] = found
        return found


@cache
def site_library() -> SiteLibrary:
    """Return the library that all worlds of a process share."""
    return SiteLibrary()


@lru_cache(maxsize=4)
def _tiles_of(map_name: str) -> TerrainTiles:
    return TerrainTiles(RoadStrips(read_map(map_name)))


def _survey(map_name: str, number: int) -> Site:
    tiles = _tiles_of(map_name)
    x, y = _choose(tiles.strips.skeleton, map_name, number)
    around = tiles.around(x, y)
    first = (REACH_TILES - _KEPT_TILES) * TILE_M
    strips = tiles.strips.arrays
    wander = np.zeros(len(strips.samples), np.float32)
    wander_of(strips.samples, np.uint32(number), wander)
    places, labels, free_m = bake_places(around, strips, wander, x - 0.5 * PATCH_M, y - 0.5 * PATCH_M)
    heights = _cut_out(around)
    return Site((map_name, number), x, y, heights, around.west + first, around.south + first, places, labels, free_m)


def _choose(skeleton: NDArray[np.float64], map_name: str, number: int) -> tuple[float, float]:
    random = np.random.default_rng((zlib.crc32(map_name.encode()), number))
    least, most = _FROM_ROAD_M
    for _ in range(_TRIES):
        point = skeleton[int(random.integers(len(skeleton)))]
        angle, away = random.uniform(0.0, 2.0 * np.pi), random.uniform(least, most)
        x, y = float(point[0] + away * np.cos(angle)), float(point[1] + away * np.sin(angle))
        if np.hypot(skeleton[:, 0] - x, skeleton[:, 1] - y).min() >= least:
            return x, y
    raise MapError(map_name, "", f"no place {least:g} m or more away from all roads: allowed is a map with one")


def _cut_out(around: TerrainArrays) -> NDArray[np.float32]:
    """Copy the land near the middle of the tiles, which change when somebody looks elsewhere: a height a metre."""
    first, side = REACH_TILES - _KEPT_TILES, 2 * _KEPT_TILES + 1
    heights = np.zeros((side * TILE_M + 1, side * TILE_M + 1), np.float32)
    for row in range(side):
        for column in range(side):
            part = slice(row * TILE_M, (row + 1) * TILE_M + 1), slice(column * TILE_M, (column + 1) * TILE_M + 1)
            heights[part] = around.upper[around.window[first + row, first + column]]
    return heights
