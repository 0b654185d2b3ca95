# mypy: allow-untyped-defs, allow-untyped-calls
"""Postprocess: from linear light to bytes: vignette, exposure, tone curve, gamma and sensor noise."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.hashing import hash_pair
from wormdrive.envs.seasons.appearance import EXPOSURE, NOISE, VIGNETTE

__all__ = ["develop", "noise_table", "tone"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

_STARTS = 1 << 15
_TONE_0, _TONE_1, _TONE_2, _TONE_3 = 254.8651, -40.8594, 12.1433, -2.0421
"""255 sqrt((1 + 0.12 y) / (1 + 0.45 y)) for y in 0..1.5, to a tenth of a step."""


@lru_cache(maxsize=8)
def noise_table(width: int) -> NDArray[np.float32]:
    """Make the normal noise that every row reads a stretch of, from a start that the frame seed chooses; read-only."""
    table = np.random.default_rng(20_260_607).standard_normal(_STARTS + width).astype(np.float32)
    table.setflags(write=False)
    return table


@glue
def tone(light):
    """Display value of linear light, 0..255: gamma of 1/2, then a shoulder that reaches white at 1.44."""
    y = min(max(light, f4(0)), f4(1.5))
    shoulder = f4(_TONE_0) + y * (f4(_TONE_1) + y * (f4(_TONE_2) + y * f4(_TONE_3)))
    return math.sqrt(y) * shoulder


@kernel
def _expose(red, green, blue, at, width, gain, columns, noise, starts, grain, bytes_r, bytes_g, bytes_b):
    first = u8(at)
    noise_r, noise_g, noise_b = starts
    for i in range(width):
        u = u8(i)
        k = gain * columns[u]
        r = tone(red[first + u] * k) + grain * noise[noise_r + u]
        g = tone(green[first + u] * k) + grain * noise[noise_g + u]
        b = tone(blue[first + u] * k) + grain * noise[noise_b + u]
        bytes_r[u] = np.uint8(i4(min(max(r + f4(0.5), f4(0)), f4(255))))
        bytes_g[u] = np.uint8(i4(min(max(g + f4(0.5), f4(0)), f4(255))))
        bytes_b[u] = np.uint8(i4(min(max(b + f4(0.5), f4(0)), f4(255))))


@kernel
def _interleave(bytes_r, bytes_g, bytes_b, width, at, out):
    first = u8(at)
    for i in range(width):
        u = u8(i)
        out[first + u8(3) * u] = bytes_r[u]
        out[first + u8(3) * u + u8(1)] = bytes_g[u]
        out[first + u8(3) * u + u8(2)] = bytes_b[u]


@kernel
def _interleave_bgra(bytes_r, bytes_g, bytes_b, width, at, out):
    first = u8(at)
    for i in range(width):
        u = u8(i)
        out[first + u8(4) * u] = bytes_b[u]
        out[first + u8(4) * u + u8(1)] = bytes_g[u]
        out[first + u8(4) * u + u8(2)] = bytes_r[u]
        out[first + u8(4) * u + u8(3)] = np.uint8(255)


@glue
def develop(
    red, green, blue, stride, width, first, last, appearance, noise, seed, tangent, focal, centre_v, columns,
    bytes_r, bytes_g, bytes_b, channels, out,
):  # fmt: skip
    """Turn the linear light of rows ``first`` to ``last`` into bytes: ``out`` (H * W * channels,) uint8.

    Three ``channels`` are red, green, blue; four are blue, green, red, 255.

    ``columns`` (W,) float32 and the bytes (W,) uint8 are work space. Three bytes a pixel are woven together in a loop
    of their own, which LLVM turns into shuffles; in the loop that computes them, it gives up.
    """
    vignette, grain = appearance[VIGNETTE], f4(255) * appearance[NOISE]
    for u in range(width):
        columns[u] = f4(1) / (f4(1) + vignette * tangent[u] * tangent[u])
    for v in range(first, last):
        tilt = f4((v + 0.5 - centre_v) / focal)
        bits = hash_pair(v, seed)
        starts = (
            u8(bits & u4(_STARTS - 1)),
            u8((bits >> u4(5)) & u4(_STARTS - 1)),
            u8((bits >> u4(10)) & u4(_STARTS - 1)),
        )
        gain = appearance[EXPOSURE] / (f4(1) + vignette * tilt * tilt)
        _expose(
            red, green, blue, v * stride, width, gain, columns, noise, starts, grain, bytes_r, bytes_g, bytes_b
        )  # fmt: skip
        if channels == 4:
            _interleave_bgra(bytes_r, bytes_g, bytes_b, width, 4 * v * width, out)
        else:
            _interleave(bytes_r, bytes_g, bytes_b, width, 3 * v * width, out)
