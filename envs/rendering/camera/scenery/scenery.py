# mypy: allow-untyped-defs, allow-untyped-calls
"""Scenery: what grows and stands beside the road, placed by the scenery seed.

The road is cut into slots of 2.5 m; each has, on either side, a few *layers* (post, bush, tree, two rows of wood,
tufts), and a hash of seed, slot and layer decides what stands there. Distances count from the edge of the pavement, and
the whole side has an offset of its own that drifts along the road: nothing stands at a fixed distance from the lane.
Nothing stands on any asphalt, nor where the road comes round again.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.road_layout.road_buffer import CURVATURE, HEADING, ROOM_LEFT, ROOM_RIGHT, X, Y, Z
from wormdrive.envs.rendering.camera.road_layout.strips import SOLID
from wormdrive.envs.rendering.camera.scenery.sprites import (
    BLUE,
    DISTANCE,
    GREEN,
    HEIGHT,
    LABEL,
    LAMP,
    LEFT,
    MIRRORED,
    RED,
    SPRITE,
    TALL,
    WIDE,
)
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.hashing import hash_pair, share, smooth_noise
from wormdrive.envs.seasons.appearance import (
    BUSHES,
    CONIFERS,
    GRASS_TINT,
    HEADLIGHTS,
    LEAF_TINT,
    LEAF_VARIATION,
    POSTS,
    TREE_DENSITY,
    TUFTS,
)
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.simulation.road_table import SPACING_M
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = [
    "LAYERS",
    "MARGIN_M",
    "MOST_PER_SLOT",
    "POST_LAYER",
    "RANGE_M",
    "SCENERY_RANGE_M",
    "SLOT_M",
    "choose",
    "is_wanted",
    "place_slot",
    "side_offset",
    "tint",
]

f4, u4 = np.float32, np.uint32

SLOT_M = 2.5
SCENERY_RANGE_M = 150.0

POST_LAYER, _BUSH, _TREE, _WOOD, _DEEP_WOOD, _TUFTS, _MORE_TUFTS = range(7)
LAYERS = 7
MOST_PER_SLOT = 2 * LAYERS
"""How many things a slot can hold."""
RANGE_M = (150.0, 70.0, 95.0, 150.0, 150.0, 28.0, 28.0)
MARGIN_M = (0.3, 1.2, 1.2, 3.0, 3.0, 0.3, 0.3)
_TIGHTEST = 0.3  # share of the bend's radius that must remain between a thing and the circle's centre
_HAIRPIN_M = 8.0  # kept clear around the other leg of a hairpin

_BROADLEAF, _CONIFER = int(Sprite.BROADLEAF_0), int(Sprite.CONIFER_0)
_SPRITE_BUSH, _SPRITE_POST, _SPRITE_TUFT = int(Sprite.BUSH), int(Sprite.POST), int(Sprite.TUFT)
_CLUMP, _CONIFER_CLUMP = int(Sprite.CLUMP_BROADLEAF), int(Sprite.CLUMP_CONIFER)
_VEGETATION, _POLES = int(SemanticLabel.VEGETATION), int(SemanticLabel.POLES)


@glue
def side_offset(slot, side, seed):
    """How far this side's trees stand back [m]: of the whole road, and drifting along it."""
    whole = share(hash_pair(7, seed + u4(side)), 0)
    return f4(3.0) * whole + f4(1.2) * smooth_noise(slot * (SLOT_M / 55.0), seed + u4(11 + side))


@glue
def _is_free(edges, values, section, runs, d, margin):
    """Whether nothing solid lies within ``margin`` [m] of the lateral position ``d``."""
    for k in range(1, runs - 1):
        if values[section, k, SOLID] > f4(0) and edges[section, k] < d + margin and edges[section, k + 1] > d - margin:
            return False
    return True


@glue
def is_wanted(layer, slot, chance, appearance, seed):
    """Whether something of a layer stands in a slot; ``chance`` is in [0, 1]."""
    if layer == POST_LAYER:
        spacing = 7 + int(hash_pair(3, seed) % u4(9))
        return (
            appearance[POSTS] > f4(0.5)
            and (slot + int(hash_pair(5, seed) & u4(63))) % spacing == 0
            and chance < f4(0.85)
        )  # fmt: skip
    if layer == _BUSH:
        return chance < appearance[BUSHES] * f4(0.5)
    if layer == _TREE:
        return chance < appearance[TREE_DENSITY] * f4(0.42)
    if layer == _WOOD:
        return (slot + layer) % 3 == 0 and chance < appearance[TREE_DENSITY] * f4(1.1)
    if layer == _DEEP_WOOD:
        return (slot + layer) % 4 == 0 and chance < appearance[TREE_DENSITY] * f4(1.1)
    return chance < appearance[TUFTS]


