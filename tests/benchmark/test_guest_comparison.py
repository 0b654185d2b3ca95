from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from scipy import stats

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.guest_comparison import ALL, compare_guests, print_guests, write_guests

SEASONS = ("summer", "winter")


def table(successes: dict[int, list[list[bool]]], **columns: object) -> DriveTable:
    """Make rows of successes by seed, season and route."""
    return DriveTable(
        tuple(
            drive_row(seed=seed, season=season, route=route, success=success, **columns)
            for seed, of in successes.items()
            for season, row in zip(SEASONS, of, strict=True)
            for route, success in enumerate(row)
        )
    )


OURS = table(
    {0: [[True, True, True], [True, False, True]], 1: [[True, True, False], [False, False, True]]}, model="ncp"
)
THEIRS = table({0: [[True, False, True], [False, True, False]]}, model="mine", recipe="guest")


def test_drives_are_paired_and_routes_are_the_units() -> None:
    found = {one.season: one for one in compare_guests(THEIRS, OURS)}
    assert set(found) == {ALL, *SEASONS}
    whole = found[ALL]
    assert (whole.guest, whole.model, whole.conditions, whole.routes, whole.trainings) == ("mine", "ncp", 2, 3, 2)
    assert whole.guest_success == pytest.approx(0.5)
    assert whole.success == pytest.approx(8 / 12)
    by_route = np.array([(0.0 - 0.5) / 2, (-1.0 + 1.0) / 2, (0.5 - 1.0) / 2])
    low, high = stats.t.interval(0.95, 2, by_route.mean(), by_route.std(ddof=1) / 3**0.5)
    assert (whole.difference, whole.low, whole.high) == pytest.approx((by_route.mean(), low, high))
    assert found["summer"].difference == pytest.approx((0.0 - 1.0 + 0.5) / 3)


def test_what_only_one_of_them_drove_does_not_count() -> None:
    more = DriveTable((*THEIRS, drive_row(model="mine", recipe="guest", route=9, success=False)))
    assert compare_guests(more, OURS) == compare_guests(THEIRS, OURS)
    ladder = DriveTable(tuple(drive_row(model="mine", recipe="guest", shift="fog", rung=30.0, route=k) for k in (0, 1)))
    assert compare_guests(ladder, OURS) == []
    (alone, *_) = compare_guests(THEIRS.select(route=0), OURS)
    assert (alone.routes, alone.low, alone.high) == (1, None, None)


def test_they_are_written_and_printed(tmp_path: Path) -> None:
    found = compare_guests(THEIRS, OURS)
    write_guests(found, tmp_path / "guests.csv")
    assert (tmp_path / "guests.csv").read_text().count("\n") == 4
    console = Console(width=120, record=True)
    print_guests(console, found, "the table")
    text = console.export_text()
    assert "mine, in the lane on 50 %" in text
    assert "A guest is one training" in text
