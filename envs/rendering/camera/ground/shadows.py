# mypy: allow-untyped-defs, allow-untyped-calls
"""Shadows of trees on the ground: a tile anchored in the world, turned and stretched along the sun's azimuth."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DEPTH, FOOT_AHEAD
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.art.layout import SHADOW_TEXELS

__all__ = [
    "SHADOW_BITS",
    "TEXELS_PER_M",
    "SunFrame",
    "pack_shadow",
    "shade_row",
    "shadow_in",
    "shadow_level",
    "sun_frame",
]

f4, i4, u4 = np.float32, np.int32, np.uint32

SHADOW_BITS = SHADOW_TEXELS.bit_length() - 1
"""Binary digits of a row or column of the tile."""
TEXELS_PER_M = 8.0
_LEVELS = SHADOW_BITS + 1


class SunFrame(NamedTuple):
    """Where the tile lies for one camera: the camera's texel coordinates, and their change per metre ahead and left."""

    across: np.float32
    along: np.float32
    across_ahead: np.float32
    across_left: np.float32
    along_ahead: np.float32
    along_left: np.float32


def pack_shadow(levels: NDArray[np.uint8], offsets: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Put each texel's 2 x 2 neighbourhood into one word, so that filtering costs one fetch.

    ``levels`` holds square levels of 256, 128, ... 1 texels one behind the other at ``offsets``.
    """
    packed = np.zeros(len(levels), np.uint32)
    for level, offset in enumerate(offsets[:_LEVELS]):
        side = SHADOW_TEXELS >> level
        tile = levels[offset : offset + side * side].reshape(side, side).astype(np.uint32)
        beside, above = np.roll(tile, -1, 1), np.roll(tile, -1, 0)
        words = tile | beside << 8 | above << 16 | np.roll(beside, -1, 0) << 24
        packed[offset : offset + side * side] = words.ravel()
    return packed


@glue
def sun_frame(x, y, heading, azimuth, elevation):
    """Lay the tile for a camera at ``x, y`` [m] looking along ``heading`` [rad] under the given sun [rad]."""
    stretch = 1.25 * max(math.tan(elevation), 0.12)
    cos_sun, sin_sun = math.cos(azimuth), math.sin(azimuth)
    ahead_cos, ahead_sin = math.cos(azimuth - heading), math.sin(azimuth - heading)
    side = float(SHADOW_TEXELS)
    across = (y * cos_sun - x * sin_sun) * TEXELS_PER_M
    along = (x * cos_sun + y * sin_sun) * TEXELS_PER_M * stretch
    return SunFrame(
        f4(across - side * math.floor(across / side)),
        f4(along - side * math.floor(along / side)),
        f4(-ahead_sin * TEXELS_PER_M),
        f4(ahead_cos * TEXELS_PER_M),
        f4(ahead_cos * TEXELS_PER_M * stretch),
        f4(ahead_sin * TEXELS_PER_M * stretch),
    )


@glue
def shadow_level(deep, wide):
    """Level of the tile for a footprint of ``deep`` by ``wide`` texels."""
    fine = math.log2(max(deep, f4(1))) + math.log2(max(wide, f4(1)))
    return min(int(f4(0.5) * fine + f4(0.3)), _LEVELS - 1)


@glue
def shadow_in(t, x, y):
    """Shadow, 0 (lit) to 1, at a place [1/256 texel] of a level whose texel there, with its neighbours, is ``t``."""
    byte = u4(255)
    wx = f4(x & i4(255)) * f4(1 / 256.0)
    wy = f4(y & i4(255)) * f4(1 / 256.0)
    a, b = f4(i4(t & byte)), f4(i4((t >> u4(8)) & byte))
    c, d = f4(i4((t >> u4(16)) & byte)), f4(i4(t >> u4(24)))
    near = a + (b - a) * wx
    far = c + (d - c) * wx
    return (near + (far - near) * wy) * f4(1 / 255.0)


@kernel
def shade_row(rows, v, tile, offsets, sun, focal, tangent, begin, end, shade):
    """Fill ``shade`` 0 (lit) ... 1 of pixels ``begin`` to ``end`` of row ``v``."""
    ahead, depth = rows[v, AHEAD], rows[v, DEPTH]
    deep, wide = rows[v, FOOT_AHEAD] * f4(TEXELS_PER_M), depth / f4(focal) * f4(TEXELS_PER_M)
    level = shadow_level(deep, wide)
    across, across_step = sun.across + sun.across_ahead * ahead, -sun.across_left * depth
    along, along_step = sun.along + sun.along_ahead * ahead, -sun.along_left * depth
    scale = f4(256.0) / f4(1 << level)
    mask = u4((SHADOW_TEXELS >> level) - 1)
    line = u4(SHADOW_BITS - level)
    origin = u4(offsets[level])
    for i in range(end - begin):
        u = np.uint64(begin) + np.uint64(i)
        x = i4(math.floor((across + across_step * tangent[u]) * scale - f4(127.5)))
        y = i4(math.floor((along + along_step * tangent[u]) * scale - f4(127.5)))
        t = tile[origin + (((u4(y >> i4(8)) & mask) << line) | (u4(x >> i4(8)) & mask))]
        shade[u] = shadow_in(t, x, y)
