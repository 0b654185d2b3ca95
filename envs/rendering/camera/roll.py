# mypy: allow-untyped-defs, allow-untyped-calls
"""Roll: a camera that leans is drawn level, on a larger picture, which is then turned."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.kernels.compilation import glue, kernel

__all__ = [
    "LEAST_ROLL",
    "SLIGHT_ROLL",
    "pick_labels",
    "turn_depths",
    "turn_labels",
    "turn_slightly",
    "turn_steeply",
    "turned_size",
]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

LEAST_ROLL = 5e-4
"""Roll below which a picture is not turned [rad]: a twentieth of a pixel at the edge of a small one."""

SLIGHT_ROLL = 0.07
"""Roll up to which ``turn_slightly`` is good enough [rad]."""


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
    return 2 * (math.ceil(0.5 * wide) + 1) + width % 2, 2 * (math.ceil(0.5 * tall) + 1) + height % 2


@kernel
def _turn_cell(red, green, blue, at, below, to, x, y, step_x, step_y, out_red, out_green, out_blue):
    for i in range(CELL):
        k, one = u8(i), u8(1)
        wx, wy = x + f4(i4(i)) * step_x, y + f4(i4(i)) * step_y
        w11 = wx * wy
        w01, w10 = wx - w11, wy - w11
        w00 = f4(1) - wx - w10
        a, b, c, d = at + k, at + k + one, below + k, below + k + one
        out_red[to + k] = red[a] * w00 + red[b] * w01 + red[c] * w10 + red[d] * w11
        out_green[to + k] = green[a] * w00 + green[b] * w01 + green[c] * w10 + green[d] * w11
        out_blue[to + k] = blue[a] * w00 + blue[b] * w01 + blue[c] * w10 + blue[d] * w11


@kernel
def turn_slightly(
    red, green, blue, from_width, from_height, from_stride, roll, width, height, first, last, stride, out_red,
    out_green, out_blue,
):  # fmt: skip
    """Resample light bilinearly for the small rolls of a car's body, up to ``SLIGHT_ROLL``; rows ``first`` to ``last``.

    Pixels of a cell keep their whole-pixel offset and only their weights change, so that no fetch needs an address of
    its own; weights may leave [0, 1] by a quarter.
    """
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    last_x, last_y = f4(from_width - CELL) - f4(1.01), f4(from_height) - f4(2.01)
    for v in range(first, last):
        for cell in range(stride // CELL):
            x, y = _source(cell * CELL, v, width, height, from_width, from_height, cos, sin)
            x, y = x - f4(0.5), y - f4(0.5)
            column = i4(min(max(x + f4(0.5 * CELL) * (cos - f4(1)), f4(0)), last_x))
            row = i4(min(max(y + f4(0.5 * CELL) * sin, f4(0)), last_y))
            at = u8(row * from_stride + column)
            _turn_cell(
                red, green, blue, at, at + u8(from_stride), u8(v * stride + cell * CELL), x - f4(column), y - f4(row),
                cos - f4(1), sin, out_red, out_green, out_blue,
            )  # fmt: skip


@kernel
def turn_steeply(
    red, green, blue, from_width, from_height, from_stride, roll, width, height, first, last, stride, out_red,
    out_green, out_blue,
):  # fmt: skip
    """Resample light bilinearly for any roll; rows ``first`` to ``last``."""
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    last_x, last_y = f4(from_width) - f4(2.01), f4(from_height) - f4(2.01)
    line = u4(from_stride)
    for v in range(first, last):
        x0, y0 = _source(0, v, width, height, from_width, from_height, cos, sin)
        begin = u8(v * stride)
        for i in range(width):
            x = min(max(x0 + f4(i4(i)) * cos - f4(0.5), f4(0)), last_x)
            y = min(max(y0 + f4(i4(i)) * sin - f4(0.5), f4(0)), last_y)
            at = u4(i4(y)) * line + u4(i4(x))
            wx, wy = x - f4(i4(x)), y - f4(i4(y))
            w11 = wx * wy
            w01, w10 = wx - w11, wy - w11
            w00 = f4(1) - wx - w10
            a, b, c, d = u4(at), u4(at + u4(1)), u4(at + line), u4(at + line + u4(1))
            to = begin + u8(i)
            out_red[to] = red[a] * w00 + red[b] * w01 + red[c] * w10 + red[d] * w11
            out_green[to] = green[a] * w00 + green[b] * w01 + green[c] * w10 + green[d] * w11
            out_blue[to] = blue[a] * w00 + blue[b] * w01 + blue[c] * w10 + blue[d] * w11


@kernel
def pick_labels(labels, width, first, last, stride, step, out_labels):
    """Take the label at the middle of each square of ``step`` pixels of a picture that is not turned.

    Only middles in rows ``first`` to ``last``.
    """
    for v in range(first + (step // 2 - first) % step, last, step):
        at, to = u8(v * stride + step // 2), u8(v // step * (width // step))
        for u in range(width // step):
            out_labels[to + u8(u)] = labels[at + u8(u * step)]


@kernel
def turn_labels(
    labels, from_width, from_height, from_stride, roll, width, height, first, last, step, out_labels
):  # fmt: skip
    """Resample labels by taking the nearest, for the middle of each square of ``step`` pixels.

    Only middles in rows ``first`` to ``last``.
    """
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    for v in range(first + (step // 2 - first) % step, last, step):
        to = u8(v // step * (width // step))
        for u in range(step // 2, width, step):
            x, y = _source(u, v, width, height, from_width, from_height, cos, sin)
            column = min(max(i4(x), i4(0)), i4(from_width - 1))
            row = min(max(i4(y), i4(0)), i4(from_height - 1))
            out_labels[to] = labels[u4(row) * u4(from_stride) + u4(column)]
            to += u8(1)


@kernel
def turn_depths(depths, from_width, from_height, roll, width, height, first, last, out_depths):
    """Resample depths by taking the nearest; rows ``first`` to ``last``."""
    cos, sin = f4(math.cos(roll)), f4(math.sin(roll))
    for v in range(first, last):
        for u in range(width):
            x, y = _source(u, v, width, height, from_width, from_height, cos, sin)
            column = min(max(np.int32(x), 0), from_width - 1)
            row = min(max(np.int32(y), 0), from_height - 1)
            out_depths[v * width + u] = depths[row * from_width + column]
