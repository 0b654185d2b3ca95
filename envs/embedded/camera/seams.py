"""Seams: where two materials meet that do not touch in the texture, the boundary is blended over a pixel's footprint."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.embedded.camera.rows import ALONG_X, COS, DEPTH, FOOT_D, KAPPA, SIN

__all__ = ["blend_seams"]

f4 = np.float32

_WIDEST = 24.0  # pixels


@glue
def _blend(values, column, begin, end, left, right):
    """Ramp from the value left of a boundary to the one right of it, by each pixel's share of either side."""
    a, b = values[left], values[right]
    ramp = f4(1) / max(right - left - f4(1), f4(1))
    for u in range(begin, end):
        t = min(max((f4(u) + f4(0.5) - column) * ramp + f4(0.5), f4(0)), f4(1))
        values[u] = a + (b - a) * t


@glue
def blend_seams(entry, layout, focal, columns, low, high, row):
    """Blend reflectance and bareness at every seam between pixels ``low`` and ``high``."""
    kappa = entry[KAPPA]
    per_metre = f4(focal) / entry[DEPTH]
    for k in range(1, layout.count):
        column = columns[k]
        if layout.seam[k] == 0 or column <= f4(low) or column >= f4(high):
            continue
        d = layout.edges[k]
        x = entry[ALONG_X]
        root = entry[COS] * entry[COS] - kappa * (f4(2) * (x * entry[SIN] + d) + kappa * (x * x - d * d))
        spread = entry[FOOT_D] * per_metre * abs(f4(1) - kappa * d) / math.sqrt(max(root, f4(0.01)))
        half = f4(0.5) * min(max(spread, f4(1)), f4(_WIDEST))
        left = int(math.ceil(column - half - f4(0.5))) - 1
        right = int(math.floor(column + half - f4(0.5))) + 1
        if left < low or right >= high:
            continue
        _blend(row.red, column, left + 1, right, left, right)
        _blend(row.green, column, left + 1, right, left, right)
        _blend(row.blue, column, left + 1, right, left, right)
        _blend(row.bareness, column, left + 1, right, left, right)
