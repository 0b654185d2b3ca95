# mypy: allow-untyped-defs, allow-untyped-calls
"""Ground texture: colour and alpha of ground or litter, filtered, out of a baked ripmap.

A ripmap holds the texture shrunk by powers of two along s and across it independently; a row chooses one level for
all its pixels. Weights are fixed-point, and two channels are blended at once in one 32-bit word. The right neighbour of
a line's last texel is the next line's first: both lie in the tile's guard bands.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.texel_pair import load_pair
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS, GROUND_TEXELS_PER_M

__all__ = ["GRAIN_FROM_M", "add_grain", "choose_level", "fetch_ground"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

_SIDE_BITS = GROUND_TEXELS.bit_length() - 1
_HALF_M = 0.5 * GROUND_TEXELS / GROUND_TEXELS_PER_M  # the tile's middle is at coordinate 0
_POSITIVE_M = 512.0  # whole periods, added so that coordinates stay positive
_SHARPNESS = 0.35
GRAIN_FROM_M = 0.035
"""Footprint below which grain is added [m]."""


@glue
def choose_level(foot, per_metre, most):
    """Level of a ripmap of ``per_metre`` texels a metre for a footprint [m]."""
    return min(int(math.log2(max(foot * f4(per_metre), f4(1))) + f4(_SHARPNESS)), most)


@kernel
def fetch_ground(
    texture, offset, level_s, level_d, per_metre, across, station, begin, end, red, green, blue, alpha
):  # fmt: skip
    """Fill reflectance (linear, 0..1) and alpha (0..1) of pixels ``begin`` to ``end``, filtered bilinearly."""
    to_s = f4(256.0) * f4(per_metre) / f4(1 << level_s)
    to_d = f4(256.0) * f4(per_metre) / f4(1 << level_d)
    mask_s = u4((GROUND_TEXELS >> level_s) - 1)
    mask_d = u4((GROUND_TEXELS >> level_d) - 1)
    line = u4(_SIDE_BITS - level_d)
    origin = u4(offset)
    pair, low = u4(0xFF00FF), u4(0xFFFF)
    scale = f4(1.0 / 65280.0)
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        x = u4(i4((across[u] + f4(_HALF_M)) * to_d - f4(127.5)))
        y = u4(i4((station[u] + f4(_POSITIVE_M)) * to_s - f4(127.5)))
        wx, wy = x & u4(255), y & u4(255)
        column, row = (x >> u4(8)) & mask_d, y >> u4(8)
        near = load_pair(texture, u4(origin + ((row & mask_s) << line) + column))
        far = load_pair(texture, u4(origin + (((row + u4(1)) & mask_s) << line) + column))
        a, b, c, d = u4(near), u4(near >> u8(32)), u4(far), u4(far >> u8(32))
        w11 = (wx * wy) >> u4(8)
        w01, w10 = wx - w11, wy - w11
        w00 = u4(256) - wx - w10
        rb = u4(u4(u4((a & pair) * w00) + u4((b & pair) * w01)) + u4(u4((c & pair) * w10) + u4((d & pair) * w11)))
        a, b, c, d = (a >> u4(8)) & pair, (b >> u4(8)) & pair, (c >> u4(8)) & pair, (d >> u4(8)) & pair
        ga = u4(u4(u4(a * w00) + u4(b * w01)) + u4(u4(c * w10) + u4(d * w11)))
        r = f4(i4(rb & low)) * scale
        g = f4(i4(ga & low)) * scale
        bl = f4(i4(rb >> u4(16))) * scale
        red[u] = r * r
        green[u] = g * g
        blue[u] = bl * bl
        alpha[u] = f4(i4(ga >> u4(16))) * scale


@kernel
def add_grain(noise, strength, lateral, station, begin, end, red, green, blue):
    """Roughen what lies nearer than the texture can show: normal ``noise`` on a grid of 1.9 by 2.7 cm."""
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        x = u4(i4((lateral[u] + f4(_POSITIVE_M)) * f4(53))) & u4(127)
        y = u4(i4((station[u] + f4(_POSITIVE_M)) * f4(37))) & u4(255)
        gain = f4(1) + strength * noise[(y << u4(7)) | x]
        gain = gain * gain
        red[u] *= gain
        green[u] *= gain
        blue[u] *= gain
