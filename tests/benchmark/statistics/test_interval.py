from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wormdrive.benchmark.statistics.interval import Band, Interval, require_level, small_sample_stretch
from wormdrive.benchmark.statistics.jackknife import Sources
from wormdrive.envs.common.errors import ArgumentError


def sources(trainings: list[float], routes: float = 0.0, crossings: list[float] | None = None) -> Sources:
    return Sources(np.array(trainings), np.array(routes), np.array(crossings or [0.0] * len(trainings)))


@pytest.mark.parametrize("count", [2, 3, 5, 50])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_trainings_alone_get_students_quantile(count: int, level: float) -> None:
    tail = (1.0 + level) / 2.0
    wanted = np.sqrt(count / (count - 1)) * stats.t.ppf(tail, count - 1) / stats.norm.ppf(tail)
    for routes in (1, 48):
        assert small_sample_stretch(sources([0.3]), (count,), routes, level) == pytest.approx(wanted)


def test_two_tables_get_the_degrees_of_freedom_of_welchs_test() -> None:
    # variances of two means 0.4 and 0.1, from 5 and 10 trainings
    degrees = 0.5**2 / (0.4**2 / 4 + 0.1**2 / 9)
    spread = np.sqrt(0.5 / (0.4 * 0.8 + 0.1 * 0.9))
    found = small_sample_stretch(sources([0.4, 0.1]), (5, 10), 48, 0.95)
    assert found == pytest.approx(spread * stats.t.ppf(0.975, degrees) / stats.norm.ppf(0.975))


def test_drives_that_are_counted_thrice_shorten_it() -> None:
    found = small_sample_stretch(sources([1.0], 1.0, [1.0]), (1000,), 1000, 0.95)
    assert found == pytest.approx(np.sqrt(1 / 3), rel=0.01)
    # an estimate of more than the routes have in all is not believed
    assert small_sample_stretch(sources([1.0], 0.0, [1.0]), (1000,), 1000, 0.95) == pytest.approx(1.0, rel=0.01)


def test_where_nothing_varies_the_fewest_trainings_decide() -> None:
    some = Sources(np.array([[0.0, 0.0], [0.0, 0.2]]), np.zeros(2), np.zeros((2, 2)))
    found = small_sample_stretch(some, (3, 40), 48, 0.95)
    assert found[0] == pytest.approx(small_sample_stretch(sources([1.0]), (3,), 48, 0.95))
    assert found[1] == pytest.approx(small_sample_stretch(sources([1.0]), (40,), 48, 0.95))


def test_a_band_holds_intervals() -> None:
    band = Band(np.array([1.0, 2.0]), np.array([0.5, 1.5]), np.array([3.0, 4.0]), 0.9)
    assert band.interval((1,)) == Interval(2.0, 1.5, 4.0, 0.9)
    assert Band(np.array(1.0), np.array(0.0), np.array(2.0), 0.9).interval() == Interval(1.0, 0.0, 2.0, 0.9)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, float("nan")])
def test_levels_lie_between_0_and_1(level: float) -> None:
    with pytest.raises(ArgumentError, match=r"level=.*between 0 and 1"):
        require_level(level)
