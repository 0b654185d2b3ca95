"""Scenery: what grows and stands beside the road, placed by the scenery seed.

The road is cut into slots of 2.5 m; each slot has, on either side, a few *layers* (post, bush, tree, two rows of wood, tufts),
and a hash of seed, slot and layer decides what stands there. Distances count from the edge of the pavement, and the
whole side has an offset of its own that drifts along the road: nothing stands at a fixed distance from the lane.
Nothing stands on any asphalt, nor where the road comes round again.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.hashing import hash_pair, share, smooth_noise
from wormdrive.envs.embedded.camera.labels import Label
from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.embedded.camera.road_pack import CURVATURE, HEADING, ROOM_LEFT, ROOM_RIGHT, X, Y, Z
from wormdrive.envs.embedded.camera.sprites import draw_sprite
from wormdrive.envs.embedded.camera.strips import SOLID
from wormdrive.envs.embedded.road_table import SPACING_M
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

__all__ = ["SCENERY_RANGE_M", "SLOT_M", "draw_slot", "side_offset"]

f4, u4 = np.float32, np.uint32

SLOT_M = 2.5
SCENERY_RANGE_M = 150.0
_LAYERS = 7
_POST, _BUSH, _TREE, _WOOD, _DEEP_WOOD = range(5)
_TUFT_RANGE, _BUSH_RANGE, _TREE_RANGE = 34.0, 70.0, 95.0
_TIGHTEST = 0.3  # share of the bend's radius that must remain between a thing and the circle's centre
_BESIDE_M = 8.0  # kept clear around the other leg of a hairpin

_BROADLEAF, _CONIFER = int(Sprite.BROADLEAF_0), int(Sprite.CONIFER_0)
_SPRITE_BUSH, _SPRITE_POST, _SPRITE_TUFT = int(Sprite.BUSH), int(Sprite.POST), int(Sprite.TUFT)
_CLUMP, _CONIFER_CLUMP = int(Sprite.CLUMP_BROADLEAF), int(Sprite.CLUMP_CONIFER)
_VEGETATION, _POLES = int(Label.VEGETATION), int(Label.POLES)


@glue
def side_offset(slot, side, seed):
    """How far this side's trees stand back [m]: of the whole road, and drifting along it."""
    whole = share(hash_pair(7, seed + u4(side)), 0)
    drift = smooth_noise(slot * (SLOT_M / 55.0), seed + u4(11 + side))
    return f4(3.0) * whole + f4(1.2) * drift


@glue
def is_free(edges, values, count, d, margin):
    """Whether nothing solid lies within ``margin`` [m] of the lateral position ``d``."""
    for k in range(1, count - 1):
        if values[k, SOLID] > f4(0) and edges[k] < d + margin and edges[k + 1] > d - margin:
            return False
    return True


