# mypy: allow-untyped-defs, allow-untyped-calls
"""Projection: station and lateral position of every pixel of a ground row.

A row's line crosses the route's osculating circle at its foot. With kappa the curvature, a and b a pixel's place along
and across the tangent at the foot, and q = a^2 + b^2, the distance to the circle is exactly

    d = (2 b - kappa q) / (1 + sqrt(1 - 2 kappa b + kappa^2 q)),

a form that stays accurate when kappa goes to zero; the arc from the foot is atan(kappa w) / kappa with
w = a / (1 - kappa b).
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.rows import ALONG_X, CENTRE_Y, COS, DEPTH, KAPPA, SIN
from wormdrive.envs.rendering.kernels.compilation import glue, kernel

__all__ = ["BEHIND_CENTRE", "column_of", "project_row", "reach_columns"]

f4 = np.float32

BEHIND_CENTRE = 0.75
"""Share of the radius towards the circle's centre beyond which a pixel counts as open country."""


@kernel
def project_row(rows, v, tangent, width, lateral, along):
    """Fill ``lateral`` and ``along`` (W,) [m]: distance from the circle, left positive, and arc from the foot."""
    depth, along_x, centre_y = rows[v, DEPTH], rows[v, ALONG_X], rows[v, CENTRE_Y]
    cos, sin, kappa = rows[v, COS], rows[v, SIN], rows[v, KAPPA]
    for u in range(width):
        e = -depth * tangent[u] - centre_y
        a = along_x * cos + e * sin
        b = e * cos - along_x * sin
        q = a * a + b * b
        inner = f4(1) - f4(2) * kappa * b + kappa * kappa * q
        d = (f4(2) * b - kappa * q) / (f4(1) + math.sqrt(max(inner, f4(0))))
        towards = f4(1) - kappa * b
        w = a / max(towards, f4(1 - BEHIND_CENTRE))
        turn = kappa * w
        lateral[u] = d
        along[u] = w * (f4(1) - turn * turn * f4(0.3333) / (f4(1) + f4(0.6) * turn * turn))


@glue
def column_of(d, rows, v, focal, centre_u, far):
    """Column [pixel, continuous] where row ``v`` meets the lateral position ``d``.

    A circle is met twice: ``far`` chooses the crossing beyond the point nearest to the circle's centre. Where the row
    never comes as near to the centre as ``d``, the answer is -1e9 or 1e9: past that nearest point.
    """
    kappa, cos, sin, x = rows[v, KAPPA], rows[v, COS], rows[v, SIN], rows[v, ALONG_X]
    c = f4(2) * (x * sin + d) + kappa * (x * x - d * d)
    root = cos * cos - kappa * c
    if root < f4(0) or kappa * d >= f4(1):
        return f4(-1e9) if (kappa > f4(0)) != far else f4(1e9)
    e = (cos + math.sqrt(root)) / kappa if far else c / max(cos + math.sqrt(root), f4(1e-6))
    return f4(centre_u) - (rows[v, CENTRE_Y] + e) * f4(focal) / rows[v, DEPTH]


@glue
def reach_columns(rows, v, focal, centre_u):
    """Columns where row ``v`` is nearest to its circle's centre, and where open country behind the centre begins.

    Both are -1e9 or 1e9 (the side of the centre) where they lie far out of the picture.
    """
    kappa, cos, sin, x = rows[v, KAPPA], rows[v, COS], rows[v, SIN], rows[v, ALONG_X]
    side = f4(-1e9) if kappa > f4(0) else f4(1e9)
    if abs(kappa) < f4(1e-5):
        return side, side
    per_metre = f4(focal) / rows[v, DEPTH]
    nearest = f4(centre_u) - (rows[v, CENTRE_Y] + cos / kappa) * per_metre
    behind = side
    if cos > f4(1e-3):
        behind = f4(centre_u) - (rows[v, CENTRE_Y] + (f4(BEHIND_CENTRE) / kappa + x * sin) / cos) * per_metre
    return nearest, behind
