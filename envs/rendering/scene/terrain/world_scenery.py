# mypy: allow-untyped-defs, allow-untyped-calls
"""World scenery: trees, bushes, tufts and posts at fixed places of the map, whoever looks from wherever.

Beside roads things stand as the road camera would place them beside a route (``camera/scenery/scenery.py``), slot by
slot along every road; where no road is near, a wood stands on a grid of its own. A tile's things are listed once for a
seed and a season.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.scenery.scenery import (
    LAYERS,
    MARGIN_M,
    POST_LAYER,
    RANGE_M,
    choose,
    is_wanted,
    side_offset,
    tint,
)
from wormdrive.envs.rendering.camera.scenery.sprites import BLUE, GREEN, RED
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.kernels.hashing import hash_pair, share
from wormdrive.envs.rendering.scene.terrain.ground_lookup import cell_of
from wormdrive.envs.rendering.scene.terrain.ray_march import ground_height
from wormdrive.envs.rendering.scene.terrain.road_projection import foot_on
from wormdrive.envs.rendering.scene.terrain.road_strips import COS, SIN, X, Y
from wormdrive.envs.rendering.scene.terrain.tile_kernel import CANDIDATES, TILE_M
from wormdrive.envs.seasons.appearance import CONIFERS, TREE_DENSITY
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["MOST_THINGS", "PLACE_FIELDS", "PLACE_X", "PLACE_Y", "list_tile"]

f4, u4 = np.float32, np.uint32

(PLACE_X, PLACE_Y, PLACE_Z, KIND, WIDE, TALL, MIRRORED, TINT_R, TINT_G, TINT_B, CLASS, RANGE) = range(12)
PLACE_FIELDS: Final = 12
"""Columns of a tile's list: place of the foot [m], sprite, size of the texture [m], mirrored, tint, class, range."""
MOST_THINGS: Final = 1024
"""In one tile."""

_SLOT_SAMPLES: Final = 5
_MOST_REACH_M: Final = 45.0
_CLEAR_M: Final = 30.0  # from the edge of a road the wood beyond its own trees begins
_GRID_M: Final = 9.0
_WOOD_RANGE_M: Final = 170.0
_UNDERGROUND: Final = 0.05
_FROM_ABOVE: Final = 1e9
_VEGETATION, _POLES = int(SemanticLabel.VEGETATION), int(SemanticLabel.POLES)
_CLUMP, _CONIFER_CLUMP = int(Sprite.CLUMP_BROADLEAF), int(Sprite.CLUMP_CONIFER)


@glue
def _distance_to_road(terrain, strips, x, y):
    """Distance from a point to the edge of the nearest road [m]; 1e9 where none is near."""
    tile, row, column = cell_of(terrain.west, terrain.south, terrain.window, x, y)
    least = 1e9
    if tile < 0:
        return least
    for c in range(CANDIDATES):
        j = terrain.cells[tile, row, column, c]
        if j < 0:
            break
        road = strips.road[j]
        j, _, d, beyond = foot_on(strips.samples, strips.ends[road, 0], strips.ends[road, 1], j, x, y)
        u = strips.section[j]
        aside = max(strips.run_edges[u, 1] - d, d - strips.run_edges[u, strips.run_count[u] - 1], 0.0)
        least = min(least, math.sqrt(aside * aside + beyond * beyond))
    return least


@glue
def _put(places, count, x, y, z, sprite, wide, tall, mirrored, label, reach, tinted):
    """Write what stands at a place [m]; ``tinted`` is the row that ``tint`` has coloured."""
    places[count, PLACE_X], places[count, PLACE_Y], places[count, PLACE_Z] = x, y, z - _UNDERGROUND
    places[count, KIND], places[count, WIDE], places[count, TALL] = sprite, wide, tall
    places[count, MIRRORED], places[count, CLASS], places[count, RANGE] = mirrored, label, reach
    places[count, TINT_R], places[count, TINT_G], places[count, TINT_B] = tinted[RED], tinted[GREEN], tinted[BLUE]


