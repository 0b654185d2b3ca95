# mypy: allow-untyped-defs, allow-untyped-calls
"""Sky view: the road camera's sky for a camera that is turned in any way.

There, elevation belongs to a row and azimuth to a column; here each pixel has its own. Colours and masks are the same.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.camera.sky_colours import (
    DEGREES,
    LOWEST_DEG,
    SPAN_DEG,
    TURN,
    clear_sky,
    cloud_opacity,
    glow_at,
    layered,
    level_start,
    ridge_colours,
)
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.appearance import CLOUD, GLOW_COLOUR, SUN_AZIMUTH, SUN_ELEVATION
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS

__all__ = ["draw_sky_rows"]

f4, i4, u4 = np.float32, np.int32, np.uint32

RIDGE, VEIL, FAR = 0, 3, 6
_COLOURS: Final = 9
"""Colours that ``_mix`` prepares: of the near ridge, the air before it, and the far ridge."""


@glue
def _mix(appearance, colours):
    """Fill ``colours`` (_COLOURS,) float32, the same for all pixels."""
    for k in range(3):
        colours[RIDGE + k], colours[VEIL + k], colours[FAR + k] = ridge_colours(appearance, k)


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
    start, line = level_start(level)
    y = (elevation - f4(LOWEST_DEG)) * f4(SKY_ROWS / SPAN_DEG) / f4(1 << level) - f4(0.5)
    y = min(max(y, f4(0)), f4((SKY_ROWS >> level) - 1.01))
    x = azimuth * f4(SKY_COLUMNS / TURN) / f4(1 << level) - f4(0.5)
    column, row = math.floor(x), math.floor(y)
    wx, wy = x - f4(column), y - f4(row)
    place = start + int(row) * line + (int(column) & ((SKY_COLUMNS >> level) - 1))
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
    sun_elevation = appearance[SUN_ELEVATION] * f4(DEGREES)
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
            elevation = f4(math.atan2(z, math.sqrt(x * x + y * y)) * DEGREES)
            cloud, near, wood, far = _masks(panorama, level, -azimuth, elevation)
            clear = clear_sky(appearance, elevation)
            cloud *= cloud_opacity(appearance, elevation)
            shine = glow_at(appearance, appearance[SUN_AZIMUTH] - azimuth, elevation - sun_elevation)
            wood = f4(1.4) * wood + f4(0.15)
            seen = through[at]
            red[at] += seen * layered(
                clear[0], appearance[CLOUD], cloud, appearance[GLOW_COLOUR], shine, colours[FAR], far, colours[RIDGE],
                wood, colours[VEIL], near,
            )  # fmt: skip
            green[at] += seen * layered(
                clear[1], appearance[CLOUD + 1], cloud, appearance[GLOW_COLOUR + 1], shine, colours[FAR + 1], far,
                colours[RIDGE + 1], wood, colours[VEIL + 1], near,
            )  # fmt: skip
            blue[at] += seen * layered(
                clear[2], appearance[CLOUD + 2], cloud, appearance[GLOW_COLOUR + 2], shine, colours[FAR + 2], far,
                colours[RIDGE + 2], wood, colours[VEIL + 2], near,
            )  # fmt: skip


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
