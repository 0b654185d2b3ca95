# mypy: allow-untyped-defs, allow-untyped-calls
"""Road projection: where beside a road a point lies, by the circle of its reference line at the nearest sample.

The same closed form as in ``camera/ground/projection.py``: exact on lines and arcs, and within a millimetre on whatever
else bends, since the sample is at most half a step away.
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.road_strips import COS, CURVATURE, SIN, STEP_M, TILT, X, Y, Z

__all__ = ["JOINT_M", "foot_on", "height_on", "nearest_sample"]

JOINT_M: Final = 0.05
"""A road that ends this much before the next one begins still touches it [m]."""

_HALF: Final = 0.5 * STEP_M
_STRIDE: Final = 8


@glue
def nearest_sample(samples, first, last, x, y):
    """Sample between ``first`` and ``last`` that is nearest to a point, and its squared distance [m^2]."""
    best, least = first, 1e30
    for j in range(first, last + 1, _STRIDE):
        dx, dy = x - samples[j, X], y - samples[j, Y]
        square = dx * dx + dy * dy
        if square < least:
            best, least = j, square
    middle = best
    for j in range(max(first, middle - _STRIDE + 1), min(last, middle + _STRIDE - 1) + 1):
        dx, dy = x - samples[j, X], y - samples[j, Y]
        square = dx * dx + dy * dy
        if square < least:
            best, least = j, square
    return best, least


@glue
def _arc(samples, j, x, y):
    """Distance to the left of the circle at sample ``j``, and arc from there [m]."""
    dx, dy = x - samples[j, X], y - samples[j, Y]
    cos, sin, kappa = samples[j, COS], samples[j, SIN], samples[j, CURVATURE]
    a, b = dx * cos + dy * sin, dy * cos - dx * sin
    q = a * a + b * b
    d = (2.0 * b - kappa * q) / (1.0 + math.sqrt(max(1.0 - 2.0 * kappa * b + kappa * kappa * q, 0.0)))
    w = a / max(1.0 - kappa * b, 0.25)
    turn = kappa * w
    return d, w * (1.0 - turn * turn * 0.3333 / (1.0 + 0.6 * turn * turn))


@glue
def foot_on(samples, first, last, j, x, y):
    """Find the foot of a point on a road whose samples run from ``first`` to ``last``, beginning at sample ``j``.

    Returns the sample nearest to the foot, the arc from there to it, the distance to the left, and how far the point
    lies before the road's start or beyond its end [m].
    """
    d, along = _arc(samples, j, x, y)
    moved = min(max(j + int(round(along / STEP_M)), first), last)
    if moved != j:
        j = moved
        d, along = _arc(samples, j, x, y)
    beyond = 0.0
    if j == first and along < -_HALF:
        beyond = -_HALF - along
    elif j == last and along > _HALF:
        beyond = along - _HALF
    return j, along, d, beyond


@glue
def height_on(samples, first, last, j, along, d):
    """Height of a road's surface at a foot, ``d`` to the left [m]."""
    beside = min(max(j + (1 if along > 0.0 else -1), first), last)
    part = min(abs(along) / STEP_M, 1.0)
    z = samples[j, Z] + part * (samples[beside, Z] - samples[j, Z])
    return z + d * (samples[j, TILT] + part * (samples[beside, TILT] - samples[j, TILT]))
