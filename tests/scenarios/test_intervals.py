from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.scenarios.intervals import poisson_interval, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # by hand from the formula with z = 1.959964: z^2 = 3.841459
        (10, 10, 10 / 13.841459, 1.0),
        (0, 10, 0.0, 3.841459 / 13.841459),
        (5, 10, 0.236593, 0.763407),
        (81, 263, 0.255253, 0.366195),  # Newcombe, Statistics in Medicine 17 (1998) 857, table I: 0.2553 to 0.3662
    ],
)
def test_wilson_interval(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_without_trials_everything_is_possible() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_rate_and_mirrors(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = wilson_interval(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    mirrored = wilson_interval(trials - successes, trials)
    assert (1.0 - high, 1.0 - low) == pytest.approx(mirrored, abs=1e-12)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, -math.log(0.025)),  # exp(-mean) = 0.025
        (1, -math.log(0.975), 5.5716),
        (2, 0.2422, 7.2247),  # Garwood, Biometrika 28 (1936) 437
        (10, 4.7954, 18.3904),
        (50, 37.1110, 65.9188),
    ],
)
def test_poisson_interval(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 60), st.floats(0.5, 0.999))
def test_poisson_interval_holds_the_count_and_grows(count: int, confidence: float) -> None:
    low, high = poisson_interval(count, confidence)
    assert low <= count <= high
    more_low, more_high = poisson_interval(count + 1, confidence)
    assert low < more_low
    assert high < more_high


@pytest.mark.parametrize("mean", [0.3, 2.0, 11.0])
def test_poisson_intervals_cover_at_least_as_often_as_they_say(mean: float) -> None:
    counts = np.random.default_rng(3).poisson(mean, 4000)
    ends = {int(count): poisson_interval(int(count)) for count in np.unique(counts)}
    covered = np.mean([ends[int(count)][0] <= mean <= ends[int(count)][1] for count in counts])
    assert covered > 0.945  # 0.95 less the error of 4,000 draws
