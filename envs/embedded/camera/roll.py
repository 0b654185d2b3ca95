# mypy: allow-untyped-defs, allow-untyped-calls
"""Roll: a camera that leans is drawn level, on a larger picture, which is then turned."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.lens import CELL
from wormdrive.envs.embedded.camera.numba_options import glue, kernel

__all__ = ["LEAST_ROLL", "turn_labels", "turn_light", "turned_size"]

f4, u8 = np.float32, np.uint64

LEAST_ROLL = 5e-4
"""Roll below which a picture is not turned [rad]: a twentieth of a pixel at the edge of a small one."""

_SLIGHT = 0.07  # rad


@glue
def _source(u, v, width, height, from_width, from_height, cos, sin):
    """Where pixel (u, v) of the turned picture lies in the level one, in pixels from its corner."""
    across, down = f4(u) + f4(0.5 - 0.5 * width), f4(v) + f4(0.5 - 0.5 * height)
    x = across * cos - down * sin + f4(0.5 * from_width)
    y = across * sin + down * cos + f4(0.5 * from_height)
    return x, y


@glue
def turned_size(width, height, roll):
    """Size of the level picture that holds a picture of ``width`` x ``height`` turned by up to ``roll`` [rad]."""
    angle = min(abs(roll), 0.5 * math.pi)
    lying = min(angle, math.atan2(height, width))
    standing = min(angle, math.atan2(width, height))
    wide = width * math.cos(lying) + height * math.sin(lying)
    tall = height * math.cos(standing) + width * math.sin(standing)
    return 2 * (int(math.ceil(0.5 * wide)) + 1) + width % 2, 2 * (int(math.ceil(0.5 * tall)) + 1) + height % 2


@kernel
def turn_light(light, from_width, from_height, from_stride, roll, width, height, stride, out):
    """Resample one plane bilinearly; positive ``roll`` [rad] lifts the camera's left side.

    For the small rolls of a car's body, eight pixels beside each other keep their whole-pixel offset and only their
    weights change, so that no fetch needs an address of its own; weights may leave [0, 1] by a quarter.
    """
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    last_x, last_y = f4(from_width) - f4(1.01), f4(from_height) - f4(1.01)
    slight = abs(roll) < _SLIGHT
    for v in range(height):
        for cell in range(stride // CELL):
            x, y = _source(cell * CELL, v, width, height, from_width, from_height, cos, sin)
            x, y = x - f4(0.5), y - f4(0.5)
            to = u8(v * stride + cell * CELL)
            middle_x, middle_y = x + f4(3.5) * (cos - f4(1)), y + f4(3.5) * sin
            if slight and f4(0) <= middle_x and middle_x <= last_x - f4(7) and f4(0) <= middle_y and middle_y <= last_y:
                at = u8(np.int32(middle_y)) * u8(from_stride) + u8(np.int32(middle_x))
                below = at + u8(from_stride)
                x, y = x - f4(np.int32(middle_x)), y - f4(np.int32(middle_y))
                for i in range(CELL):
                    k = u8(i)
                    wx, wy = x + f4(np.int32(i)) * (cos - f4(1)), y + f4(np.int32(i)) * sin
                    near = light[at + k] + (light[at + k + u8(1)] - light[at + k]) * wx
                    far = light[below + k] + (light[below + k + u8(1)] - light[below + k]) * wx
                    out[to + k] = near + (far - near) * wy
            else:
                for i in range(CELL):
                    px = min(max(x + f4(np.int32(i)) * cos, f4(0)), last_x)
                    py = min(max(y + f4(np.int32(i)) * sin, f4(0)), last_y)
                    at = u8(np.int32(py)) * u8(from_stride) + u8(np.int32(px))
                    below = at + u8(from_stride)
                    wx, wy = px - f4(np.int32(px)), py - f4(np.int32(py))
                    near = light[at] + (light[at + u8(1)] - light[at]) * wx
                    far = light[below] + (light[below + u8(1)] - light[below]) * wx
                    out[to + u8(i)] = near + (far - near) * wy


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
