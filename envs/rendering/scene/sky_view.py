# mypy: allow-untyped-defs, allow-untyped-calls
"""Sky view: the road camera's sky for a camera that is turned in any way.

There, elevation belongs to a row and azimuth to a column; here each pixel has its own. Colours and masks are the same.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    CLOUD,
    CLOUD_COVER,
    FOG,
    GLOW,
    GLOW_COLOUR,
    HILL,
    HORIZON,
    SUN,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    ZENITH,
)
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS

__all__ = ["draw_sky_rows"]

f4, i4, u4 = np.float32, np.int32, np.uint32

_LOWEST_DEG, _SPAN_DEG = -3.0, 48.0
_NEAR_RIDGE_M, _FAR_RIDGE_M = 190.0, 1500.0
_TURN: Final = 2.0 * math.pi
_DEGREES: Final = 180.0 / math.pi

RIDGE, VEIL, FAR = 0, 3, 6
_COLOURS: Final = 9
"""Colours that ``_mix`` prepares: of the near ridge, the air before it, and the far ridge."""


@glue
def _mix(appearance, colours):
    """Fill ``colours`` (_COLOURS,) float32, the same for all pixels."""
    near, far = haze_of(appearance, f4(_NEAR_RIDGE_M)), haze_of(appearance, f4(_FAR_RIDGE_M))
    for k in range(3):
        light = appearance[AMBIENT + k] + f4(0.5) * appearance[SUN + k]
        pale = f4(0.8) if k == 0 else (f4(0.9) if k == 1 else f4(1))
        lift = f4(0.05) if k == 2 else f4(0)
        colours[RIDGE + k] = appearance[HILL + k] * light * near
        colours[VEIL + k] = appearance[FOG + k] * (f4(1) - near)
        colours[FAR + k] = (appearance[HILL + k] + lift) * light * pale * far + appearance[FOG + k] * (f4(1) - far)


@glue
def _texel(panorama, place):
    word = panorama[place]
    return (
        f4(i4(word & u4(255))), f4(i4((word >> u4(8)) & u4(255))), f4(i4((word >> u4(16)) & u4(255))),
        f4(i4(word >> u4(24))),
    )  # fmt: skip


@glue
def _masks(panorama, level, azimuth, elevation):
    """Cloud, near ridge, its texture and far ridge, each 0 to 1, filtered bilinearly."""
    origin = 0
    for finer in range(level):
        origin += (SKY_ROWS >> finer) * ((SKY_COLUMNS >> finer) + 1)
    line = (SKY_COLUMNS >> level) + 1
    y = (elevation - f4(_LOWEST_DEG)) * f4(SKY_ROWS / _SPAN_DEG) / f4(1 << level) - f4(0.5)
    y = min(max(y, f4(0)), f4((SKY_ROWS >> level) - 1.01))
    x = azimuth * f4(SKY_COLUMNS / _TURN) / f4(1 << level) - f4(0.5)
    column, row = math.floor(x), math.floor(y)
    wx, wy = x - f4(column), y - f4(row)
    place = origin + int(row) * line + (int(column) & ((SKY_COLUMNS >> level) - 1))
    a, b = _texel(panorama, place), _texel(panorama, place + 1)
    c, d = _texel(panorama, place + line), _texel(panorama, place + line + 1)
    scale = f4(1 / 255.0)
    w11 = wx * wy
    w01, w10 = wx - w11, wy - w11
    w00 = f4(1) - wx - w10
    cloud = (a[0] * w00 + b[0] * w01 + c[0] * w10 + d[0] * w11) * scale
    near = (a[1] * w00 + b[1] * w01 + c[1] * w10 + d[1] * w11) * scale
    wood = (a[2] * w00 + b[2] * w01 + c[2] * w10 + d[2] * w11) * scale
    far = (a[3] * w00 + b[3] * w01 + c[3] * w10 + d[3] * w11) * scale
    return cloud, near, wood, far


@kernel
def _draw_row(
    panorama, level, appearance, colours, camera, v, stride, depths, owner, hidden, through, red, green, blue
):  # fmt: skip
    b = (v + 0.5 - camera.centre_v) / camera.focal
    cells = stride // CELL
    sun_elevation = appearance[SUN_ELEVATION] * f4(_DEGREES)
    for cell in range(cells):
        if hidden[v * cells + cell]:
            continue
        for u in range(cell * CELL, cell * CELL + CELL):
            at = v * stride + u
            if owner[at] != 0 or depths[at] <= f4(FURTHEST_GROUND_M):
                continue
            a = (u + 0.5 - camera.centre_u) / camera.focal
            x = camera.forward_x + a * camera.right_x + b * camera.down_x
            y = camera.forward_y + a * camera.right_y + b * camera.down_y
            z = camera.forward_z + a * camera.right_z + b * camera.down_z
            azimuth = f4(math.atan2(y, x))
            elevation = f4(math.atan2(z, math.sqrt(x * x + y * y)) * _DEGREES)
            cloud, near, wood, far = _masks(panorama, level, -azimuth, elevation)
            high = f4(1) - f4(math.exp(f4(-0.055) * max(elevation, f4(0))))
            cloud *= appearance[CLOUD_COVER] * min(max(f4(0.12) * elevation, f4(0)), f4(1))
            away = appearance[SUN_AZIMUTH] - azimuth
            away = (away - f4(_TURN) * math.floor(away * f4(1 / _TURN) + f4(0.5))) * f4(_DEGREES)
            above = elevation - sun_elevation
            shine = appearance[GLOW] / (f4(1) + (away * away + above * above * f4(3)) * f4(0.0016))
            wood = f4(1.4) * wood + f4(0.15)
            seen = through[at]
            r = appearance[HORIZON] + (appearance[ZENITH] - appearance[HORIZON]) * high
            g = appearance[HORIZON + 1] + (appearance[ZENITH + 1] - appearance[HORIZON + 1]) * high
            bl = appearance[HORIZON + 2] + (appearance[ZENITH + 2] - appearance[HORIZON + 2]) * high
            r += (appearance[CLOUD] - r) * cloud + appearance[GLOW_COLOUR] * shine
            g += (appearance[CLOUD + 1] - g) * cloud + appearance[GLOW_COLOUR + 1] * shine
            bl += (appearance[CLOUD + 2] - bl) * cloud + appearance[GLOW_COLOUR + 2] * shine
            r += (colours[FAR] - r) * far
            g += (colours[FAR + 1] - g) * far
            bl += (colours[FAR + 2] - bl) * far
            red[at] += seen * (r + (colours[RIDGE] * wood + colours[VEIL] - r) * near)
            green[at] += seen * (g + (colours[RIDGE + 1] * wood + colours[VEIL + 1] - g) * near)
            blue[at] += seen * (bl + (colours[RIDGE + 2] * wood + colours[VEIL + 2] - bl) * near)


@glue
def draw_sky_rows(
    panorama, level, appearance, camera, first, last, stride, depths, owner, hidden, through, red, green, blue
):  # fmt: skip
    """Add the sky's light to the pixels of rows ``first`` to ``last`` that show it; ``level`` of the panorama."""
    colours = np.empty(_COLOURS, np.float32)
    _mix(appearance, colours)
    for v in range(first, last):
        _draw_row(
            panorama, level, appearance, colours, camera, v, stride, depths, owner, hidden, through, red, green, blue
        )  # fmt: skip
