"""Post: from linear light to bytes: vignette, exposure, tone curve, gamma and sensor noise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.hashing import hash_pair
from wormdrive.envs.embedded.camera.numba_options import glue, kernel
from wormdrive.envs.seasons.appearance import EXPOSURE, NOISE, VIGNETTE

__all__ = ["develop", "noise_table"]

f4, i4, u4 = np.float32, np.int32, np.uint32

_STARTS = 1 << 15


def noise_table(width: int) -> NDArray[np.float32]:
    """Make the normal noise that every row reads a stretch of, from a start that the frame's seed chooses."""
    return np.random.default_rng(20_260_607).standard_normal(_STARTS + width).astype(np.float32)


@kernel
def _develop(light, noise, start, tangent, row_loss, vignette, exposure, grain, width, values):
    for u in range(width):
        falloff = f4(1) + vignette * tangent[u] * tangent[u] + row_loss
        y = max(light[u], f4(0)) * exposure
        y = y / falloff
        y = y * (f4(1) + y * f4(0.12)) / (f4(1) + y * f4(0.45))
        value = math.sqrt(y) + grain * noise[start + u]
        values[u] = np.uint8(i4(min(max(value * f4(255) + f4(0.5), f4(0)), f4(255))))


@kernel
def _interleave(red, green, blue, width, out):
    for u in range(width):
        out[u, 0] = red[u]
        out[u, 1] = green[u]
        out[u, 2] = blue[u]


@glue
def develop(canvas, looks, noise, seed, tangent, focal, centre_v, bytes_r, bytes_g, bytes_b, out):
    """Fill ``out`` (H, W, 3) uint8."""
    width = canvas.width
    for v in range(canvas.height):
        tilt = (f4(v) + f4(0.5) - f4(centre_v)) / f4(focal)
        bits = hash_pair(v, seed)
        at = v * width
        loss = looks[VIGNETTE] * tilt * tilt
        for c in range(3):
            plane = canvas.red if c == 0 else (canvas.green if c == 1 else canvas.blue)
            target = bytes_r if c == 0 else (bytes_g if c == 1 else bytes_b)
            start = int((bits >> u4(5 * c)) & u4(_STARTS - 1))
            _develop(
                plane[at : at + width], noise, start, tangent, loss, looks[VIGNETTE], looks[EXPOSURE], looks[NOISE], width,
                target,
            )  # fmt: skip
        _interleave(bytes_r, bytes_g, bytes_b, width, out[v])
