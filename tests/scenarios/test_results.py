from __future__ import annotations

import numpy as np
import pytest

from tests.scenarios.examples import made_up_drive, made_up_evaluation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.scenarios.results import failure_of, row_of


def drive(reason: str, station: list[float], offset: list[float], speed: list[float], angle: list[float]) -> Drive:
    """A drive of four samples on a straight lane of 3.5 m: a wheel is beyond its border from 0.85 m on."""
    columns = {
        "station_m": station,
        "lateral_offset_m": offset,
        "heading_error_rad": [0.0] * 4,
        "curvature": [0.0, 0.01, -0.05, 0.002],
        "speed_mps": speed,
        "steer_angle_rad": angle,
        "x_m": [1.0, 2.0, 3.0, 4.0],
        "y_m": [0.0] * 4,
        "wheel_beyond_m": [abs(one) - 0.85 for one in offset],
    }
    scenario = Scenario(map="maps/town.xodr", route_seed=10_003, seed=1_000_003)
    return Drive(scenario, reason, 0.5, **{name: np.array(values, np.float32) for name, values in columns.items()})


def test_row_by_hand() -> None:
    good = drive("route_done", [5, 105, 205, 405], [0.1, -0.1, 0.3, 0.1], [8, 8, 8, 8], [0.0, 0.1, 0.1, 0.1])
    bad = drive("lane_departure", [5, 25, 50, 105], [0.0, 0.2, 1.0, -1.8], [4, 4, 4, 4], [0.0, 0.0, 0.0, 0.0])
    late = drive("time_limit", [5, 6, 7, 505], [0.0, 0.0, 0.0, 0.0], [6, 6, 6, 6], [0.0, 0.0, 0.0, 0.0])
    row = row_of(("winter", "fog"), [good, bad, late])
    assert (row.season, row.weather, row.episodes, row.successes, row.departures) == ("winter", "fog", 3, 1, 1)
    assert (row.successes_by_centre, row.departures_by_centre) == (1, 1)
    assert row.success_rate == row.success_rate_by_centre == pytest.approx(1 / 3)
    assert row.distance_m == pytest.approx(400 + 100 + 500)
    assert row.before_departure_m == pytest.approx(400 + 45 + 500)
    assert row.departures_per_km == pytest.approx(1 / 0.945)
    assert row.km_per_departure == pytest.approx(0.945)
    assert row.km_per_departure_ci95 == pytest.approx((0.945 / 5.5716, 0.945 / 0.025318), rel=1e-4)
    assert row.wheel_beyond_share == pytest.approx(2 / 12)
    assert row.mean_abs_offset_m == pytest.approx((0.6 + 3.0 + 0.0) / 12)
    assert row.max_abs_offset_m == pytest.approx(1.8)
    assert row.mean_speed_mps == pytest.approx(6.0)
    # one of nine steps turns the wheel by 0.1 rad in 0.5 s
    assert row.whiteness_degps == pytest.approx(np.degrees(np.sqrt(0.2**2 / 9)))


def test_a_wheel_beyond_the_border_spoils_a_drive_whose_centre_stays_in_the_lane() -> None:
    wide = drive("route_done", [5, 105, 205, 405], [0.1, -0.9, -1.1, 0.1], [8, 8, 7, 8], [0.0, 0.0, 0.0, 0.0])
    along = drive("route_done", [5, 105, 205, 405], [0.1, -0.8, 0.8, 0.1], [8, 8, 8, 8], [0.0, 0.0, 0.0, 0.0])
    assert (wide.success, wide.success_by_centre, wide.departure_index, wide.failure_index) == (False, True, 1, 1)
    assert (along.success, along.success_by_centre, along.departure_index, along.failure_index) == (
        True, True, None, None,
    )  # fmt: skip
    row = row_of(("winter", "day"), [wide, along])
    assert (row.successes, row.successes_by_centre) == (1, 2)
    assert (row.departures, row.departures_by_centre) == (1, 0)
    assert (row.ci95, row.ci95_by_centre) == (wilson_interval(1, 2), wilson_interval(2, 2))
    assert row.before_departure_m == pytest.approx(100 + 400)
    failure = failure_of(("winter", "day"), 0, wide)
    assert failure is not None
    assert (failure.reason, failure.end_reason, failure.by_centre) == ("lane_departure", "route_done", False)
    assert (failure.station_m, failure.x_m) == (105.0, 2.0)  # where it first went wrong, not where it was worst
    assert (failure.lateral_offset_m, failure.max_wheel_beyond_m) == pytest.approx((-0.9, 0.25))
    assert failure_of(("winter", "day"), 1, along) is None


def test_a_drive_that_fails_without_a_departure_fails_at_its_end() -> None:
    late = drive("time_limit", [5, 6, 7, 505], [0.0, 0.0, 0.0, 0.5], [6, 6, 6, 1], [0.0, 0.0, 0.0, 0.0])
    failure = failure_of(("summer", "day"), 2, late)
    assert failure is not None
    assert (failure.reason, failure.end_reason, failure.by_centre) == ("time_limit", "time_limit", True)
    assert (failure.station_m, failure.speed_mps) == (505.0, 1.0)
    assert row_of(("summer", "day"), [late]).km_per_departure is None


def test_failure_says_where_and_how_tight_the_road_is() -> None:
    bad = drive("lane_departure", [5, 80, 90, 105], [0.0, 0.2, 1.0, -1.8], [4, 4, 4, 3], [0, 0, 0, 0])
    failure = failure_of(("winter", "fog"), 7, bad)
    assert failure is not None
    assert (failure.map, failure.episode, failure.reason) == ("town", 7, "lane_departure")
    assert failure.curvature == pytest.approx(-0.05)  # the tightest in the last 20 m, not the last sample's
    assert failure.station_m == pytest.approx(90.0)  # where a wheel crosses, 15 m before the centre does
    assert failure.lateral_offset_m == pytest.approx(1.0)
    assert failure.max_wheel_beyond_m == pytest.approx(0.95)
    assert failure.speed_mps == pytest.approx(4.0)


def test_success_is_no_failure() -> None:
    assert failure_of(("summer", "day"), 0, made_up_drive(Scenario(route_seed=10_000))) is None


def test_evaluation_sums_up() -> None:
    evaluation, drives = made_up_evaluation("a", failing={("winter", "fog"): 3, ("winter", "day"): 1})
    assert (evaluation.episodes, evaluation.successes) == (200, 196)
    assert evaluation.season("winter") == (46, 50)
    assert evaluation.season("summer") == (50, 50)
    before = [d.distance_m for held in drives.values() for d in held if d.success]
    before += [failure.station_m for failure in evaluation.failures]
    assert evaluation.departures_per_km == pytest.approx(4 / (sum(before) / 1000.0), rel=1e-6)
    mean, (low, high) = evaluation.km_per_departure
    assert mean == pytest.approx(sum(before) / 4000.0, rel=1e-6)
    assert high is not None
    assert low < mean < high
    assert evaluation.row("winter", "rain") is None
    row = evaluation.row("winter", "fog")
    assert row is not None
    assert row.departures == row.departures_by_centre == 3


def test_evaluation_counts_by_wheel_and_by_centre() -> None:
    evaluation, _ = made_up_evaluation("a", failing={("winter", "fog"): 3}, wide={("winter", "day"): 2})
    assert (evaluation.successes, evaluation.successes_by_centre) == (195, 197)
    assert evaluation.season("winter") == (45, 50)
    assert [failure.by_centre for failure in evaluation.failures].count(False) == 2
    assert 0.0 < evaluation.wheel_beyond_share < 0.02
    assert evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation
