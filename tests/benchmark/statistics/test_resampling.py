from __future__ import annotations

import numpy as np
import pytest

from wormdrive.benchmark.statistics.resampling import draw_orders, draw_units, slices
from wormdrive.envs.common.errors import ArgumentError


def test_draws_are_uniform_and_the_units_own() -> None:
    drawn = draw_units(5, 40_000, seed=0, stream="a")
    assert drawn.shape == (40_000, 5)
    counts = np.bincount(drawn.ravel(), minlength=5)
    assert len(counts) == 5
    # 200,000 draws: each unit's count has a standard deviation of 179
    assert np.abs(counts - 40_000).max() < 5 * 179
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.02


def test_the_same_bits_on_every_machine() -> None:
    drawn = draw_units(10, 2, seed=1, stream="routes")
    assert drawn.tolist() == [[2, 0, 6, 6, 1, 8, 1, 7, 5, 9], [7, 5, 0, 9, 2, 8, 2, 4, 8, 1]]


def test_streams_and_seeds_differ_and_fewer_are_the_first_of_more() -> None:
    drawn = draw_units(48, 100, seed=0, stream="a")
    np.testing.assert_array_equal(drawn[:7], draw_units(48, 7, seed=0, stream="a"))
    assert (drawn != draw_units(48, 100, seed=0, stream="b")).mean() > 0.9
    assert (drawn != draw_units(48, 100, seed=1, stream="a")).mean() > 0.9


def test_orders_hold_each_unit_once_and_every_order_alike() -> None:
    orders = draw_orders(3, 60_000, seed=0, stream="a")
    assert (np.sort(orders, axis=1) == np.arange(3)).all()
    counts = np.bincount(orders @ [9, 3, 1])
    assert np.abs(counts[counts > 0] - 10_000).max() < 5 * 92
    assert (counts > 0).sum() == 6


@pytest.mark.parametrize(("chunk", "sizes"), [(None, [10]), (4, [4, 4, 2]), (10, [10]), (99, [10])])
def test_slices_hold_every_resample_once(chunk: int | None, sizes: list[int]) -> None:
    parts = slices(10, chunk, 50)
    assert [k for part in parts for k in range(10)[part]] == list(range(10))
    assert [part.stop - part.start for part in parts] == sizes
    assert len(slices(10, None, 500_000)) == 5
    assert len(slices(10, None, 5_000_000)) == 10


@pytest.mark.parametrize("chunk", [0, -1, 1.5])
def test_chunks_are_positive(chunk: int) -> None:
    with pytest.raises(ArgumentError, match=f"chunk={chunk}"):
        slices(10, chunk, 50)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "units=0"),
        ({"resamples": 0}, "resamples=0"),
        ({"resamples": 1.5}, "resamples=1.5"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_bad_numbers(arguments: dict, message: str) -> None:
    usual = {"units": 5, "resamples": 5, "seed": 0} | arguments
    with pytest.raises(ArgumentError, match=message):
        draw_units(**usual, stream="a")
