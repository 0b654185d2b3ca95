# mypy: allow-untyped-defs, allow-untyped-calls
"""Sky: a panorama of masks (clouds, near ridge and its texture, far ridge) coloured by the weather's light."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.lens import SPRITE_CELL
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
from wormdrive.envs.rendering.kernels.compilation import kernel
from wormdrive.envs.rendering.kernels.texel_pair import load_pair
from wormdrive.envs.seasons.appearance import CLOUD, GLOW_COLOUR, SUN_AZIMUTH, SUN_ELEVATION
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS

__all__ = ["SKY_LEVELS", "choose_sky_level", "draw_sky", "sky_levels"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

SKY_LEVELS = 3
"""Panoramas of full, half and quarter size, one behind the other."""


def sky_levels(sky: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Put the panorama and its halved copies one behind the other, so that small pictures need not skip texels.

    A column is added on the right of each, the first once more, for filtering.
    """
    image = np.stack([(sky.reshape(SKY_ROWS, SKY_COLUMNS) >> shift) & 255 for shift in (0, 8, 16, 24)], -1)
    level = image.astype(np.float32)
    flat = [_ringed(sky.reshape(SKY_ROWS, SKY_COLUMNS))]
    for _ in range(SKY_LEVELS - 1):
        level = 0.25 * (level[0::2, 0::2] + level[1::2, 0::2] + level[0::2, 1::2] + level[1::2, 1::2])
        texel = np.round(level).astype(np.uint32)
        flat.append(_ringed((texel << np.array([0, 8, 16, 24], np.uint32)).sum(-1, dtype=np.uint32)))
    return np.concatenate(flat).astype(np.uint32)


def choose_sky_level(focal: float) -> int:
    """Choose the level whose texels come nearest to a picture's pixels; ``focal`` [pixel]."""
    skipped = SKY_COLUMNS / TURN / focal
    return int(np.clip(np.log2(max(skipped, 1.0)) + 0.5, 0, SKY_LEVELS - 1))


def _ringed(texels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return np.hstack((texels, texels[:, :1])).ravel()


@kernel
def draw_sky(
    panorama, level, appearance, azimuth, cos_azimuth, heading, pitch, tilt, focal, centre_v, first_row, last_row,
    stride, hidden, through, red, green, blue,
):  # fmt: skip
    """Draw rows of sky behind what stands before them; angles [rad]; ``tilt`` raises the horizon's right side."""
    first_texel, row_texels = level_start(level)
    start, line = u4(first_texel), u4(row_texels)
    mask = u4((SKY_COLUMNS >> level) - 1)
    highest = f4((SKY_ROWS >> level) - 1.01)
    per_degree = f4(SKY_ROWS / SPAN_DEG) / f4(1 << level)
    per_radian = f4(256 * SKY_COLUMNS / TURN) / f4(1 << level)
    pair, half, to_unit = u4(0xFF00FF), u4(0xFFFF), f4(1 / 65280.0)
    (nr, vr, fr), (ng, vg, fg) = ridge_colours(appearance, 0), ridge_colours(appearance, 1)
    nb, vb, fb = ridge_colours(appearance, 2)
    cr, cg, cb = appearance[CLOUD], appearance[CLOUD + 1], appearance[CLOUD + 2]
    gr, gg, gb = appearance[GLOW_COLOUR], appearance[GLOW_COLOUR + 1], appearance[GLOW_COLOUR + 2]
    turn, sun_turn = f4(-heading), f4(appearance[SUN_AZIMUTH] - heading)
    sun_turn -= f4(TURN) * math.floor(sun_turn * f4(1 / TURN) + f4(0.5))
    sun_elevation = appearance[SUN_ELEVATION] * f4(DEGREES)
    lean = f4(-tilt * DEGREES)
    cells = stride // SPRITE_CELL
    for v in range(first_row, last_row):
        elevation = f4((-math.atan((v + 0.5 - centre_v) / focal) - pitch) * DEGREES)
        cover = cloud_opacity(appearance, elevation) * to_unit
        clear_r, clear_g, clear_b = clear_sky(appearance, elevation)
        for cell in range(cells):
            if hidden[v * cells + cell]:
                continue
            column = np.uint64(cell * SPRITE_CELL)
            first = np.uint64(v * stride) + column
            for i in range(SPRITE_CELL):
                u = column + np.uint64(i)
                aside = azimuth[u]
                up = elevation * cos_azimuth[u] + lean * aside
                y = i4(min(max((up - f4(LOWEST_DEG)) * per_degree - f4(0.5), f4(0)), highest) * f4(256))
                x = i4(math.floor((turn + aside) * per_radian - f4(128)))
                wx, wy = u4(x & i4(255)), u4(y & i4(255))
                place = start + u4(y >> i4(8)) * line + (u4(x >> i4(8)) & mask)
                lower, upper = load_pair(panorama, u4(place)), load_pair(panorama, u4(place + line))
                w11 = (wx * wy) >> u4(8)
                w01, w10 = wx - w11, wy - w11
                w00 = u4(256) - wx - w10
                a, b, c, d = u4(lower), u4(lower >> u8(32)), u4(upper), u4(upper >> u8(32))
                cn = u4(
                    u4(u4((a & pair) * w00) + u4((b & pair) * w01)) + u4(u4((c & pair) * w10) + u4((d & pair) * w11))
                )
                a, b, c, d = (a >> u4(8)) & pair, (b >> u4(8)) & pair, (c >> u4(8)) & pair, (d >> u4(8)) & pair
                nf = u4(u4(u4(a * w00) + u4(b * w01)) + u4(u4(c * w10) + u4(d * w11)))
                cloud = f4(i4(cn & half)) * cover
                near_share = f4(i4(nf & half)) * to_unit
                wood = f4(i4(cn >> u4(16))) * (to_unit * f4(1.4)) + f4(0.15)
                far_share = f4(i4(nf >> u4(16))) * to_unit
                shine = glow_at(appearance, sun_turn + aside, up - sun_elevation)
                at = first + np.uint64(i)
                seen = through[at]
                red[at] += seen * layered(clear_r, cr, cloud, gr, shine, fr, far_share, nr, wood, vr, near_share)
                green[at] += seen * layered(clear_g, cg, cloud, gg, shine, fg, far_share, ng, wood, vg, near_share)
                blue[at] += seen * layered(clear_b, cb, cloud, gb, shine, fb, far_share, nb, wood, vb, near_share)
