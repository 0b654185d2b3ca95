# mypy: allow-untyped-defs, allow-untyped-calls
"""Litter: fallen leaves and petals over road and verge alike; their tile follows the lateral position itself."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.rendering.camera.ground.ground_texture import choose_level
from wormdrive.envs.rendering.camera.ground.rows import FOOT_D, FOOT_S
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.art.litter import LITTER_TEXELS, LITTER_TEXELS_PER_M
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S

__all__ = ["lay_litter"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

_BITS = LITTER_TEXELS.bit_length() - 1
_POSITIVE_M = 512.0  # whole periods, added so that coordinates stay positive
_WIDEST_M = 400.0


@glue
def lay_litter(rows, v, texture, offsets, amount, phase, fine, lateral, along, begin, end, bareness, red, green, blue):
    """Lay leaves over pixels ``begin`` to ``end`` of row ``v``; ``fine`` filters their outlines.

    Near the eye single leaves lie where their texel's earliness (alpha) exceeds 1 - t, t being the ``amount`` lowered
    where wheels run; far off, where a texel holds the mean of many, their share is 2 t times its earliness.
    """
    level_s = choose_level(rows[v, FOOT_S], LITTER_TEXELS_PER_M, RIPMAP_LEVELS_S - 1)
    level_d = choose_level(rows[v, FOOT_D], LITTER_TEXELS_PER_M, RIPMAP_LEVELS_D - 1)
    origin = u4(offsets[level_s, level_d])
    if fine:
        _lay_filtered(
            level_s, level_d, texture, origin, amount, phase, lateral, along, begin, end, bareness, red, green, blue
        )  # fmt: skip
    else:
        _lay(level_s, level_d, texture, origin, amount, phase, lateral, along, begin, end, bareness, red, green, blue)


@glue
def _place(lateral, along, phase, to_s, to_d):
    """Texel coordinates across and along."""
    x = (min(max(lateral, f4(-_WIDEST_M)), f4(_WIDEST_M)) + f4(_POSITIVE_M)) * to_d
    return x, (along + phase + f4(_POSITIVE_M)) * to_s


@glue
def _single(texel, t):
    """Share of a texel that a single leaf covers."""
    return min(max((f4(i4(texel >> u4(24))) * f4(1 / 255.0) + (t - f4(1))) * f4(8), f4(0)), f4(1))


@glue
def _blend(texel, t, single, far, red, green, blue):
    """Reflectance of a pixel with leaves on it."""
    byte, to_unit = u4(255), f4(1 / 255.0)
    mean = min(f4(2) * (f4(i4(texel >> u4(24))) * to_unit) * t, f4(1))
    cover = single + (mean - single) * far
    r = f4(i4(texel & byte)) * to_unit
    g = f4(i4((texel >> u4(8)) & byte)) * to_unit
    b = f4(i4((texel >> u4(16)) & byte)) * to_unit
    return red + (r * r - red) * cover, green + (g * g - green) * cover, blue + (b * b - blue) * cover


@kernel
def _lay(level_s, level_d, texture, origin, amount, phase, lateral, along, begin, end, bareness, red, green, blue):
    far = min(f4(0.25) * f4(level_s + level_d), f4(1))
    to_s = f4(LITTER_TEXELS_PER_M) / f4(1 << level_s)
    to_d = f4(LITTER_TEXELS_PER_M) / f4(1 << level_d)
    mask_s, mask_d = u4((LITTER_TEXELS >> level_s) - 1), u4((LITTER_TEXELS >> level_d) - 1)
    line = u4(_BITS - level_d)
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        x, y = _place(lateral[u], along[u], phase, to_s, to_d)
        t = min(amount * (f4(1.25) - bareness[u]), f4(1))
        texel = texture[origin + ((u4(i4(y)) & mask_s) << line) + (u4(i4(x)) & mask_d)]
        red[u], green[u], blue[u] = _blend(texel, t, _single(texel, t), far, red[u], green[u], blue[u])


@kernel
def _lay_filtered(
    level_s, level_d, texture, origin, amount, phase, lateral, along, begin, end, bareness, red, green, blue
):  # fmt: skip
    """Lay leaves whose outlines are blended over four texels.

    A loop of its own: with a choice inside, LLVM fetches all five texels whether they are wanted or not.
    """
    far = min(f4(0.25) * f4(level_s + level_d), f4(1))
    to_s = f4(LITTER_TEXELS_PER_M) / f4(1 << level_s)
    to_d = f4(LITTER_TEXELS_PER_M) / f4(1 << level_d)
    mask_s, mask_d = u4((LITTER_TEXELS >> level_s) - 1), u4((LITTER_TEXELS >> level_d) - 1)
    line = u4(_BITS - level_d)
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        x, y = _place(lateral[u], along[u], phase, to_s, to_d)
        t = min(amount * (f4(1.25) - bareness[u]), f4(1))
        texel = texture[origin + ((u4(i4(y)) & mask_s) << line) + (u4(i4(x)) & mask_d)]
        x -= f4(0.5)
        y -= f4(0.5)
        wx, wy = x - f4(i4(x)), y - f4(i4(y))
        near, far_row = (u4(i4(y)) & mask_s) << line, ((u4(i4(y)) + u4(1)) & mask_s) << line
        left, right = u4(i4(x)) & mask_d, (u4(i4(x)) + u4(1)) & mask_d
        a, b = _single(texture[origin + near + left], t), _single(texture[origin + near + right], t)
        c, d = _single(texture[origin + far_row + left], t), _single(texture[origin + far_row + right], t)
        single = (a + (b - a) * wx) * (f4(1) - wy) + (c + (d - c) * wx) * wy
        single = min(max((single - f4(0.5)) * f4(3) + f4(0.5), f4(0)), f4(1))
        red[u], green[u], blue[u] = _blend(texel, t, single, far, red[u], green[u], blue[u])
