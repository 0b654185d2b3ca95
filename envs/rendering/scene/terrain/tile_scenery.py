"""Tile scenery: what stands on the tiles around a camera, listed once a tile, season and seed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.scene_model import Cars
from wormdrive.envs.rendering.scene.terrain.billboards import list_near
from wormdrive.envs.rendering.scene.terrain.road_strips import StripArrays
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import REACH_TILES, TerrainArrays
from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M
from wormdrive.envs.rendering.scene.terrain.world_scenery import MOST_THINGS, PLACE_FIELDS, PLACE_X, PLACE_Y, list_tile
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["TileScenery", "clear_of_buildings", "without"]

_MOST_HELD: Final = 600  # tiles
_FROM_WALLS_M: Final = 1.0
_HIGH_M: Final = 12.0  # from this height above ground on, one sees further over the wood


class TileScenery:
    """Lists of things by tile."""

    def __init__(self) -> None:
        self._held: dict[tuple[float, float, int, bytes], NDArray[np.float64]] = {}
        self._key: tuple[float, float, int, bytes] | None = None
        self._around: NDArray[np.float64] = np.zeros((0, PLACE_FIELDS))
        self._scratch = np.zeros((MOST_THINGS, PLACE_FIELDS))

    def in_sight(
        self,
        terrain: TerrainArrays,
        strips: StripArrays,
        appearance: NDArray[np.float32],
        seed: int,
        camera: CameraPose,
        above_m: float,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Things around a camera ``above_m`` above ground, and the indices of those in sight, nearest first."""
        key = terrain.west, terrain.south, seed, appearance.tobytes()
        if key != self._key:
            self._around = np.concatenate(
                [
                    self._tile(
                        terrain,
                        strips,
                        appearance,
                        seed,
                        terrain.west + column * TILE_M,
                        terrain.south + row * TILE_M,
                        key[3],
                    )
                    for row in range(2 * REACH_TILES + 1)
                    for column in range(2 * REACH_TILES + 1)
                ]
            )
            self._key = key
        chosen = np.empty(len(self._around), np.int64)
        depths = np.empty(len(self._around))
        reach = 1.0 + max(above_m - _HIGH_M, 0.0) / 30.0
        count = list_near(self._around, len(self._around), camera, reach, chosen, depths, 0)
        return self._around, chosen[:count][np.argsort(depths[:count], kind="stable")]

    def _tile(
        self,
        terrain: TerrainArrays,
        strips: StripArrays,
        appearance: NDArray[np.float32],
        seed: int,
        west: float,
        south: float,
        look_key: bytes,
    ) -> NDArray[np.float64]:
        key = west, south, seed, look_key
        things = self._held.pop(key, None)
        if things is None:
            count = _list_near_pieces(terrain, strips, appearance, np.uint32(seed), west, south, self._scratch)
            things = self._scratch[:count].copy()
            if len(self._held) >= _MOST_HELD:
                del self._held[next(iter(self._held))]
        self._held[key] = things
        return things


def clear_of_buildings(places: NDArray[np.float64], order: NDArray[np.int64], cars: Cars) -> NDArray[np.int64]:
    """Leave out of ``order`` what would stand inside a building among ``cars``, or at its walls."""
    buildings = np.flatnonzero(cars.label == SemanticLabel.BUILDINGS)
    if not len(buildings) or not len(order):
        return order
    pose, size = cars.pose[buildings], cars.size[buildings]
    dx, dy = (places[order, axis][:, None] - pose[:, axis] for axis in (PLACE_X, PLACE_Y))
    cosine, sine = np.cos(pose[:, 3]), np.sin(pose[:, 3])
    along, aside = np.abs(dx * cosine + dy * sine), np.abs(dy * cosine - dx * sine)
    within = (along < 0.5 * size[:, 0] + _FROM_WALLS_M) & (aside < 0.5 * size[:, 1] + _FROM_WALLS_M)
    return np.asarray(order[~within.any(axis=1)])


def without(places: NDArray[np.float64], order: NDArray[np.int64], left_out: NDArray[np.float64]) -> NDArray[np.int64]:
    """Leave out of ``order`` what stands where ``left_out`` (H, 2) says, to the centimetre."""
    if not len(left_out) or not len(order):
        return order
    here, there = (
        np.rint(table / 0.01).astype(np.int64) @ np.array([2**32, 1])
        for table in (places[order][:, [PLACE_X, PLACE_Y]], left_out)
    )
    return np.asarray(order[~np.isin(here, there)])


@glue
def _list_near_pieces(
    terrain: TerrainArrays,
    strips: StripArrays,
    appearance: NDArray[np.float32],
    seed: np.uint32,
    west: float,
    south: float,
    places: NDArray[np.float64],
) -> int:
    pieces = np.arange(len(strips.pieces))
    return list_tile(terrain, strips, pieces, appearance, seed, west, south, places)  # type: ignore[no-any-return]
