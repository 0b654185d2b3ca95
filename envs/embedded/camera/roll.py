# mypy: allow-untyped-defs, allow-untyped-calls
"""Roll: a camera that leans is drawn level, on a larger picture, which is then turned."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.numba_options import glue, kernel

__all__ = ["LEAST_ROLL", "turn_labels", "turn_light", "turned_size"]

f4, u8 = np.float32, np.uint64

LEAST_ROLL = 1e-4
"""Roll below which a picture is not turned [rad]."""


def turned_size(width: int, height: int, roll: float) -> tuple[int, int]:
    """Size of the level picture that holds a picture of ``width`` x ``height`` turned by up to ``roll`` [rad]."""
    angle = min(abs(roll), 0.5 * math.pi)
    steepest = min(angle, math.atan2(height, width)), min(angle, math.atan2(width, height))
    wide = width * math.cos(steepest[0]) + height * math.sin(steepest[0])
    tall = height * math.cos(steepest[1]) + width * math.sin(steepest[1])
    return 2 * (math.ceil(0.5 * wide) + 1) + width % 2, 2 * (math.ceil(0.5 * tall) + 1) + height % 2


@glue
def _source(u, v, width, height, from_width, from_height, cos, sin):
    """Where pixel (u, v) of the turned picture lies in the level one, in pixels from its corner."""
    across, down = f4(u) + f4(0.5 - 0.5 * width), f4(v) + f4(0.5 - 0.5 * height)
    x = across * cos - down * sin + f4(0.5 * from_width)
    y = across * sin + down * cos + f4(0.5 * from_height)
    return x, y


@kernel
def turn_light(light, from_width, from_height, from_stride, roll, width, height, stride, out):
    """Resample one plane bilinearly; positive ``roll`` [rad] lifts the camera's left side."""
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    for v in range(height):
        for u in range(width):
            x, y = _source(u, v, width, height, from_width, from_height, cos, sin)
            x = min(max(x - f4(0.5), f4(0)), f4(from_width) - f4(1.01))
            y = min(max(y - f4(0.5), f4(0)), f4(from_height) - f4(1.01))
            column, row = u8(np.int32(x)), u8(np.int32(y))
            wx, wy = x - f4(np.int32(x)), y - f4(np.int32(y))
            at = row * u8(from_stride) + column
            below = at + u8(from_stride)
            near = light[at] + (light[at + u8(1)] - light[at]) * wx
            far = light[below] + (light[below + u8(1)] - light[below]) * wx
            out[u8(v) * u8(stride) + u8(u)] = near + (far - near) * wy


@kernel
def turn_labels(labels, depths, from_width, from_height, roll, width, height, out_labels, out_depths):
    """Resample labels and depths by taking the nearest."""
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    for v in range(height):
        for u in range(width):
            x, y = _source(u, v, width, height, from_width, from_height, cos, sin)
            column = min(max(np.int32(x), 0), from_width - 1)
            row = min(max(np.int32(y), 0), from_height - 1)
            at, to = row * from_width + column, v * width + u
            out_labels[to] = labels[at]
            out_depths[to] = depths[at]
