"""Wood: which trees, bushes and tufts stand on a site, the same in every season.

Trees are tall and bare of branches to above head height, as in a managed wood, so that one sees and flies between the
trunks. Far off, where nobody flies, whole clumps stand for many.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.picture.plant_table import BLUE, RED, SPRITE
from wormdrive.envs.find_target.site import Site
from wormdrive.envs.seasons.appearance import CONIFERS, GRASS_TINT, LEAF_TINT, LEAF_VARIATION
from wormdrive.envs.seasons.art.layout import Sprite

__all__ = ["TRUNK_M", "Clearing", "Wood", "paint_plants", "plant"]

TRUNK_M: Final = 0.45
"""Radius of a trunk as collisions count it."""

_GRID_M: Final = 8.5
_REACH_M: Final = 72.0
_CLUMP_GRID_M: Final = 10.0
_CLUMPS_TO_M: Final = 105.0
_BUSH_GRID_M: Final = 9.0
_TUFT_GRID_M: Final = 3.0
_TUFTS_TO_M: Final = 45.0
_TREES_FROM_ROAD_M: Final = 3.5
_SUNK_M: Final = 0.05
_FIRST_CONIFER = int(Sprite.CONIFER_0)


class Clearing(NamedTuple):
    """Where no tree may stand: within ``radius_m`` of a point, or of the line to another point."""

    x: float
    y: float
    radius_m: float
    to_x: float
    to_y: float

    def keeps_off(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of some places lie within."""
        dx, dy = self.to_x - self.x, self.to_y - self.y
        part = np.clip(((x - self.x) * dx + (y - self.y) * dy) / max(dx * dx + dy * dy, 1e-9), 0.0, 1.0)
        away: NDArray[np.bool_] = np.hypot(x - self.x - part * dx, y - self.y - part * dy) < self.radius_m
        return away


class Wood(NamedTuple):
    """``plants`` (M, PLANT_FIELDS) float32, see ``plant_table``; ``trunks`` (K, 2) float64, x, y [m].

    ``traits`` (M, 3): what tells one plant from another when they are coloured; see ``paint_plants``.
    """

    plants: NDArray[np.float32]
    trunks: NDArray[np.float64]
    traits: NDArray[np.float64]


def plant(
    site: Site,
    seed: int,
    trees: list[Clearing],
    bushes: list[Clearing],
    extra_trees: NDArray[np.float64],
    extra_bushes: NDArray[np.float64],
) -> Wood:
    """Plant a wood.

    Parameters
    ----------
    seed:
        Of the places.
    trees, bushes:
        Where none may stand.
    extra_trees, extra_bushes:
        (E, 2) x, y [m]: more of them, at these places.
    """
    random = np.random.default_rng((seed, 1))
    layers = []
    x, y, traits = _jittered(random, _GRID_M, _REACH_M, 0.85)
    kept = _allowed(site, x, y, trees, _TREES_FROM_ROAD_M)
    x, y = np.append(x[kept], extra_trees[:, 0] - site.x), np.append(y[kept], extra_trees[:, 1] - site.y)
    traits = np.concatenate([traits[kept], np.full((len(extra_trees), 4), 0.6)])
    trunks = np.stack([x + site.x, y + site.y], axis=1)
    layers.append(_trees(site, x, y, traits))
    x, y, traits = _jittered(random, _BUSH_GRID_M, _REACH_M, 0.5)
    kept = _allowed(site, x, y, bushes, 2.0)
    x, y = np.append(x[kept], extra_bushes[:, 0] - site.x), np.append(y[kept], extra_bushes[:, 1] - site.y)
    layers.append(_bushes(site, x, y, np.concatenate([traits[kept], np.full((len(extra_bushes), 4), 0.9)])))
    x, y, traits = _jittered(random, _TUFT_GRID_M, _TUFTS_TO_M, 0.6)
    kept = _allowed(site, x, y, [], 0.5)
    layers.append(_tufts(site, x[kept], y[kept], traits[kept]))
    x, y, traits = _jittered(random, _CLUMP_GRID_M, _CLUMPS_TO_M, 0.9)
    kept = np.hypot(x, y) > _REACH_M
    layers.append(_clumps(site, x[kept], y[kept], traits[kept]))
    plants = np.concatenate([layer for layer, _ in layers])
    return Wood(plants, trunks, np.concatenate([own for _, own in layers]))


