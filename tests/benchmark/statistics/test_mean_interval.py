from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from wormdrive.benchmark.statistics.mean_interval import mean_interval


def test_over_trainings_alone_it_is_nearly_students() -> None:
    scores = np.random.default_rng(0).normal(3.0, 1.0, 5)
    found = mean_interval("mine", scores[:, None])
    low, high = stats.t.interval(0.95, 4, scores.mean(), stats.sem(scores))
    assert found.estimate == pytest.approx(scores.mean())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_one_training_says_nothing_of_others() -> None:
    found = mean_interval("mine", np.array([[0.25, 0.75]]))
    assert found.estimate == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_ends_stay_within_bounds() -> None:
    assert mean_interval("mine", np.array([[0.0], [1.0], [1.0]]), bounds=(0.0, 1.0)).high == 1.0
