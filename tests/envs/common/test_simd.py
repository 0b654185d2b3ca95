from __future__ import annotations

import numba
import numpy as np
import pytest

from wormdrive.envs.common.simd import LANES, fill, load, store, store_first, total, where_positive


@numba.njit
def _arithmetic(a: np.ndarray, b: np.ndarray, c: float, out: np.ndarray) -> float:
    result = (load(a, 0) + load(b, 3)) * fill(c) - load(a, 0) / load(b, 3)
    store(out, 1, result)
    return total(result)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic_is_lane_by_lane_at_any_offset(dtype: type) -> None:
    random = np.random.default_rng(0)
    a, b = random.uniform(1, 2, LANES).astype(dtype), random.uniform(1, 2, LANES + 3).astype(dtype)
    out = np.full(LANES + 2, 7, dtype)
    summed = _arithmetic(a, b, dtype(1.5), out)
    expected = (a + b[3:]) * dtype(1.5) - a / b[3:]
    np.testing.assert_allclose(out[1:-1], expected, rtol=1e-5 if dtype is np.float32 else 1e-14)
    assert (out[0], out[-1]) == (7, 7)
    assert summed == pytest.approx(expected.sum(), rel=1e-5)


@numba.njit
def _first(a: np.ndarray, count: int, out: np.ndarray) -> None:
    store_first(out, 1, load(a, 0), count)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [0, 1, 7, 8, 15, 16])
def test_the_first_lanes_alone_are_stored(dtype: type, count: int) -> None:
    out = np.full(LANES + 2, -1, dtype)
    _first(np.arange(LANES).astype(dtype), count, out)
    np.testing.assert_array_equal(out, [-1, *range(count), *[-1] * (LANES + 1 - count)])


@numba.njit
def _choose(test: np.ndarray, yes: np.ndarray, no: np.ndarray, out: np.ndarray) -> None:
    store(out, 0, where_positive(load(test, 0), load(yes, 0), load(no, 0)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lanes_are_chosen_one_by_one(dtype: type) -> None:
    test = np.array([1, -1, 0, -0.0, np.inf, -np.inf, np.nan, 1e-30] * 2, dtype)
    yes, no, out = np.arange(LANES).astype(dtype), -np.arange(1, LANES + 1).astype(dtype), np.empty(LANES, dtype)
    _choose(test, yes, no, out)
    chosen = [True, False, False, False, True, False, True, True] * 2
    np.testing.assert_array_equal(out, np.where(chosen, yes, no))


def test_mixed_types_do_not_compile() -> None:
    with pytest.raises(numba.TypingError):
        _arithmetic(np.ones(LANES, np.float32), np.ones(LANES + 3, np.float64), 1.0, np.ones(LANES + 2))
