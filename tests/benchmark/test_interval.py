from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wormdrive.benchmark.interval import Band, Interval, require_level, small_sample_stretch
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.parametrize("count", [2, 3, 5, 50])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_one_kind_of_units_gets_students_quantile(count: int, level: float) -> None:
    tail = (1.0 + level) / 2.0
    wanted = np.sqrt(count / (count - 1)) * stats.t.ppf(tail, count - 1) / stats.norm.ppf(tail)
    assert small_sample_stretch(np.array([0.3]), np.array([float(count)]), level) == pytest.approx(wanted)


def test_two_kinds_get_satterthwaites_degrees_of_freedom() -> None:
    # Welch's test: variances of two means 0.4 and 0.1, from 5 and 10 units
    degrees = 0.5**2 / (0.4**2 / 4 + 0.1**2 / 9)
    spread = np.sqrt(0.5 / (0.4 * 0.8 + 0.1 * 0.9))
    found = small_sample_stretch(np.array([0.4, 0.1]), np.array([5.0, 10.0]), 0.95)
    assert found == pytest.approx(spread * stats.t.ppf(0.975, degrees) / stats.norm.ppf(0.975))


def test_without_variance_the_fewest_units_decide() -> None:
    variances = np.array([[0.0, 0.0], [0.0, 0.2]])
    found = small_sample_stretch(variances, np.array([3.0, 40.0]), 0.95)
    assert found[0] == small_sample_stretch(np.array([1.0]), np.array([3.0]), 0.95)
    assert found[1] == small_sample_stretch(np.array([1.0]), np.array([40.0]), 0.95)


def test_a_band_holds_intervals() -> None:
    band = Band(np.array([1.0, 2.0]), np.array([0.5, 1.5]), np.array([3.0, 4.0]), 0.9)
    assert band.interval((1,)) == Interval(2.0, 1.5, 4.0, 0.9)
    assert Band(np.array(1.0), np.array(0.0), np.array(2.0), 0.9).interval() == Interval(1.0, 0.0, 2.0, 0.9)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, float("nan")])
def test_levels_lie_between_0_and_1(level: float) -> None:
    with pytest.raises(ArgumentError, match="level=.*between 0 and 1"):
        require_level(level)
