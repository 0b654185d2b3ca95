# mypy: allow-untyped-defs, allow-untyped-calls
"""Seams: where two materials meet that do not touch in the texture, the boundary is blended over a footprint."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.rows import ALONG_X, COS, DEPTH, FOOT_D, KAPPA, SIN
from wormdrive.envs.rendering.kernels.compilation import glue, kernel

__all__ = ["SEAM_REACH", "blend_seams"]

f4 = np.float32

_WIDEST = 24.0  # pixels
SEAM_REACH = 32
"""Pixels beyond those shown that a seam may blend into them: whole cells, no fewer than the widest seam has."""


@glue
def _blend(values, column, left, right):
    """Ramp from the value left of a boundary to the one right of it, by each pixel's share of either side."""
    a, b = values[left], values[right]
    ramp = f4(1) / max(f4(right - left - 1), f4(1))
    for u in range(left + 1, right):
        t = min(max((f4(u) + f4(0.5) - column) * ramp + f4(0.5), f4(0)), f4(1))
        values[u] = a + (b - a) * t


@kernel
def blend_seams(
    rows, v, edges, seam, section, runs, focal, columns, low, high, begin, end, red, green, blue, bareness
):  # fmt: skip
    """Blend reflectance and bareness at every seam of row ``v`` between pixels ``low`` and ``high``.

    Pixels ``begin`` to ``end`` are shown, and those up to ``SEAM_REACH`` beyond have been fetched.
    """
    kappa, x = rows[v, KAPPA], rows[v, ALONG_X]
    for k in range(1, runs):
        column = columns[k]
        if seam[section, k] == 0 or column <= f4(low) or column >= f4(high):
            continue
        d = edges[section, k]
        root = rows[v, COS] * rows[v, COS] - kappa * (f4(2) * (x * rows[v, SIN] + d) + kappa * (x * x - d * d))
        spread = rows[v, FOOT_D] * f4(focal) / rows[v, DEPTH] * abs(f4(1) - kappa * d) / math.sqrt(max(root, f4(0.01)))
        half = f4(0.5) * min(max(spread, f4(1)), f4(_WIDEST))
        left = int(math.ceil(column - half - f4(0.5))) - 1
        right = int(math.floor(column + half - f4(0.5))) + 1
        if left < low or right >= high or left + 1 >= end or right <= begin:
            continue
        _blend(red, column, left, right)
        _blend(green, column, left, right)
        _blend(blue, column, left, right)
        _blend(bareness, column, left, right)
