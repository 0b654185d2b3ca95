# mypy: allow-untyped-defs, allow-untyped-calls
"""Ground patch: the ground of a site, baked, so that a picture costs one fetch a pixel.

What lies where (``places``) is looked up once a site, in the map; colours are painted from it once a season. The
texture is a square of ``TEXELS`` with mips, packed as in the season's art: roots of reflectance and bareness.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.ground_texture import fetch_ground
from wormdrive.envs.rendering.camera.ground.road_marks import PAINT
from wormdrive.envs.rendering.camera.road_layout.marks_table import KERB
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.ground_lookup import locate
from wormdrive.envs.rendering.scene.terrain.ray_march import ground_height
from wormdrive.envs.rendering.scene.terrain.road_strips import StripArrays
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainArrays
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS_PER_M
from wormdrive.envs.seasons.art.season_art import Art
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["LEVELS", "PATCH_BITS", "PATCH_M", "TEXELS", "TEXELS_PER_M", "bake_colours", "bake_places", "level_offset"]

f4, u4 = np.float32, np.uint32

PATCH_M: Final = 128.0
"""Side of the square [m]."""
PATCH_BITS: Final = 10
TEXELS: Final = 1 << PATCH_BITS
TEXELS_PER_M: Final = TEXELS / PATCH_M
LEVELS: Final = 8
"""Mips: the coarsest texel is 16 m wide."""
_ACROSS, _STATION, _COVERED, _COLOUR = range(4)
_LEVEL_S = _LEVEL_D = 1  # of the art's ripmap, whose texels are half as large as ours
_PERIOD_M: Final = 256.0
_FROM_ABOVE: Final = 1e9
_WHITE, _YELLOW = (0.60, 0.60, 0.57), (0.60, 0.40, 0.07)
_PAVED: Final = (int(SemanticLabel.ROADS), int(SemanticLabel.SIDEWALKS), int(SemanticLabel.ROAD_LINES))


def bake_places(
    terrain: TerrainArrays, strips: StripArrays, wander: NDArray[np.float32], west: float, south: float
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    """Look up what each texel shows.

    Returns
    -------
    places:
        (TEXELS, TEXELS, 4) float32: place in the art across and along [m], how much a mark covers, its colour.
    labels:
        (TEXELS, TEXELS) uint8: ``SemanticLabel``.
    free_m:
        (TEXELS, TEXELS) float32: distance to the nearest pavement [m].
    """
    places = np.zeros((TEXELS, TEXELS, 4), np.float32)
    labels = np.zeros((TEXELS, TEXELS), np.uint8)
    _look_up(terrain, strips, wander, west, south, places, labels)
    open_land = (~np.isin(labels, _PAVED)).astype(np.uint8)
    free_m = cv2.distanceTransform(open_land, cv2.DIST_L2, 5).astype(np.float32) / np.float32(TEXELS_PER_M)
    return places, labels, free_m


def bake_colours(places: NDArray[np.float32], art: Art) -> NDArray[np.uint32]:
    """Paint the texture of a site in a season: flat uint32, finest level first, one texel more at its end."""
    image = np.zeros((TEXELS, TEXELS, 4), np.float32)
    ground = np.append(art.ground, art.ground[-1:])
    _paint(places, ground, art.ground_offsets[_LEVEL_S, _LEVEL_D], image)
    parts = []
    for _ in range(LEVELS):
        light = np.concatenate([np.sqrt(image[..., :3]), image[..., 3:]], axis=-1)
        texel = np.rint(255.0 * np.clip(light, 0.0, 1.0)).astype(np.uint32)
        parts.append((texel << np.array([0, 8, 16, 24], np.uint32)).sum(-1, dtype=np.uint32).ravel())
        image = 0.25 * (image[0::2, 0::2] + image[1::2, 0::2] + image[0::2, 1::2] + image[1::2, 1::2])
    return np.concatenate([*parts, parts[-1][-1:]]).astype(np.uint32)


@glue
def level_offset(level):
    """Where a mip begins in the texture."""
    # 4^B (1 + 1/4 + ...) = (4^(B+1) - 4^(B+1-level)) / 3
    return ((1 << (2 * PATCH_BITS + 2)) - (1 << (2 * PATCH_BITS + 2 - 2 * level))) // 3


@glue
def _look_up(terrain, strips, wander, west, south, places, labels):
    window, cells = terrain.window, terrain.cells
    samples, section, roads, ends, junctions = strips.samples, strips.section, strips.road, strips.ends, strips.junction
    run_count, run_edges, run_values = strips.run_count, strips.run_edges, strips.run_values
    run_label, mark_count, marks = strips.run_label, strips.mark_count, strips.marks
    step = 1.0 / TEXELS_PER_M
    for row in range(TEXELS):
        y = south + (row + 0.5) * step
        for column in range(TEXELS):
            x = west + (column + 0.5) * step
            z, _ = ground_height(terrain, x, y, _FROM_ABOVE)
            spot = locate(
                terrain.west, terrain.south, window, cells, samples, section, roads, ends, junctions, run_count,
                run_edges, run_values, run_label, mark_count, marks, wander, x, y, z, step, 0.0, 0.0, step,
            )  # fmt: skip
            places[row, column, _ACROSS] = spot.across
            places[row, column, _STATION] = spot.station - _PERIOD_M * np.floor(spot.station / _PERIOD_M)
            places[row, column, _COVERED] = spot.covered
            places[row, column, _COLOUR] = spot.colour
            labels[row, column] = spot.label


@glue
def _paint(places, ground, offset, image):
    across, station = np.empty(TEXELS, np.float32), np.empty(TEXELS, np.float32)
    planes = np.empty((4, TEXELS), np.float32)
    for row in range(TEXELS):
        for column in range(TEXELS):
            across[column], station[column] = places[row, column, _ACROSS], places[row, column, _STATION]
        fetch_ground(
            ground, offset, _LEVEL_S, _LEVEL_D, GROUND_TEXELS_PER_M, across, station, 0, TEXELS, planes[0], planes[1],
            planes[2], planes[3],
        )  # fmt: skip
        for column in range(TEXELS):
            covered, kind = places[row, column, _COVERED], int(places[row, column, _COLOUR])
            for k in range(3):
                value = planes[k, column]
                if covered > f4(0):
                    paint = f4(_WHITE[k]) if kind == 0 else (f4(_YELLOW[k]) if kind == 1 else PAINT[kind, k])
                    value += (paint - value) * covered * (f4(1) if kind == KERB else f4(0.8))
                image[row, column, k] = value
            image[row, column, 3] = planes[3, column]