@glue
def choose(layer, slot, appearance, seed, back, aside, stature, kind, hue):
    """Sprite, distance from the pavement, height and width of the whole texture [m], and brightness."""
    bright = f4(0.78) + f4(0.36) * stature
    if layer == POST_LAYER:
        beside = f4(0.5) + f4(0.9) * share(hash_pair(9, seed), 0) + f4(0.15) * aside
        return _SPRITE_POST, beside, f4(1.05), f4(1.0), f4(1)
    if layer == _BUSH:
        tall = f4(0.7) + f4(1.7) * stature * stature
        return _SPRITE_BUSH, f4(2.7) + f4(3.0) * aside + f4(0.7) * back, tall, tall * f4(1.3), f4(0.8) * bright
    if layer == _TREE:
        beside = f4(3.8) + f4(4.0) * aside + back
        if kind < appearance[CONIFERS]:
            tall = f4(8) + f4(10) * stature
            return _CONIFER + (slot & 1), beside, tall, tall * f4(0.55), bright
        tall = f4(9) + f4(6) * stature
        return _BROADLEAF + int(hue * f4(3.99)), beside, tall, tall * f4(0.95), bright
    if layer == _WOOD or layer == _DEEP_WOOD:
        sprite = _CONIFER_CLUMP if kind < appearance[CONIFERS] * f4(0.9) else _CLUMP
        tall = f4(9) + f4(5) * stature
        if layer == _WOOD:
            return sprite, f4(9.3) + f4(4) * aside + back, tall, tall * f4(1.7), f4(0.83) * bright
        return sprite, f4(16.5) + f4(9) * aside + back, tall * f4(1.35), tall * f4(2.3), f4(0.68) * bright
    return _SPRITE_TUFT, f4(0.75) + f4(3.2) * aside * aside, f4(0.22) + f4(0.30) * stature, f4(0.6), bright


@glue
def tint(things, n, layer, sprite, bright, kind, hue, appearance):
    """Colour thing ``n``."""
    red = green = blue = f4(1)
    if layer == _TUFTS or layer == _MORE_TUFTS:
        red, green, blue = appearance[GRASS_TINT], appearance[GRASS_TINT + 1], appearance[GRASS_TINT + 2]
    elif layer != POST_LAYER:
        variation = appearance[LEAF_VARIATION]
        red, green = f4(1) + variation * (kind - f4(0.5)), f4(1) - variation * f4(0.6) * (hue - f4(0.3))
        if sprite < _CONIFER or sprite == _SPRITE_BUSH or sprite == _CLUMP:
            red, green, blue = red * appearance[LEAF_TINT], green * appearance[LEAF_TINT + 1], appearance[LEAF_TINT + 2]
    things[n, RED], things[n, GREEN], things[n, BLUE] = bright * red, bright * green, bright * blue


@kernel
def place_slot(slot, station, eye, appearance, points, section, edges, values, runs, blocks, seed, things, count):
    """Append what stands in one slot to ``things``; return the new count."""
    away = slot * SLOT_M - station
    for lay in range(2 * LAYERS):
        side, layer = lay & 1, lay >> 1
        if away > RANGE_M[layer]:
            continue
        bits = hash_pair(slot * 16 + lay, seed)
        if not is_wanted(layer, slot, share(bits, 0), appearance, seed):
            continue
        along, aside = share(bits, 10), share(bits, 20)
        more = hash_pair(bits & u4(0xFFFFFF), 77)
        stature, kind, hue = share(more, 0), share(more, 10), share(more, 20)
        sprite, beside, tall, wide, bright = choose(
            layer, slot, appearance, seed, side_offset(slot, side, seed), aside, stature, kind, hue
        )
        place = (slot + (f4(0.35) * along if layer == POST_LAYER else along)) * SLOT_M
        i = int(place / SPACING_M)
        if i < 0 or i >= len(points) or place > station + SCENERY_RANGE_M:
            continue
        u = section[i]
        d = blocks[u, 1] + beside if side == 1 else blocks[u, 0] - beside
        if points[i, CURVATURE] * d > 1.0 - _TIGHTEST or not _is_free(
            edges, values, u, runs[u], d, f4(MARGIN_M[layer])
        ):
            continue
        room = points[i, ROOM_LEFT] if side == 1 else points[i, ROOM_RIGHT]
        if room < 35.0 and abs(d) > room - _HAIRPIN_M:
            continue
        heading = points[i, HEADING]
        dx = points[i, X] - math.sin(heading) * d - eye.x
        dy = points[i, Y] + math.cos(heading) * d - eye.y
        ahead = dx * eye.cos_heading + dy * eye.sin_heading
        if ahead < 1.2:
            continue
        left = dy * eye.cos_heading - dx * eye.sin_heading
        aslant = left / ahead
        lamp = f4(0)
        if appearance[HEADLIGHTS] > f4(0):
            lamp = appearance[HEADLIGHTS] * f4(1.1 * math.exp(-ahead / 28.0 - 3.0 * aslant * aslant))
        post = layer == POST_LAYER
        things[count, SPRITE], things[count, LABEL] = sprite, _POLES if post else _VEGETATION
        things[count, DISTANCE], things[count, LEFT] = ahead, left
        things[count, HEIGHT] = points[i, Z] - eye.z - 0.05
        things[count, WIDE], things[count, TALL] = wide, tall
        things[count, MIRRORED] = f4(1) if not post and (more >> u4(31)) > u4(0) else f4(0)
        things[count, LAMP] = lamp * (f4(4) if post else f4(1))
        tint(things, count, layer, sprite, bright, kind, hue, appearance)
        count += 1
    return count
