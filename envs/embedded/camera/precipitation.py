"""Precipitation: streaks of rain and flakes of snow before the lens, new in every frame."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.embedded.camera.hashing import hash_pair, share
from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.seasons.appearance import FLAKES, FOG, PRECIPITATION, WIND

__all__ = ["draw_precipitation"]

f4, u4 = np.float32, np.uint32

_MOST = 260  # particles in sight
_NEAREST_M, _DEPTH_M = 1.5, 9.0


@glue
def _mix(canvas, at, opacity, r, g, b):
    canvas.red[at] += opacity * (r - canvas.red[at])
    canvas.green[at] += opacity * (g - canvas.green[at])
    canvas.blue[at] += opacity * (b - canvas.blue[at])


@glue
def _flake(canvas, u, v, size, opacity, r, g, b):
    pixels = max(int(size * f4(1.2) + f4(0.5)), 1)
    radius = f4(0.5) * f4(pixels)
    for y in range(v, min(v + pixels, canvas.height)):
        for x in range(u, min(u + pixels, canvas.width)):
            du, dv = f4(x - u) + f4(0.5) - radius, f4(y - v) + f4(0.5) - radius
            soft = f4(1) if pixels < 3 else max(f4(1) - (du * du + dv * dv) / (radius * radius), f4(0))
            _mix(canvas, y * canvas.width + x, opacity * soft, r, g, b)


@glue
def _streak(canvas, u, v, length, slant, opacity, r, g, b):
    for y in range(v, min(v + length, canvas.height)):
        x = u + int(slant * f4(y - v))
        if 0 <= x < canvas.width:
            _mix(canvas, y * canvas.width + x, opacity, r, g, b)


@glue
def draw_precipitation(canvas, looks, seed):
    """Draw what falls; ``seed`` is the frame's."""
    count = int(looks[PRECIPITATION] * f4(_MOST))
    r, g, b = looks[FOG] + f4(0.12), looks[FOG + 1] + f4(0.12), looks[FOG + 2] + f4(0.12)
    for k in range(count):
        bits = hash_pair(k, seed)
        more = hash_pair(bits & u4(0xFFFFFFF), 13)
        deep = share(bits, 20)
        distance = f4(_NEAREST_M) + f4(_DEPTH_M) * deep * deep
        u, v = int(share(bits, 0) * f4(canvas.width)), int(share(bits, 10) * f4(canvas.height))
        if share(more, 0) < looks[FLAKES]:
            size = f4(canvas.width) * f4(0.006) / distance + f4(0.35)
            _flake(canvas, u, v, size, min(f4(0.85) / (f4(1) + distance * f4(0.12)), size), r, g, b)
        else:
            length = int(f4(canvas.height) * f4(0.25) / distance) + 1
            slant = looks[WIND] * (f4(0.2) + f4(0.25) * share(more, 10))
            _streak(canvas, u, v, length, slant, f4(0.17), f4(1.1) * r, f4(1.1) * g, f4(1.1) * b)
