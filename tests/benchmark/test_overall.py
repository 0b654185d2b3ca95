from __future__ import annotations

import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.overall import DRAWN, factors_as_one, overall

SEASONS = ("summer", "autumn", "winter", "spring")


def named(seeds: int = 4) -> DriveTable:
    """All succeed but in winter, where training k holds on k of 4 routes; offsets and whiteness grow with the route."""
    return DriveTable(
        tuple(
            drive_row(
                seed=seed, season=season, route=route, success=season != "winter" or route < seed,
                offset_p95_m=0.1 * route, whiteness_degps=float(route),
            )
            for seed in range(seeds)
            for season in SEASONS
            for route in range(4)
        )
    )  # fmt: skip


def factors(trainings: int = 2) -> DriveTable:
    """Each route has a season of its own; with k factors k of the four fail."""
    return DriveTable(
        tuple(
            drive_row(seed=seed, shift="factors", rung=float(k), season=SEASONS[route], route=route, success=route >= k)
            for seed in range(trainings)
            for k in range(3)
            for route in range(4)
        )
    )


def test_the_middle_half_of_trainings_by_conditions() -> None:
    (one,) = overall(named())
    assert (one.shift, one.rung, one.conditions, one.trainings) == ("", None, 4, 4)
    # of 16 rates 0, 1/4, 1/2, 3/4 are the lowest, and cut off
    assert one.success == 1.0
    assert one.interval is not None
    assert one.interval.low <= 1.0 == one.interval.estimate
    assert one.offset_p95_m == pytest.approx(0.15)
    assert one.whiteness_degps == 1.5


def test_a_single_training_has_no_interval() -> None:
    (one,) = overall(named(1))
    assert one.interval is None
    assert one.success == 1.0  # the middle two of 0, 1, 1, 1


def test_factors_by_how_many_at_once() -> None:
    table = factors_as_one(factors())
    assert table.values("season") == table.values("weather") == [DRAWN]
    assert [(one.shift, one.rung, one.conditions, one.success) for one in overall(table)] == [
        ("factors", 0.0, 1, 1.0), ("factors", 1.0, 1, 0.75), ("factors", 2.0, 1, 0.5)
    ]  # fmt: skip


def test_conditions_with_a_name_of_their_own_count_with_the_others() -> None:
    more = tuple(drive_row(shift="thaw", weather="given", seed=row.seed, route=row.route) for row in named().rows[:4])
    (one,) = overall(DriveTable(named(1).rows + more))
    assert (one.shift, one.conditions) == ("", 5)


def test_ladders_are_no_conditions() -> None:
    assert overall(DriveTable((drive_row(shift="fog", rung=30.0),))) == []
