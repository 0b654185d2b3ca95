from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from wormdrive.envs.common import simd_functions
from wormdrive.envs.common.simd import LANES, load, store


def _each(function: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Make a function of lanes one of arrays of whole lanes."""

    @numba.njit
    def compute(x: np.ndarray, out: np.ndarray) -> None:
        for i in range(0, len(x), LANES):
            store(out, i, function(load(x, i)))

    def of(x: np.ndarray) -> np.ndarray:
        out = np.empty_like(x)
        compute(x, out)
        return out

    return of


exp, floor, log, sigmoid, sqrt, tanh = (
    _each(getattr(simd_functions, name)) for name in ("exp", "floor", "log", "sigmoid", "sqrt", "tanh")
)
BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-7), (np.float64, 1e-15)])
def test_exp_is_accurate_in_every_lane(dtype: type, tolerance: float) -> None:
    x = np.linspace(-80, 80, LANES * 4096).astype(dtype)
    assert np.abs(exp(x) / np.exp(x.astype(np.longdouble)) - 1.0).max() < tolerance


@BOTH
def test_exp_at_the_edges(dtype: type) -> None:
    x = np.array([0.0, -np.inf, np.nan, -1e30, -0.0, 1e-30, 1.0, -1.0] * 2, dtype)
    np.testing.assert_allclose(exp(x)[:8], [1, 0, np.nan, 0, 1, 1, np.e, 1 / np.e], rtol=1e-6, atol=2e-38)


def test_log_is_accurate_in_every_lane() -> None:
    x = np.concatenate([np.linspace(1e-3, 4, LANES * 2048), np.geomspace(1e-37, 1e37, LANES * 2048)]).astype(np.float32)
    expected = np.log(x.astype(np.longdouble))
    assert (np.abs(log(x) - expected) / np.maximum(np.abs(expected), 1)).max() < 2e-7
    assert (log(np.ones(LANES, np.float32)) == 0).all()


def test_log_of_float64_does_not_compile() -> None:
    with pytest.raises(numba.TypingError):
        log(np.ones(LANES))


@BOTH
def test_square_root_and_floor_are_numpys(dtype: type) -> None:
    x = np.concatenate([np.linspace(0, 50, LANES * 64 - 3), [np.inf, np.nan, 1e-30]]).astype(dtype)
    np.testing.assert_array_equal(sqrt(x), np.sqrt(x))
    np.testing.assert_array_equal(floor(x - 25), np.floor(x - 25))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-7), (np.float64, 4e-16)])
def test_sigmoid_is_accurate_in_every_lane(dtype: type, tolerance: float) -> None:
    x = np.linspace(-60, 60, LANES * 4096).astype(dtype)
    expected = 1.0 / (1.0 + np.exp(-x.astype(np.longdouble)))
    assert np.abs(sigmoid(x) / expected - 1.0).max() < tolerance


@BOTH
def test_sigmoid_at_the_edges(dtype: type) -> None:
    x = np.array([0.0, np.inf, -np.inf, np.nan, 1e30, -1e30, -0.0, 1e-30] * 2, dtype)
    np.testing.assert_allclose(sigmoid(x)[:8], [0.5, 1, 0, np.nan, 1, 0, 0.5, 0.5], atol=1e-30)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-7), (np.float64, 2e-15)])
def test_tanh_is_accurate_and_never_beyond_one(dtype: type, tolerance: float) -> None:
    x = np.concatenate([np.linspace(-30, 30, LANES * 1024 - 4), [np.inf, -np.inf, 1e30, np.nan]]).astype(dtype)
    found = tanh(x)
    np.testing.assert_allclose(found, np.tanh(x.astype(np.longdouble)).astype(dtype), rtol=0, atol=tolerance)
    assert np.nanmax(np.abs(found)) == 1.0
