# mypy: allow-untyped-defs, allow-untyped-calls
"""Sky colours: what the sky has at an elevation and an azimuth, by the weather's light; for both cameras.

The panorama (``seasons/art/sky.py``) holds masks alone: clouds, a near ridge and its texture, and a far ridge.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    CLOUD_COVER,
    FOG,
    GLOW,
    HILL,
    HORIZON,
    SUN,
    ZENITH,
)
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS

__all__ = [
    "DEGREES",
    "LOWEST_DEG",
    "SPAN_DEG",
    "TURN",
    "clear_sky",
    "cloud_opacity",
    "glow_at",
    "layered",
    "level_start",
    "ridge_colours",
]

f4 = np.float32

LOWEST_DEG: Final = -3.0
SPAN_DEG: Final = 48.0
"""Elevation of the panorama's lower edge, and from there to its upper one [deg]."""
TURN: Final = 2.0 * math.pi
DEGREES: Final = 180.0 / math.pi
"""Of a whole turn [rad], and of a radian [deg]."""

_NEAR_RIDGE_M, _FAR_RIDGE_M = 190.0, 1500.0


@glue
def level_start(level):
    """Index at which a level of the panorama begins, and how many texels its rows have; see ``sky_levels``."""
    start = 0
    for finer in range(level):
        start += (SKY_ROWS >> finer) * ((SKY_COLUMNS >> finer) + 1)
    return start, (SKY_COLUMNS >> level) + 1


@glue
def ridge_colours(appearance, k):
    """Channel ``k`` of three colours: of the near ridge, of the air before it, and of the far ridge behind its air."""
    near, far = haze_of(appearance, f4(_NEAR_RIDGE_M)), haze_of(appearance, f4(_FAR_RIDGE_M))
    light = appearance[AMBIENT + k] + f4(0.5) * appearance[SUN + k]
    pale = f4(0.8) if k == 0 else (f4(0.9) if k == 1 else f4(1))
    lift = f4(0.05) if k == 2 else f4(0)
    return (
        appearance[HILL + k] * light * near,
        appearance[FOG + k] * (f4(1) - near),
        (appearance[HILL + k] + lift) * light * pale * far + appearance[FOG + k] * (f4(1) - far),
    )


@glue
def clear_sky(appearance, elevation):
    """Light of the sky alone at an elevation [deg], in three channels: the zenith's and the horizon's."""
    high = f4(1) - f4(math.exp(f4(-0.055) * max(elevation, f4(0))))
    return (
        appearance[HORIZON] + (appearance[ZENITH] - appearance[HORIZON]) * high,
        appearance[HORIZON + 1] + (appearance[ZENITH + 1] - appearance[HORIZON + 1]) * high,
        appearance[HORIZON + 2] + (appearance[ZENITH + 2] - appearance[HORIZON + 2]) * high,
    )


@glue
def cloud_opacity(appearance, elevation):
    """Opacity of a full cloud at an elevation [deg]: towards the horizon there are none."""
    return appearance[CLOUD_COVER] * min(max(f4(0.12) * elevation, f4(0)), f4(1))


@glue
def glow_at(appearance, away, above):
    """Glow of the sun ``away`` [rad] from its azimuth, a whole turn more or less, and ``above`` [deg] its elevation."""
    away = (away - f4(TURN) * math.floor(away * f4(1 / TURN) + f4(0.5))) * f4(DEGREES)
    return appearance[GLOW] / (f4(1) + (away * away + above * above * f4(3)) * f4(0.0016))


@glue
def layered(clear, cloud_colour, cloud, glow, shine, far_colour, far, near_colour, wood, air, near):
    """One channel of the light of clear sky, cloud, glow, far ridge and near ridge, each before the last.

    ``cloud``, ``far`` and ``near`` are shares, ``shine`` is the strength of the ``glow``, ``wood`` the near ridge's
    texture, and ``air`` the light of the air before it.
    """
    light = clear + (cloud_colour - clear) * cloud + glow * shine
    light += (far_colour - light) * far
    return light + (near_colour * wood + air - light) * near