@glue
def draw_slot(
    slot, station, canvas, eye, looks, atlas, offsets, spans, points, section, edges, values, runs, blocks, seed, fine
):
    """Draw all layers of one slot, far to near within it being of no matter."""
    away = slot * SLOT_M - station
    for lay in range(2 * _LAYERS):
        side, layer = lay & 1, lay >> 1
        if layer == _POST:
            spacing = 7 + int(hash_pair(3, seed) % u4(9))
            if looks[POSTS] < f4(0.5) or (slot + int(hash_pair(5, seed) & u4(63))) % spacing != 0:
                continue
        elif layer == _BUSH:
            if away > _BUSH_RANGE:
                continue
        elif layer == _TREE:
            if away > _TREE_RANGE:
                continue
        elif layer == _WOOD or layer == _DEEP_WOOD:
            if (slot + layer) % (3 if layer == _WOOD else 4) != 0:
                continue
        elif away > _TUFT_RANGE:
            continue
        bits = hash_pair(slot * 16 + lay, seed)
        chance, j1, j2 = share(bits, 0), share(bits, 10), share(bits, 20)
        stature, kind, hue = f4(0.5), f4(0.5), f4(0.5)
        if layer == _POST:
            if chance > f4(0.85):
                continue
        elif layer == _BUSH:
            if chance > looks[BUSHES] * f4(0.5):
                continue
        elif layer == _TREE:
            if chance > looks[TREE_DENSITY] * f4(0.42):
                continue
        elif layer == _WOOD or layer == _DEEP_WOOD:
            if chance > looks[TREE_DENSITY] * f4(1.1):
                continue
        elif chance > looks[TUFTS]:
            continue
        more = hash_pair(bits & u4(0xFFFFFF), 77)
        stature, kind, hue = share(more, 0), share(more, 10), share(more, 20)
        back = side_offset(slot, side, seed)
        sprite = _SPRITE_TUFT
        if layer == _POST:
            sprite, beside, tall, wide = (
                _SPRITE_POST,
                f4(0.5) + f4(0.9) * share(hash_pair(9, seed), 0),
                f4(1.05),
                f4(1.0),
            )
            beside += f4(0.15) * j2
            j1 = f4(0.35) * j1
        elif layer == _BUSH:
            sprite, beside, tall = (
                _SPRITE_BUSH,
                f4(2.7) + f4(3.0) * j2 + f4(0.7) * back,
                f4(0.7) + f4(1.7) * stature * stature,
            )
            wide = tall * f4(1.3)
        elif layer == _TREE:
            beside = f4(3.8) + f4(4.0) * j2 + back
            if kind < looks[CONIFERS]:
                sprite, tall = _CONIFER + (slot & 1), f4(8) + f4(10) * stature
                wide = tall * f4(0.55)
            else:
                sprite, tall = _BROADLEAF + int(hue * f4(3.99)), f4(9) + f4(6) * stature
                wide = tall * f4(0.95)
        elif layer == _WOOD or layer == _DEEP_WOOD:
            deep = layer == _DEEP_WOOD
            beside = (f4(16.5) + f4(9) * j2 if deep else f4(9.3) + f4(4) * j2) + back
            sprite = _CONIFER_CLUMP if kind < looks[CONIFERS] * f4(0.9) else _CLUMP
            tall = (f4(9) + f4(5) * stature) * (f4(1.35) if deep else f4(1))
            wide = tall * f4(1.7)
        else:
            beside, tall = f4(0.75) + f4(3.2) * j2 * j2, f4(0.22) + f4(0.30) * stature
            wide = tall * f4(1.7)
        place = (slot + j1) * SLOT_M
        i = int(place / SPACING_M)
        if i < 0 or i >= len(points) or place > station + SCENERY_RANGE_M:
            continue
        u = section[i]
        left = side == 1
        d = blocks[u, 1] + beside if left else blocks[u, 0] - beside
        if points[i, CURVATURE] * d > 1.0 - _TIGHTEST:
            continue
        room = points[i, ROOM_LEFT] if left else points[i, ROOM_RIGHT]
        if abs(d) > room - _BESIDE_M and room < 35.0:
            continue
        margin = (
            f4(1.2)
            if layer == _TREE or layer == _BUSH
            else (f4(3.0) if layer == _WOOD or layer == _DEEP_WOOD else f4(0.3))
        )
        if not is_free(edges[u], values[u], runs[u], d, margin):
            continue
        heading = points[i, HEADING]
        dx = points[i, X] - math.sin(heading) * d - eye.x
        dy = points[i, Y] + math.cos(heading) * d - eye.y
        ahead = dx * eye.cos_heading + dy * eye.sin_heading
        if ahead < 1.2:
            continue
        left_m = dy * eye.cos_heading - dx * eye.sin_heading
        bright = f4(0.78) + f4(0.36) * stature
        variation = looks[LEAF_VARIATION]
        if layer == _POST:
            tint_r = tint_g = tint_b = f4(1)
        elif layer > _DEEP_WOOD:
            tint_r, tint_g, tint_b = (
                bright * looks[GRASS_TINT],
                bright * looks[GRASS_TINT + 1],
                bright * looks[GRASS_TINT + 2],
            )
        else:
            if layer == _BUSH:
                bright *= f4(0.8)
            elif layer == _WOOD:
                bright *= f4(0.83)
            elif layer == _DEEP_WOOD:
                bright *= f4(0.68)
            evergreen = sprite == _CONIFER or sprite == _CONIFER + 1 or sprite == _CONIFER_CLUMP
            tint_r = bright * (f4(1) + variation * (kind - f4(0.5))) * (f4(1) if evergreen else looks[LEAF_TINT])
            tint_g = (
                bright
                * (f4(1) - variation * f4(0.6) * (hue - f4(0.3)))
                * (f4(1) if evergreen else looks[LEAF_TINT + 1])
            )
            tint_b = bright * (f4(1) if evergreen else looks[LEAF_TINT + 2])
        angle = left_m / max(ahead, 1.0)
        lamp = looks[HEADLIGHTS] * f4(1.1 * math.exp(-ahead / 28.0) * math.exp(-3.0 * angle * angle))
        if layer == _POST:
            lamp *= f4(4)
        draw_sprite(
            canvas, eye, looks, atlas, offsets, spans, sprite, ahead, left_m, points[i, Z] - eye.z - 0.05, wide, tall,
            layer != _POST and (more >> u4(31)) > u4(0), tint_r, tint_g, tint_b, lamp,
            _POLES if layer == _POST else _VEGETATION, fine,
        )  # fmt: skip
