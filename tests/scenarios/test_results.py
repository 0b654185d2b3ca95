from __future__ import annotations

import numpy as np
import pytest

from tests.scenarios.examples import made_up_drive, made_up_evaluation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.results import failure_of, row_of


def drive(reason: str, station: list[float], offset: list[float], speed: list[float], angle: list[float]) -> Drive:
    arrays = [np.array(values, np.float32) for values in (station, offset, [0.0, 0.01, -0.05, 0.002], speed, angle)]
    zero = np.zeros(4, np.float32)
    return Drive(Scenario(map="maps/town.xodr", route_seed=10_003, seed=1_000_003), reason, 0.5, *arrays, zero, zero)


def test_row_by_hand() -> None:
    good = drive("route_done", [5, 105, 205, 405], [0.1, -0.1, 0.3, 0.1], [8, 8, 8, 8], [0.0, 0.1, 0.1, 0.1])
    bad = drive("lane_departure", [5, 25, 50, 105], [0.0, 0.2, 1.0, -1.8], [4, 4, 4, 4], [0.0, 0.0, 0.0, 0.0])
    late = drive("time_limit", [5, 6, 7, 505], [0.0, 0.0, 0.0, 0.0], [6, 6, 6, 6], [0.0, 0.0, 0.0, 0.0])
    row = row_of(("winter", "fog"), [good, bad, late])
    assert (row.season, row.weather, row.episodes, row.successes, row.departures) == ("winter", "fog", 3, 1, 1)
    assert row.success_rate == pytest.approx(1 / 3)
    assert row.distance_m == pytest.approx(400 + 100 + 500)
    assert row.departures_per_km == pytest.approx(1.0)
    assert row.mean_abs_offset_m == pytest.approx((0.6 + 3.0 + 0.0) / 12)
    assert row.max_abs_offset_m == pytest.approx(1.8)
    assert row.mean_speed_mps == pytest.approx(6.0)
    # one of nine steps turns the wheel by 0.1 rad in 0.5 s
    assert row.steering_smoothness_radps == pytest.approx(np.sqrt(0.2**2 / 9))


def test_failure_says_where_and_how_tight_the_road_is() -> None:
    bad = drive("lane_departure", [5, 80, 90, 105], [0.0, 0.2, 1.0, -1.8], [4, 4, 4, 3], [0, 0, 0, 0])
    failure = failure_of(("winter", "fog"), 7, bad)
    assert failure is not None
    assert (failure.map, failure.episode, failure.reason) == ("town", 7, "lane_departure")
    assert failure.curvature == pytest.approx(-0.05)  # the tightest in the last 20 m, not the last sample's
    assert failure.station_m == pytest.approx(105.0)
    assert failure.lateral_offset_m == pytest.approx(-1.8)
    assert failure.speed_mps == pytest.approx(3.0)


def test_success_is_no_failure() -> None:
    assert failure_of(("summer", "day"), 0, made_up_drive(Scenario(route_seed=10_000))) is None


def test_evaluation_sums_up() -> None:
    evaluation, drives = made_up_evaluation("a", failing={("winter", "fog"): 3, ("winter", "day"): 1})
    assert (evaluation.episodes, evaluation.successes) == (200, 196)
    assert evaluation.season("winter") == (46, 50)
    assert evaluation.season("summer") == (50, 50)
    km = sum(d.distance_m for held in drives.values() for d in held) / 1000.0
    assert evaluation.departures_per_km == pytest.approx(4 / km, rel=1e-6)
    assert evaluation.row("winter", "rain") is None
    row = evaluation.row("winter", "fog")
    assert row is not None
    assert row.departures == 3
