from __future__ import annotations

import numba
import numpy as np
import pytest

from wormdrive.perception.kernels.micro_kernels import (
    PIXELS,
    ROWS,
    VECTORS,
    WIDTH,
    multiply_dots,
    multiply_outer,
    multiply_tile,
)

PITCH = (VECTORS + 1) * WIDTH


@numba.njit
def _tile(source, reads, rows, row_pitch, run, weights, sums, vectors):  # type: ignore[no-untyped-def]
    multiply_tile(source, reads, 1, 2, rows, row_pitch, run, weights, 3, sums, 0, 5, 100, PITCH, vectors)


@numba.njit
def _dots(source, reads, rows, row_pitch, run, weights, sums):  # type: ignore[no-untyped-def]
    multiply_dots(source, reads, 1, 2, rows, row_pitch, run, weights, 3, sums, 0, 100, PITCH)


@numba.njit
def _outer(numbers, number_reads, offsets, lanes, lane_reads, first, last, sums, vectors):  # type: ignore[no-untyped-def]
    multiply_outer(numbers, number_reads, offsets, 1, lanes, lane_reads, 2, first, last, sums, 100, PITCH, vectors)


def random_floats(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)


READS = np.array([0, *np.random.default_rng(5).integers(0, 50, PIXELS)])


def test_numbers_fill_the_registers_and_no_more() -> None:
    registers = 32 if WIDTH == 16 else 16
    for rows in (PIXELS, ROWS):
        assert rows * VECTORS + VECTORS + 1 <= registers


@pytest.mark.parametrize("vectors", range(1, VECTORS + 1))
@pytest.mark.parametrize(("rows", "run"), [(1, 1), (3, 7), (2, 20), (0, 4)])
def test_tile(vectors: int, rows: int, run: int) -> None:
    source, weights, sums = (random_floats(count, seed) for seed, count in enumerate((400, 5000, 100 + PIXELS * PITCH)))
    lanes, expected = vectors * WIDTH, sums.copy()
    matrix = weights[3 : 3 + rows * run * lanes].reshape(rows, run, lanes)
    for p in range(PIXELS):
        window = source[READS[1 + p] + 2 + 30 * np.arange(rows)[:, None] + np.arange(run)]
        begin = sums[5 * p : 5 * p + lanes]
        expected[100 + p * PITCH :][:lanes] = begin + np.einsum("rk,rkl->l", window, matrix)
    _tile(source, READS, rows, 30, run, weights, sums, vectors)
    np.testing.assert_allclose(sums, expected, atol=1e-5)


@pytest.mark.parametrize(("rows", "run"), [(1, 1), (3, 16), (2, 37), (0, 4)])
def test_dots(rows: int, run: int) -> None:
    source, weights, sums = (random_floats(count, seed) for seed, count in enumerate((400, 5000, 100 + PIXELS * PITCH)))
    steps, expected = -(-run // WIDTH), sums.copy()
    matrix = weights[3 : 3 + rows * steps * VECTORS * WIDTH].reshape(rows, steps, VECTORS, WIDTH)
    for step in range(steps):
        matrix[:, step, :, max(run - step * WIDTH, 0) :] = 0
    for p in range(PIXELS):
        window = source[READS[1 + p] + 2 + 50 * np.arange(rows)[:, None] + np.arange(steps * WIDTH)]
        found = np.einsum("rsk,rsvk->v", window.reshape(rows, steps, WIDTH), matrix)
        expected[100 + p * PITCH :][:VECTORS] = sums[:VECTORS] + found
    _dots(source, READS, rows, 50, run, weights, sums)
    np.testing.assert_allclose(sums, expected, atol=1e-5)


@pytest.mark.parametrize("vectors", range(1, VECTORS + 1))
@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 6), (3, 3)])
def test_outer(vectors: int, first: int, last: int) -> None:
    numbers, lanes, sums = (random_floats(count, seed) for seed, count in enumerate((200, 300, 100 + ROWS * PITCH)))
    offsets, width, expected = np.array([0, *range(3, 3 * ROWS + 1, 3)]), vectors * WIDTH, sums.copy()
    for pixel in range(first, last):
        vector = lanes[READS[::-1][pixel] + 2 :][:width]
        for row in range(ROWS):
            expected[100 + row * PITCH :][:width] += numbers[READS[pixel] + offsets[1 + row]] * vector
    _outer(numbers, READS, offsets, lanes, READS[::-1].copy(), first, last, sums, vectors)
    np.testing.assert_allclose(sums, expected, atol=1e-5)
