r"""Rays against pictures of trees, bushes and posts, which turn towards who looks.

A ray meets what a camera in its origin would show there (``scene.terrain.billboards``): it is followed to the card that
faces the origin, whose foot and crown are projected as the camera does it, and to the texel in which it goes through
the card. A see-through texel lets it pass. The card's depth is the picture's: that of the foot below, of the crown's
middle above.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wormdrive.carla_server.world.roadside.scenery_objects import (
    PICTURE_MIRRORED,
    PICTURE_SPRITE,
    PICTURE_TALL,
    PICTURE_WIDE,
    PICTURE_X,
    PICTURE_Y,
    PICTURE_Z,
)
from wormdrive.envs.seasons.art.layout import Sprite

__all__ = ["CARD_FIELDS", "SLACK", "SLACK_M", "face", "meet_card", "reach_aside"]

(
    FORWARD_X, FORWARD_Y, FORWARD_Z, RIGHT_X, RIGHT_Y, UP_X, UP_Y, UP_Z, DEPTH, FOOT_DEPTH, HALF, CROWN, FOOT,
    BELOW, SPRITE, MIRRORED, RADIAL, NEAREST,
) = range(18)  # fmt: skip
CARD_FIELDS: Final = 18
"""Columns of a card: its axes; depth of crown and foot; half width, half height of the crown, way down to the foot [m];
the picture's share below the crown; which picture, mirrored, looked at from above; the nearest that it comes [m]."""
SLACK: Final = 0.03
SLACK_M: Final = 0.3
"""Ground and bodies that lie this much before a picture do not hide it: its share of the distance, and [m]."""

_NEAREST_M: Final = 1.2
_NEAREST_FOOT_M: Final = 0.3
_BROADLEAF, _CONIFER, _BUSH = int(Sprite.BROADLEAF_0), int(Sprite.CONIFER_0), int(Sprite.BUSH)
_POST, _TUFT = int(Sprite.POST), int(Sprite.TUFT)
_FIRST_CLUMP, _LAST_CLUMP = int(Sprite.CLUMP_BROADLEAF), int(Sprite.CLUMP_CONIFER)
_FROM_ABOVE: Final = 0.42
_RADIAL: Final = 0.72


@njit(cache=True, nogil=True, error_model="numpy")
def _build_of(sprite):  # type: ignore[no-untyped-def]
    """Share of the picture's height below the crown, and the crown's depth over its width."""
    if sprite == _POST:
        return 0.0, 0.10
    if sprite in (_BUSH, _TUFT):
        return 0.0, 0.80
    if _FIRST_CLUMP <= sprite <= _LAST_CLUMP:
        return 0.12, 0.55
    return 0.24, 0.85


