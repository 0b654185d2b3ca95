# mypy: allow-untyped-defs, allow-untyped-calls
"""Ground trace: the depth of the ground in every pixel of a level camera.

Rays of one column of the picture go almost the same way over the land. From the bottom of the picture upwards, each
meets the ground no nearer than the one below it; so that a column is a single walk outwards. Every eighth column is
walked; between them one over depth, which is linear on a plane, is interpolated.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M, SKY_DEPTH_M
from wormdrive.envs.rendering.kernels.compilation import glue, kernel

__all__ = ["COLUMN_STEP", "trace_level_ground"]

f4 = np.float32

COLUMN_STEP: Final = 8
_STEEPEST: Final = 0.25  # slope of the land that steps allow for
_FURTHEST_M: Final = 250.0
_LEAST_FALL: Final = 0.0004
_NEAREST_M: Final = 0.3
_MOST_STEPS: Final = 120
_REFINEMENTS: Final = 2
_BACK: Final = 0.98  # a column leans a little, so that the next ray begins somewhat nearer than the last one ended


@kernel
def _walk(heights, west, south, camera, u, height, inverse):
    """Fill one over depth, 0 in the sky, in the rows of a column.

    The height of a place is looked up in one place, not by a function: numba counts references to an array that is
    handed on, which took four fifths of the time.
    """
    side = len(heights) - 1
    a = (u - camera.centre_u) / camera.focal
    eye_x, eye_y, eye_z = camera.x - west, camera.y - south, camera.z
    start, sky = _NEAREST_M, False
    for back in range(height):
        v = height - 1 - back
        inverse[v] = 0.0
        if sky:
            continue
        b = (v + 0.5 - camera.centre_v) / camera.focal
        dx = camera.forward_x + a * camera.right_x + b * camera.down_x
        dy = camera.forward_y + a * camera.right_y + b * camera.down_y
        dz = camera.forward_z + a * camera.right_z + b * camera.down_z
        level = math.sqrt(dx * dx + dy * dy)
        rate = max(_STEEPEST * level - dz, 1e-3)
        furthest = _FURTHEST_M / level
        at, gap, far, below, refined = start, 1.0, 0.0, 0.0, 0
        try_at, ground = start, 0.0
        for step in range(_MOST_STEPS):
            x, y = eye_x + dx * try_at, eye_y + dy * try_at
            x, y = min(max(x, 0.0), side - 1e-6), min(max(y, 0.0), side - 1e-6)
            column, row = int(x), int(y)
            fx, fy = x - column, y - row
            near = heights[row, column] + (heights[row, column + 1] - heights[row, column]) * fx
            beyond = heights[row + 1, column] + (heights[row + 1, column + 1] - heights[row + 1, column]) * fx
            ground = near + (beyond - near) * fy
            rest = eye_z + dz * try_at - ground
            if rest <= 0.0:
                far, below = try_at, rest
                if step == 0:
                    at, gap = try_at, 0.0
                    break
            else:
                at, gap = try_at, rest
            if far > 0.0:
                refined += 1
                if refined > _REFINEMENTS:
                    break
                try_at = at + gap / (gap - below) * (far - at)
            else:
                if at > furthest:
                    break
                try_at = at + max(gap / rate, 0.05 + 0.02 * at)
        if far > 0.0:
            depth = at + (gap / (gap - below) * (far - at) if gap > 0.0 else 0.0)
        elif dz > -_LEAST_FALL * level:
            sky = True
            continue
        else:
            depth = min(max((ground - eye_z) / dz, at), FURTHEST_GROUND_M)
        inverse[v] = 1.0 / max(depth, _NEAREST_M)
        start = max(_BACK * depth, _NEAREST_M)


@glue
def trace_level_ground(heights, west, south, camera, width, height, inverse, depths):
    """Fill ``depths`` (H * W,) float32 [m]: of the ground, SKY_DEPTH_M in the sky.

    ``heights`` (S + 1, S + 1) float32 [m] has a value a metre, the first at ``west``, ``south``; beyond it the land
    goes on as at its edge. ``inverse`` (2, H) float64 is work space.
    """
    _walk(heights, west, south, camera, 0.0, height, inverse[0])
    for first in range(0, width, COLUMN_STEP):
        _walk(heights, west, south, camera, float(first + COLUMN_STEP), height, inverse[1])
        for v in range(height):
            left, right = inverse[0, v], inverse[1, v]
            for k in range(COLUMN_STEP):
                part = (k + 0.5) / COLUMN_STEP
                value = left if part < 0.5 else right
                if left > 0.0 and right > 0.0:
                    value = left + (right - left) * part
                depths[v * width + first + k] = f4(1.0 / value) if value > 0.0 else f4(SKY_DEPTH_M)
            inverse[0, v] = right
