from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.benchmark.statistics.rungs_held import fill_undriven, mean_rungs_held, rungs_held

NAN = np.nan
many_rates = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9)


@pytest.mark.parametrize("rungs", [1, 2, 6])
def test_a_step_is_at_its_number(rungs: int) -> None:
    steps = np.array([[1.0] * k + [0.0] * (rungs - k) for k in range(rungs + 1)])
    np.testing.assert_array_equal(rungs_held(steps), np.arange(rungs + 1.0))


@pytest.mark.parametrize(
    ("rates", "held"),
    [
        ([1.0, 0.75, 0.25, 0.0], 2.0),
        ([1.0, 1.0, 0.5, 0.0], 2.5),
        ([1.0, 0.6, 0.1], 1.7),
        ([0.25, 0.0], -0.5 + 0.5 / 0.75),  # half of 1 to 0.25 is crossed before the first step's middle
        ([1.0, 0.75], 1.5 + 0.25 / 0.75),
        ([0.4, 1.0, 0.1, 0.0], 1.5 + 0.2 / 0.6),  # 0.4 and 1 are pooled to 0.7
        ([0.4, 0.6], 1.5),  # pooled to a half
    ],
)
def test_between_rungs_it_is_where_the_line_crosses_one_half(rates: list[float], held: float) -> None:
    assert rungs_held(np.array(rates)) == pytest.approx(max(held, 0.0))


@given(rates=many_rates)
def test_it_lies_on_the_ladder_and_any_success_more_brings_it_up(rates: list[float]) -> None:
    held = float(rungs_held(np.array(rates)))
    assert 0.0 <= held <= len(rates)
    for k in range(len(rates)):
        better = [*rates[:k], 1.0, *rates[k + 1 :]]
        assert float(rungs_held(np.array(better))) >= held - 1e-6


def test_it_is_averaged_over_trainings_of_their_routes() -> None:
    drives = np.zeros((2, 4, 3))  # two trainings on four routes
    drives[0, :, 0] = 1.0
    drives[1, :, :2] = 1.0
    np.testing.assert_array_equal(mean_rungs_held(np.stack([drives, drives[[1, 1]]])), [1.5, 2.0])


def test_what_was_not_driven_is_put_in_without_moving_the_break() -> None:
    undriven = np.array([[NAN, NAN, 1.0, NAN, 1.0, 0.0, NAN], [NAN, NAN, 1.0, NAN, 0.0, 0.0, NAN]])
    filled = fill_undriven(undriven)
    np.testing.assert_array_equal(filled, [[1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 0.5, 0, 0, 0]])
    whole = np.array([[0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]])
    assert rungs_held(filled.mean(axis=0)) == rungs_held(whole.mean(axis=0)) == 4.5
