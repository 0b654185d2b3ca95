"""Layout: where things lie in the baked art; who bakes it and the camera that draws it agree here.

Ground tile: 32 m along s by 32 m across, 6.25 cm a texel, both directions periodic. The lateral texture coordinate c
runs over [-16, 16) m and is cut into strips:

    c [m]   -15.5..-12   -11.5..-8   -7.5..-4        -3.5..0   0..3.5   3.5..14                       14..16
    strip   mown grass   paving      plain asphalt   lane A    lane B   verge: shoulder, grass, wood   (guard)

Lane A and B carry wheel tracks at their middle +-0.75 m and one lane's width each (3.5 m). The verge strip begins at
the road's edge: one metre of gravel shoulder, then grass, from c = 8 on forest floor; c in [9, 14) repeats for what
lies further out. Guard bands of half a metre hold their neighbour's colours so that filtering never fetches a stranger.

A texel packs 4 bytes, R | G << 8 | B << 16 | A << 24. RGB is the square root of linear reflectance; A is bareness:
the last place where snow sticks and the first where puddles form (0 covered first ... 255 covered last).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = [
    "GROUND_TEXELS",
    "GROUND_TEXELS_PER_M",
    "SHADOW_TEXELS",
    "SKY_COLUMNS",
    "SKY_ROWS",
    "SPRITE_MIPS",
    "SPRITE_TEXELS",
    "Sprite",
    "Strip",
]

GROUND_TEXELS: Final = 512
GROUND_TEXELS_PER_M: Final = 16
SHADOW_TEXELS: Final = 256
SKY_COLUMNS: Final = 2048
SKY_ROWS: Final = 128
SPRITE_TEXELS: Final = 256
SPRITE_MIPS: Final = 7


class Strip:
    """Lateral texture coordinate at which each strip begins [m], and the width that it has."""

    LANE_A: Final = -3.5
    LANE_B: Final = 0.0
    LANE_WIDTH: Final = 3.5
    VERGE: Final = 3.5
    VERGE_REPEAT_FROM: Final = 9.0
    VERGE_END: Final = 14.0
    ASPHALT: Final = -7.5
    PAVING: Final = -11.5
    GRASS: Final = -15.5
    STRIP_WIDTH: Final = 3.5


class Sprite(IntEnum):
    """Row of the sprite atlas."""

    BROADLEAF_0 = 0
    BROADLEAF_1 = 1
    BROADLEAF_2 = 2
    BIRCH = 3
    CONIFER_0 = 4
    CONIFER_1 = 5
    BUSH = 6
    POST = 7
    CAR_REAR_RED = 8
    CAR_REAR_WHITE = 9
    CAR_REAR_BLUE = 10
    CAR_FRONT_RED = 11
    CAR_FRONT_WHITE = 12
    CAR_FRONT_BLUE = 13
    CLUMP_BROADLEAF = 14
    CLUMP_CONIFER = 15
    TUFT = 16
