from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from wormdrive.benchmark.statistics.aggregates import (
    interquartile_mean,
    mean,
    median,
    over_routes,
    performance_profile,
    probability_of_improvement,
)
from wormdrive.envs.common.errors import ArgumentError

tables = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.floats(-1e3, 1e3))
SCORES = np.array([[0.0, 0.2, 1.0], [0.1, 0.3, 0.5]])


@given(tables)
def test_interquartile_mean_is_the_trimmed_mean_of_scipy(scores: np.ndarray) -> None:
    wanted = stats.trim_mean(scores, proportiontocut=0.25, axis=None)
    assert interquartile_mean(scores) == pytest.approx(wanted, rel=1e-12, abs=1e-9)


@given(tables)
def test_all_lie_between_the_least_and_the_largest(scores: np.ndarray) -> None:
    for aggregate in (mean, median, interquartile_mean):
        assert scores.min() - 1e-9 <= aggregate(scores) <= scores.max() + 1e-9


def test_by_hand() -> None:
    assert mean(SCORES) == pytest.approx(2.1 / 6)
    assert median(SCORES) == pytest.approx(0.25)  # means over trainings: 0.05, 0.25, 0.75
    assert interquartile_mean(SCORES) == pytest.approx((0.1 + 0.2 + 0.3 + 0.5) / 4)
    np.testing.assert_allclose(performance_profile(SCORES, [-1.0, 0.1, 0.4, 1.0]), [1.0, 4 / 6, 2 / 6, 0.0])


def test_leading_axes_are_batches() -> None:
    batch = np.stack([SCORES, SCORES + 1.0])
    for aggregate in (mean, median, interquartile_mean):
        np.testing.assert_allclose(aggregate(batch), aggregate(SCORES) + np.arange(2.0))
    assert performance_profile(batch, [0.0, 0.5, 1.0]).shape == (2, 3)
    improvement = probability_of_improvement(batch, np.stack([SCORES, SCORES]))
    np.testing.assert_allclose(improvement, [0.5, (1.0 + 1.0 + 1.0) / 3])


@given(arrays(np.float64, (3, 4), elements=st.integers(0, 3)), arrays(np.float64, (5, 4), elements=st.integers(0, 3)))
def test_improvement_is_mann_and_whitneys_u(ours: np.ndarray, theirs: np.ndarray) -> None:
    statistic = [stats.mannwhitneyu(ours[:, k], theirs[:, k], method="asymptotic").statistic for k in range(4)]
    assert probability_of_improvement(ours, theirs) == pytest.approx(np.mean(statistic) / 15)
    assert probability_of_improvement(theirs, ours) == pytest.approx(1.0 - np.mean(statistic) / 15)


def test_conditions_are_the_tasks_of_drives() -> None:
    drives = np.zeros((1, 2, 4, 3))
    drives[0, :, :2, 1] = 1.0
    assert over_routes(median)(drives) == pytest.approx([0.0])
    assert over_routes(mean)(drives) == pytest.approx([1 / 6])


def test_bad_arguments() -> None:
    with pytest.raises(ArgumentError, match="has 2 tasks; allowed are 3"):
        probability_of_improvement(SCORES, SCORES[:, :2])
    with pytest.raises(ArgumentError, match=r"thresholds: shape \(\)"):
        performance_profile(SCORES, 0.5)
