# mypy: allow-untyped-defs, allow-untyped-calls
"""Precipitation: streaks of rain and flakes of snow before the lens, new in every frame."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.hashing import hash_pair, share
from wormdrive.envs.seasons.appearance import FLAKES, FOG, PRECIPITATION, WIND

__all__ = ["draw_precipitation"]

f4, u4 = np.float32, np.uint32

_MOST = 260  # particles in sight
_NEAREST_M, _DEPTH_M = 1.5, 9.0


@glue
def _flake(u, v, size, opacity, r, g, b, width, first, last, stride, red, green, blue):
    pixels = max(int(size * f4(1.2) + f4(0.5)), 1)
    radius = f4(0.5) * f4(pixels)
    for y in range(max(v, first), min(v + pixels, last)):
        for x in range(u, min(u + pixels, width)):
            du, dv = f4(x - u) + f4(0.5) - radius, f4(y - v) + f4(0.5) - radius
            soft = f4(1) if pixels < 3 else max(f4(1) - (du * du + dv * dv) / (radius * radius), f4(0))
            at = y * stride + x
            red[at] += opacity * soft * (r - red[at])
            green[at] += opacity * soft * (g - green[at])
            blue[at] += opacity * soft * (b - blue[at])


@glue
def _streak(u, v, length, slant, opacity, r, g, b, width, first, last, stride, red, green, blue):
    for y in range(max(v, first), min(v + length, last)):
        x = u + int(slant * f4(y - v))
        if 0 <= x < width:
            at = y * stride + x
            red[at] += opacity * (r - red[at])
            green[at] += opacity * (g - green[at])
            blue[at] += opacity * (b - blue[at])


@kernel
def draw_precipitation(appearance, seed, width, height, first, last, stride, red, green, blue):
    """Draw what falls before rows ``first`` to ``last``; ``seed`` is the frame's."""
    r, g, b = appearance[FOG] + f4(0.12), appearance[FOG + 1] + f4(0.12), appearance[FOG + 2] + f4(0.12)
    for k in range(int(appearance[PRECIPITATION] * f4(_MOST))):
        bits = hash_pair(k, seed)
        more = hash_pair(bits & u4(0xFFFFFFF), 13)
        deep = share(bits, 20)
        distance = f4(_NEAREST_M) + f4(_DEPTH_M) * deep * deep
        u, v = int(share(bits, 0) * f4(width)), int(share(bits, 10) * f4(height))
        if share(more, 0) < appearance[FLAKES]:
            size = f4(width) * f4(0.006) / distance + f4(0.35)
            opacity = min(f4(0.85) / (f4(1) + distance * f4(0.12)), size)
            _flake(u, v, size, opacity, r, g, b, width, first, last, stride, red, green, blue)
        else:
            length = int(f4(height) * f4(0.25) / distance) + 1
            slant = appearance[WIND] * (f4(0.2) + f4(0.25) * share(more, 10))
            _streak(
                u,
                v,
                length,
                slant,
                f4(0.17),
                f4(1.1) * r,
                f4(1.1) * g,
                f4(1.1) * b,
                width,
                first,
                last,
                stride,
                red,
                green,
                blue,
            )