def paint_plants(wood: Wood, appearance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the plants as a season has them: tinted, and some conifers in place of leaf trees."""
    plants = wood.plants.copy()
    kind, hue, stature = wood.traits.T
    variation = float(appearance[LEAF_VARIATION])
    sprite = plants[:, SPRITE].astype(np.int64)
    bright = 0.78 + 0.36 * stature
    red, green, blue = 1.0 + variation * (kind - 0.5), 1.0 - variation * 0.6 * (hue - 0.3), np.ones(len(kind))
    tuft = sprite == Sprite.TUFT
    leafy = (sprite < _FIRST_CONIFER) | (sprite == Sprite.BUSH) | (sprite == Sprite.CLUMP_BROADLEAF)
    clump = sprite >= Sprite.CLUMP_BROADLEAF
    tint = np.stack([red, green, blue], axis=1)
    tint[leafy] *= appearance[LEAF_TINT : LEAF_TINT + 3]
    tint[tuft] = appearance[GRASS_TINT : GRASS_TINT + 3]
    plants[:, RED : BLUE + 1] = tint * (bright * np.where(clump & ~tuft, 0.75, 1.0))[:, None]
    conifers = clump & ~tuft & (kind < float(appearance[CONIFERS]))
    plants[conifers, SPRITE] = float(Sprite.CLUMP_CONIFER)
    return plants


def _jittered(
    random: np.random.Generator, grid_m: float, reach_m: float, density: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Places on a jittered grid about the origin, and four traits of each, 0 to 1."""
    count = int(np.ceil(reach_m / grid_m))
    steps = np.arange(-count, count + 1) * grid_m
    x, y = (axis.ravel() for axis in np.meshgrid(steps, steps))
    draws = random.random((7, len(x)))
    x, y = x + (draws[0] - 0.5) * grid_m * 0.9, y + (draws[1] - 0.5) * grid_m * 0.9
    kept = (draws[2] < density) & (np.hypot(x, y) <= reach_m)
    return x[kept], y[kept], draws[3:].T[kept]


def _allowed(
    site: Site, x: NDArray[np.float64], y: NDArray[np.float64], clearings: list[Clearing], from_road_m: float
) -> NDArray[np.bool_]:
    kept: NDArray[np.bool_] = site.from_road(x + site.x, y + site.y) > from_road_m
    for clearing in clearings:
        kept &= ~clearing.keeps_off(x + site.x, y + site.y)
    return kept


def _rows(
    site: Site,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    sprite: NDArray[np.float64],
    wide: NDArray[np.float64],
    tall: NDArray[np.float64],
    range_m: float,
    traits: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    z = np.array([site.height(a, b) for a, b in zip(x + site.x, y + site.y, strict=True)]) - _SUNK_M
    ones = np.ones(len(x))
    columns = [x, y, z, sprite, wide, tall, traits[:, 3] > 0.5, ones, ones, ones, range_m * ones]
    return np.stack(columns, axis=1).astype(np.float32), traits[:, :3]


def _trees(
    site: Site, x: NDArray[np.float64], y: NDArray[np.float64], traits: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    kind, hue, stature, _ = traits.T
    conifer = kind < 0.15
    sprite = np.where(conifer, int(Sprite.CONIFER_0) + (hue > 0.5), np.minimum((hue * 4.0).astype(np.int64), 3))
    tall = np.where(conifer, 13.0 + 7.0 * stature, 17.0 + 7.0 * stature)
    wide = tall * np.where(conifer, 0.42, 0.62)
    return _rows(site, x, y, sprite, wide, tall, 1e4, traits)


def _bushes(
    site: Site, x: NDArray[np.float64], y: NDArray[np.float64], traits: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    tall = 0.6 + 1.3 * traits[:, 2] ** 2
    return _rows(site, x, y, np.full(len(x), int(Sprite.BUSH)), 1.3 * tall, tall, 60.0, traits)


def _tufts(
    site: Site, x: NDArray[np.float64], y: NDArray[np.float64], traits: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    tall = 0.22 + 0.3 * traits[:, 2]
    return _rows(site, x, y, np.full(len(x), int(Sprite.TUFT)), np.full(len(x), 0.6), tall, 14.0, traits)


def _clumps(
    site: Site, x: NDArray[np.float64], y: NDArray[np.float64], traits: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    tall = (14.0 + 6.0 * traits[:, 2]) * 1.2
    return _rows(site, x, y, np.full(len(x), int(Sprite.CLUMP_BROADLEAF)), 1.7 * tall, tall, 1e4, traits)
