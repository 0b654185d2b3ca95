from __future__ import annotations

import numpy as np
import pytest

from wormdrive.benchmark.statistics.aggregates import mean, performance_profile
from wormdrive.benchmark.statistics.jackknife import crossed, jackknife


def test_of_a_mean_they_are_mean_squares_over_the_number_of_drives() -> None:
    scores = np.random.default_rng(0).normal(size=(4, 7)) + np.arange(4.0)[:, None]
    rows, columns = scores.mean(axis=1), scores.mean(axis=0)
    residual = scores - rows[:, None] - columns + scores.mean()
    found = jackknife([scores], mean)
    assert found.trainings[0] == pytest.approx(rows.var(ddof=1) / 4)
    assert found.routes == pytest.approx(columns.var(ddof=1) / 7)
    assert found.crossings[0] == pytest.approx((residual**2).sum() / (3 * 6) / 28)


def test_each_table_on_its_own_and_routes_in_common() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 5)), 2.0 * rng.normal(size=(6, 5))
    found = jackknife([first, second], lambda a, b: mean(a) - mean(b))
    for k, scores in enumerate((first, second)):
        alone = jackknife([scores], mean)
        assert found.trainings[k] == pytest.approx(alone.trainings[0])
        assert found.crossings[k] == pytest.approx(alone.crossings[0])
    difference = first.mean(axis=0) - second.mean(axis=0)
    assert found.routes == pytest.approx(difference.var(ddof=1) / 5)


def test_a_single_route_has_no_variance() -> None:
    found = jackknife([np.array([[1.0], [2.0], [4.0]])], mean)
    assert found.trainings[0] == pytest.approx(np.var([1.0, 2.0, 4.0], ddof=1) / 3)
    assert found.routes == found.crossings[0] == 0.0


def test_statistics_of_several_values() -> None:
    scores = np.random.default_rng(0).random((3, 4))
    found = jackknife([scores, scores], lambda a, _: performance_profile(a, [0.2, 0.5]))
    assert found.trainings.shape == found.crossings.shape == (2, 2)
    assert found.routes.shape == (2,)
    np.testing.assert_array_equal(found.trainings[1], 0.0)


def test_crossed_gathers_where_both_meet() -> None:
    scores = np.arange(12.0).reshape(3, 4)
    gathered = crossed(scores, np.array([[0, 2], [1, 1]]), np.array([[3, 0], [2, 2]]))
    np.testing.assert_array_equal(gathered, [[[3, 0], [11, 8]], [[6, 6], [6, 6]]])
