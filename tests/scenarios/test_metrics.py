from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.scenarios.metrics import (
    before_departure_m,
    departure_index,
    departures_per_km,
    km_per_departure,
    max_abs,
    mean_abs,
    percentile_abs,
    share_beyond,
    whiteness,
)


def test_departures_per_km() -> None:
    assert departures_per_km(3, 1500.0) == pytest.approx(2.0)
    assert departures_per_km(0, 0.0) == 0.0
    assert departures_per_km(1, 0.0) == pytest.approx(1000.0)  # a metre at least


def test_km_per_departure() -> None:
    mean, (low, high) = km_per_departure(2, 8_000.0)
    # Garwood's interval of two events: 0.2422 to 7.2247
    assert (mean, low, high) == pytest.approx((4.0, 8 / 7.2247, 8 / 0.24221), rel=1e-4)
    assert km_per_departure(0, 8_000.0) == (None, (pytest.approx(8 / 3.68888, rel=1e-5), None))


def test_a_departure_is_the_first_sample_beyond_the_border_and_not_on_it() -> None:
    station = np.array([5.0, 6.0, 7.5, 9.0, 11.0], np.float32)
    inside = np.array([-0.8, -0.1, 0.0, -0.3, -0.9], np.float32)
    assert departure_index(inside) is None
    assert share_beyond(inside) == 0.0
    assert before_departure_m(station, inside) == 6.0  # censored: the whole drive
    beyond = np.array([-0.8, -0.1, 0.01, -0.3, 0.2], np.float32)
    assert departure_index(beyond) == 2
    assert share_beyond(beyond) == pytest.approx(0.4)
    assert before_departure_m(station, beyond) == 2.5


def test_a_constant_rate_is_found_from_censored_distances() -> None:
    """Departures come every 700 m on average, drives end after 400 m: what is driven before them tells the rate."""
    distances = np.random.default_rng(1).exponential(700.0, 20_000)
    departed, driven = int((distances < 400.0).sum()), float(np.minimum(distances, 400.0).sum())
    assert departures_per_km(departed, driven) == pytest.approx(1 / 0.7, rel=0.03)
    _, (low, high) = km_per_departure(departed, driven)
    assert high is not None
    assert low < 0.7 < high


def test_offsets() -> None:
    offsets = np.array([0.1, -0.3, 0.2], np.float32)
    assert mean_abs(offsets) == pytest.approx(0.2)
    assert max_abs(offsets) == pytest.approx(0.3)
    assert percentile_abs(offsets, 100.0) == pytest.approx(0.3)
    assert percentile_abs(-np.arange(101.0)) == pytest.approx(95.0)


def test_whiteness_of_a_ramp_a_sine_and_a_fixed_wheel() -> None:
    time = np.arange(0.0, 20.0, 1.0 / 30.0)
    assert whiteness(0.25 * time, 1.0 / 30.0) == pytest.approx(0.25)
    slow = 2.0 * math.pi / 10.0  # two whole periods: the rate's amplitude over the square root of two
    assert whiteness(0.1 * np.sin(slow * time), 1.0 / 30.0) == pytest.approx(0.1 * slow / math.sqrt(2.0), rel=5e-3)
    assert whiteness(np.ones(5), 1.0 / 30.0) == 0.0
    assert whiteness(np.ones(1), 1.0 / 30.0) == 0.0