@glue
def _list_slot(terrain, strips, road, slot, i, appearance, seed, west, south, scratch, places, count):
    """Append what stands beside one road in one slot and within the tile."""
    samples = strips.samples
    own = hash_pair(road + 101, seed)
    for lay in range(2 * LAYERS):
        side, layer = lay & 1, lay >> 1
        bits = hash_pair(slot * 16 + lay, own)
        if not is_wanted(layer, slot, share(bits, 0), appearance, own):
            continue
        along, aside = share(bits, 10), share(bits, 20)
        more = hash_pair(bits & u4(0xFFFFFF), 77)
        stature, kind, hue = share(more, 0), share(more, 10), share(more, 20)
        sprite, beside, tall, wide, bright = choose(
            layer, slot, appearance, own, side_offset(slot, side, own), aside, stature, kind, hue
        )
        j = min(i + int(along * f4(_SLOT_SAMPLES - 0.01)), strips.ends[road, 1])
        u = strips.section[j]
        low, high = strips.run_edges[u, 1], strips.run_edges[u, strips.run_count[u] - 1]
        d = high + beside if side == 1 else low - beside
        x, y = samples[j, X] - samples[j, SIN] * d, samples[j, Y] + samples[j, COS] * d
        if not (west <= x < west + TILE_M and south <= y < south + TILE_M) or count == MOST_THINGS:
            continue
        margin = max(MARGIN_M[layer], 0.6 * beside)
        if _distance_to_road(terrain, strips, x, y) < margin:
            continue
        z, _ = ground_height(terrain, x, y, _FROM_ABOVE)
        post = layer == POST_LAYER
        mirrored = 1.0 if not post and (more >> u4(31)) > u4(0) else 0.0
        tint(scratch, 0, layer, sprite, bright, kind, hue, appearance)
        _put(
            places, count, x, y, z, sprite, wide, tall, mirrored, _POLES if post else _VEGETATION, RANGE_M[layer],
            scratch[0],
        )  # fmt: skip
        count += 1
    return count


@glue
def _list_wood(terrain, strips, appearance, seed, west, south, scratch, places, count):
    """Append the wood that stands away from all roads."""
    own = hash_pair(907, seed)
    for row in range(int(math.floor(south / _GRID_M)), int(math.floor((south + TILE_M) / _GRID_M)) + 1):
        for column in range(int(math.floor(west / _GRID_M)), int(math.floor((west + TILE_M) / _GRID_M)) + 1):
            bits = hash_pair(hash_pair(row & 0xFFFFFF, 31) & u4(0xFFFFFF), own + u4(column & 0xFFFFFF))
            if share(bits, 0) >= appearance[TREE_DENSITY]:
                continue
            x, y = (column + share(bits, 10)) * _GRID_M, (row + share(bits, 20)) * _GRID_M
            if not (west <= x < west + TILE_M and south <= y < south + TILE_M) or count == MOST_THINGS:
                continue
            if _distance_to_road(terrain, strips, x, y) < _CLEAR_M:
                continue
            more = hash_pair(bits & u4(0xFFFFFF), 77)
            stature, kind, hue = share(more, 0), share(more, 10), share(more, 20)
            conifer = kind < appearance[CONIFERS] * f4(0.9)
            tall = (f4(9) + f4(5) * stature) * f4(1.25)
            z, _ = ground_height(terrain, x, y, _FROM_ABOVE)
            sprite = _CONIFER_CLUMP if conifer else _CLUMP
            bright = f4(0.72) * (f4(0.78) + f4(0.36) * stature)
            tint(scratch, 0, 3, sprite, bright, kind, hue, appearance)
            _put(
                places, count, x, y, z, sprite, tall * f4(1.7), tall, float(more >> u4(31)), _VEGETATION, _WOOD_RANGE_M,
                scratch[0],
            )  # fmt: skip
            count += 1
    return count


@glue
def list_tile(terrain, strips, pieces, appearance, seed, west, south, places):
    """List what stands on the tile whose corner is ``(west, south)`` [m] in ``places``; return how many there are.

    ``pieces`` are the pieces of road near it; ``places`` (MOST_THINGS, PLACE_FIELDS) float64.
    """
    scratch = np.zeros((1, 16), np.float32)
    count = 0
    for p in pieces:
        dx, dy = west + 0.5 * TILE_M - strips.circles[p, 0], south + 0.5 * TILE_M - strips.circles[p, 1]
        reach = 0.75 * TILE_M + _MOST_REACH_M + strips.circles[p, 2]
        if dx * dx + dy * dy > reach * reach:
            continue
        first = strips.pieces[p, 0]
        road = strips.road[first]
        start = strips.ends[road, 0]
        slot = -((start - first) // _SLOT_SAMPLES)  # the first that begins within the piece
        while start + slot * _SLOT_SAMPLES <= strips.pieces[p, 1]:
            count = _list_slot(
                terrain, strips, road, slot, start + slot * _SLOT_SAMPLES, appearance, seed, west, south, scratch,
                places, count
            )  # fmt: skip
            slot += 1
    return _list_wood(terrain, strips, appearance, seed, west, south, scratch, places, count)
