# mypy: allow-untyped-defs, allow-untyped-calls
"""Post: from linear light to bytes: vignette, exposure, tone curve, gamma and sensor noise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.hashing import hash_pair
from wormdrive.envs.embedded.camera.numba_options import kernel
from wormdrive.envs.seasons.appearance import EXPOSURE, NOISE, VIGNETTE

__all__ = ["develop", "noise_table"]

f4, i4, u4 = np.float32, np.int32, np.uint32

_STARTS = 1 << 15


def noise_table(width: int) -> NDArray[np.float32]:
    """Make the normal noise that every row reads a stretch of, from a start that the frame's seed chooses."""
    return np.random.default_rng(20_260_607).standard_normal(_STARTS + width).astype(np.float32)


@kernel
def develop(red, green, blue, width, height, looks, noise, seed, tangent, focal, centre_v, out):
    """Turn linear light into bytes: ``out`` (H, W, 3) uint8.

    The tone curve is y (1 + 0.12 y) / (1 + 0.45 y), then a square root for gamma.
    """
    vignette, exposure, grain = looks[VIGNETTE], looks[EXPOSURE], f4(255) * looks[NOISE]
    for v in range(height):
        tilt = f4((v + 0.5 - centre_v) / focal)
        bits = hash_pair(v, seed)
        first = np.uint64(v * width)
        noise_r = np.uint64(bits & u4(_STARTS - 1))
        noise_g = np.uint64((bits >> u4(5)) & u4(_STARTS - 1))
        noise_b = np.uint64((bits >> u4(10)) & u4(_STARTS - 1))
        loss = f4(1) + vignette * tilt * tilt
        for i in range(width):
            u = np.uint64(i)
            gain = exposure / (loss + vignette * tangent[u] * tangent[u])
            r, g, b = (
                max(red[first + u], f4(0)) * gain,
                max(green[first + u], f4(0)) * gain,
                max(blue[first + u], f4(0)) * gain,
            )
            r = math.sqrt(r * (f4(1) + f4(0.12) * r) / (f4(1) + f4(0.45) * r)) * f4(255) + grain * noise[noise_r + u]
            g = math.sqrt(g * (f4(1) + f4(0.12) * g) / (f4(1) + f4(0.45) * g)) * f4(255) + grain * noise[noise_g + u]
            b = math.sqrt(b * (f4(1) + f4(0.12) * b) / (f4(1) + f4(0.45) * b)) * f4(255) + grain * noise[noise_b + u]
            out[v, u, 0] = np.uint8(i4(min(max(r + f4(0.5), f4(0)), f4(255))))
            out[v, u, 1] = np.uint8(i4(min(max(g + f4(0.5), f4(0)), f4(255))))
            out[v, u, 2] = np.uint8(i4(min(max(b + f4(0.5), f4(0)), f4(255))))
