from __future__ import annotations

import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.standing import departures, standings


def test_a_standing_is_a_mean_over_conditions_and_routes() -> None:
    rows = [
        drive_row(seed=seed, weather=weather, route=route, success=route < seed)
        for seed in (1, 3) for weather in ("day", "fog") for route in range(4)
    ]  # fmt: skip
    (one,) = standings(DriveTable(tuple(rows)))
    assert (one.recipe, one.model, one.drives) == ("blind", "ncp", 8)
    assert one.by_seed == {1: 0.25, 3: 0.75}
    assert one.counts == [2, 6]
    assert one.interval is not None
    assert one.interval.low < 0.5 == one.interval.estimate < one.interval.high
    (alone,) = standings(DriveTable(tuple(rows[:8])))
    assert alone.interval is None
    assert alone.mean == 0.25


def test_departures_count_the_distance_before_them() -> None:
    rows = (
        drive_row(route=0, distance_m=200.0, departure_distance_m=50.0, wheel_over_share=0.5),
        drive_row(route=1, distance_m=200.0, departure_distance_m=None),
        drive_row(seed=1, distance_m=150.0, departure_distance_m=None),
    )
    found = departures(DriveTable(rows))
    assert found.count == 1
    assert found.before_km == pytest.approx(0.4)
    assert found.by_seed == (pytest.approx(0.25), None)
    assert found.wheel_over_share == pytest.approx(0.5 / 3)
