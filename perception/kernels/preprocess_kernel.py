"""Preprocessing's kernels: each frame by itself, so that it has the same bits alone and in any batch.

They read and write memory that stays in the processor's cache. What torch would allocate for the steps in between
comes fresh from the operating system for every batch, and to touch it first costs more than to compute.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import inner, jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store

__all__ = ["local_contrast", "reduce_frames", "whiten"]

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

f4, u8 = np.float32, np.uint64
_RGB: Final = 3


@inner
def _add_rows(rows: Bytes, step: int, sums: Floats) -> None:
    """Add up ``step`` rows that lie one behind the other."""
    row = len(sums)
    line = rows[:row]
    for i in range(row):
        sums[i] = f4(line[i])
    for k in range(1, step):
        line = rows[k * row : (k + 1) * row]
        for i in range(row):
            sums[i] += f4(line[i])


@inner
def _mix(sums: Floats, red: np.float32, green: np.float32, blue: np.float32, mixed: Floats) -> None:
    """Weigh each number and the two behind it: of three results one is a pixel's; but so all are made at one go."""
    seconds, thirds = sums[1:], sums[2:]
    for i in range(len(thirds)):
        mixed[i] = sums[i] * red + seconds[i] * green + thirds[i] * blue


@inner
def _add_columns(mixed: Floats, step: int, scale: np.float32, out: Floats) -> None:
    for x in range(len(out)):
        i = u8(_RGB * step) * u8(x)
        total = mixed[i]
        for k in range(1, step):
            total += mixed[i + u8(_RGB) * u8(k)]
        out[x] = total * scale


@inner
def _mean(values: Floats, columns: int, sums: NDArray[np.float64]) -> np.float32:
    """Mean of rows that lie one behind the other: first down the columns, then across."""
    sums[:columns] = 0.0
    for begin in range(0, len(values), columns):
        line = values[begin : begin + columns]
        for x in range(columns):
            sums[x] += line[x]
    total = 0.0
    for x in range(columns):
        total += sums[x]
    return f4(total / len(values))


@inner
def _sum_window(centred: Floats, first: int, last: int, pitch: int, reach: int, sums: Floats, squares: Floats) -> None:
    """Add up rows ``first`` to ``last`` (exclusive), and their squares; both stand ``reach`` behind their begin."""
    for x in range(0, pitch, LANES):
        total, square = fill(f4(0)), fill(f4(0))
        for y in range(first, last):
            value = load(centred, y * pitch + x)
            total = total + value
            square = square + value * value
        store(sums, reach + x, total)
        store(squares, reach + x, square)


@inner
def _spread_window(
    centred: Floats, at: int, pitch: int, window: int, share: np.float32, shares: Floats, sums: Floats, squares: Floats,
    detail: Floats, variance: Floats,
) -> None:  # fmt: skip
    """Finish a row's windows: each pixel less its neighbourhood's mean, and the neighbourhood's variance."""
    for x in range(0, pitch, LANES):
        total, square = load(sums, x), load(squares, x)
        for k in range(1, window):
            total = total + load(sums, x + k)
            square = square + load(squares, x + k)
        part = load(shares, x) * fill(share)
        mean = total * part
        store(detail, at + x, load(centred, at + x) - mean)
        store(variance, at + x, square * part - mean * mean)


