from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.scenarios.metrics import departures_per_km, max_abs, mean_abs, rms_rate, wilson_interval


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


def test_departures_per_km() -> None:
    assert departures_per_km(3, 1500.0) == pytest.approx(2.0)
    assert departures_per_km(0, 0.0) == 0.0
    assert departures_per_km(1, 0.0) == pytest.approx(1000.0)  # a metre at least


def test_offsets() -> None:
    offsets = np.array([0.1, -0.3, 0.2], np.float32)
    assert mean_abs(offsets) == pytest.approx(0.2)
    assert max_abs(offsets) == pytest.approx(0.3)


def test_rms_rate_of_a_ramp_a_sine_and_a_fixed_wheel() -> None:
    time = np.arange(0.0, 20.0, 1.0 / 30.0)
    assert rms_rate(0.25 * time, 1.0 / 30.0) == pytest.approx(0.25)
    slow = 2.0 * math.pi / 10.0  # two whole periods: the rate's amplitude over the square root of two
    assert rms_rate(0.1 * np.sin(slow * time), 1.0 / 30.0) == pytest.approx(0.1 * slow / math.sqrt(2.0), rel=5e-3)
    assert rms_rate(np.ones(5), 1.0 / 30.0) == 0.0
    assert rms_rate(np.ones(1), 1.0 / 30.0) == 0.0