@njit(cache=True, nogil=True, error_model="numpy")
def face(origin, picture, card):  # type: ignore[no-untyped-def]
    """Turn a picture towards ``origin``: fill its ``card``; False where it is too near to be seen."""
    sprite, tall, wide = int(picture[PICTURE_SPRITE]), picture[PICTURE_TALL], picture[PICTURE_WIDE]
    dx, dy, dz = picture[PICTURE_X] - origin[0], picture[PICTURE_Y] - origin[1], picture[PICTURE_Z] - origin[2]
    fallen = -dz / math.sqrt(dx * dx + dy * dy + dz * dz + 1e-9)  # 0 seen from the side, 1 from right above
    if sprite == _FIRST_CLUMP and fallen > _FROM_ABOVE:
        sprite, wide = _BROADLEAF, 0.62 * wide
    elif sprite == _LAST_CLUMP and fallen > _FROM_ABOVE:
        sprite, wide = _CONIFER, 0.42 * wide
    trunk_share, deep = _build_of(sprite)
    up = dz + 0.5 * (1.0 + trunk_share) * tall
    depth = math.sqrt(dx * dx + dy * dy + up * up)
    if depth < _NEAREST_M:
        return False
    fx, fy, fz = dx / depth, dy / depth, up / depth
    upright = math.sqrt(fx * fx + fy * fy)
    if upright > 1e-6:
        card[RIGHT_X], card[RIGHT_Y] = fy / upright, -fx / upright
        card[UP_X], card[UP_Y], card[UP_Z] = -fz * fx / upright, -fz * fy / upright, upright
    else:
        card[RIGHT_X], card[RIGHT_Y] = 0.0, -1.0
        card[UP_X], card[UP_Y], card[UP_Z] = 1.0, 0.0, 0.0
    foot_depth = dx * fx + dy * fy + dz * fz
    tall_half, deep_half = 0.5 * (1.0 - trunk_share) * tall, 0.5 * deep * wide
    down = -(dx * card[UP_X] + dy * card[UP_Y] + dz * card[UP_Z])
    card[FORWARD_X], card[FORWARD_Y], card[FORWARD_Z] = fx, fy, fz
    card[DEPTH], card[FOOT_DEPTH], card[HALF] = depth, foot_depth, 0.5 * wide
    card[CROWN] = math.sqrt((tall_half * upright) ** 2 + (deep_half * fz) ** 2)
    card[FOOT] = depth * down / max(foot_depth, _NEAREST_FOOT_M)
    card[BELOW], card[SPRITE], card[MIRRORED] = trunk_share, sprite, picture[PICTURE_MIRRORED]
    card[RADIAL] = 1.0 if _CONIFER <= sprite < _BUSH and fallen > _RADIAL else 0.0
    card[NEAREST] = min(depth, foot_depth)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def reach_aside(card):  # type: ignore[no-untyped-def]
    """How far a card goes from its middle on the map [m]: it leans back where it is looked at from above or below."""
    leaning = max(card[CROWN], card[FOOT]) * card[FORWARD_Z]
    return math.sqrt(card[HALF] * card[HALF] + leaning * leaning)


@njit(cache=True, nogil=True, error_model="numpy")
def meet_card(d, card, silhouettes, best):  # type: ignore[no-untyped-def]
    """Distance along ``d`` from the origin that a card faces to its picture, if it is less than ``best``; or infinite.

    A see-through texel lets the ray pass.
    """
    if card[NEAREST] >= best:
        return np.inf
    ahead = d[0] * card[FORWARD_X] + d[1] * card[FORWARD_Y] + d[2] * card[FORWARD_Z]
    if ahead <= 0.0:
        return np.inf
    scale, half, crown, foot = card[DEPTH] / ahead, card[HALF], card[CROWN], card[FOOT]
    p = scale * (d[0] * card[RIGHT_X] + d[1] * card[RIGHT_Y])
    if abs(p) > half:
        return np.inf
    q = scale * (d[0] * card[UP_X] + d[1] * card[UP_Y] + d[2] * card[UP_Z])
    if q > crown or q < min(-crown, -foot):
        return np.inf
    if q >= -crown:
        share = card[BELOW] + (q + crown) * 0.5 * (1.0 - card[BELOW]) / crown
    else:
        share = (q + foot) * card[BELOW] / max(foot - crown, 1e-3)
    across, up = 0.5 * p / half + 0.5, share
    if card[MIRRORED] > 0.0:
        across = 1.0 - across
    if card[RADIAL] > 0.0:  # a round of boughs, with ragged tips
        out_x, out_y = p / half, q / crown
        out = math.sqrt(out_x * out_x + out_y * out_y)
        c = out_x / max(out, 1e-3)
        c *= 16.0 * c**4 - 20.0 * c * c + 5.0  # cosine of five times the angle
        if out > 0.80 + 0.18 * (2.0 * c * c - 1.0):
            return np.inf
        across, up = 0.5 + 0.34 * out_x, 0.36 + 0.20 * out_y
    side = silhouettes.shape[1]
    column, row = min(max(int(across * side), 0), side - 1), min(max(int(up * side), 0), side - 1)
    if not silhouettes[int(card[SPRITE]), row, column]:
        return np.inf
    return (card[FOOT_DEPTH] + (card[DEPTH] - card[FOOT_DEPTH]) * min(1.6 * share, 1.0)) / ahead