def _compile(sources: str) -> tuple[Callable[..., Any], ...]:
    """Compile the kernels; ``sources``, a digest, makes numba's cache notice a change in other files too."""

    @jit
    def reduce_frames(
        frames: Bytes, size: tuple[int, int, int], step: int, weights: Floats, scale: np.float32,
        first: int, last: int, out: Floats,
    ) -> None:  # fmt: skip
        """Fill ``out`` (M, C * h * w) of frames ``first`` to ``last``.

        ``frames`` (M, H * W * 3); ``size``: rows cut off after reduction, h, w; ``weights`` (C, 3).
        """
        if sources == "":
            return
        top, h, w = size
        row = w * step * _RGB
        # whole numbers below 2^24, which float32 holds exactly: in whatever order they are added
        sums, mixed = np.empty(row, np.float32), np.empty(row, np.float32)
        for m in range(first, last):
            for y in range(h):
                _add_rows(frames[m, (top + y) * step * row :], step, sums)
                for c in range(len(weights)):
                    _mix(sums, weights[c, 0], weights[c, 1], weights[c, 2], mixed)
                    at = (c * h + y) * w
                    if step == 2:  # the usual number, known when compiling
                        _add_columns(mixed, 2, scale, out[m, at : at + w])
                    else:
                        _add_columns(mixed, step, scale, out[m, at : at + w])

    @jit
    def whiten(images: Floats, columns: int, floor: np.float32, first: int, last: int, out: Floats) -> None:
        """Fill ``out`` (M, C * h * w): mean 0 and deviation 1, or less where it is below ``floor``."""
        if sources == "":
            return
        count = images.shape[1]
        sums = np.empty(columns, np.float64)
        squares = np.empty(count, np.float32)
        for m in range(first, last):
            mean = _mean(images[m], columns, sums)
            target = out[m]
            for i in range(count):
                value = images[m, i] - mean
                target[i] = value
                squares[i] = value * value
            deviation = max(math.sqrt(_mean(squares, columns, sums)), floor)
            for i in range(count):
                target[i] /= deviation

    @jit
    def local_contrast(
        images: Floats, size: tuple[int, int, int], window: int,
        numbers: tuple[np.float32, np.float32, np.float32, np.float32], first: int, last: int, out: Floats,
    ) -> None:  # fmt: skip
        """Fill ``out`` (M, C * h * w) with what ``Preprocessor`` describes.

        ``size``: C, h, w. ``numbers``: weights of the local and of the image's mean deviation, floor, least variance.
        """
        if sources == "":
            return
        channels, h, w = size
        local, whole, floor, least = numbers
        reach = window // 2
        pitch = -(-w // LANES) * LANES
        # beyond the image's edge everything stays zero
        centred, detail = np.zeros(h * pitch, np.float32), np.empty(h * pitch, np.float32)
        variance = np.empty(h * pitch, np.float32)
        sums, squares = np.zeros(pitch + 2 * reach, np.float32), np.zeros(pitch + 2 * reach, np.float32)
        down, shares = np.empty(w, np.float64), np.zeros(pitch, np.float32)
        for x in range(w):
            shares[x] = f4(1) / f4(min(x + reach + 1, w) - max(x - reach, 0))
        for m in range(first, last):
            mean = _mean(images[m], w, down)
            for c in range(channels):
                for y in range(h):
                    line, begin = centred[y * pitch : y * pitch + w], (c * h + y) * w
                    pixels = images[m, begin : begin + w]
                    for x in range(w):
                        line[x] = pixels[x] - mean
                down[:] = 0.0
                for y in range(h):
                    top, bottom = max(y - reach, 0), min(y + reach + 1, h)
                    _sum_window(centred, top, bottom, pitch, reach, sums, squares)
                    share = f4(1) / f4(bottom - top)
                    _spread_window(centred, y * pitch, pitch, window, share, shares, sums, squares, detail, variance)
                    deviation = variance[y * pitch : y * pitch + w]
                    for x in range(w):
                        deviation[x] = math.sqrt(max(deviation[x], least))
                        down[x] += deviation[x]
                total = 0.0
                for x in range(w):
                    total += down[x]
                overall = f4(total / (h * w)) * whole + floor
                for y in range(h):
                    line, begin = detail[y * pitch : y * pitch + w], (c * h + y) * w
                    deviation, target = variance[y * pitch : y * pitch + w], out[m, begin : begin + w]
                    for x in range(w):
                        target[x] = line[x] / (deviation[x] * local + overall)

    return reduce_frames, whiten, local_contrast


reduce_frames, whiten, local_contrast = _compile(sources_digest())
