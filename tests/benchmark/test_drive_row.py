from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_row import COLUMNS, CONDITION, KEY, DriveRow
from wormdrive.envs.common.errors import ArgumentError


def test_columns_are_the_fields() -> None:
    assert tuple(COLUMNS) == tuple(field.name for field in fields(DriveRow))
    assert set(KEY) < set(COLUMNS)
    assert set(CONDITION) < set(KEY)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("model", ""),
        ("season", "win\nter"),
        ("map", None),
        ("seed", -1),
        ("seed", 1.5),
        ("route", True),
        ("success", 1),
        ("success_centre", None),
        ("distance_m", float("nan")),
        ("distance_m", None),
        ("departure_distance_m", float("inf")),
        ("wheel_over_share", 1.01),
        ("offset_p95_m", -0.1),
        ("rung", float("nan")),
        ("clock", 1),
        ("digest", "0xff"),
        ("digest", ""),
        ("digest", "FF"),
    ],
)
def test_what_is_not_allowed_is_named(column: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match=rf"^{column}=.*: allowed is {COLUMNS[column].allowed[:10]}"):
        drive_row(**{column: value})


def test_numbers_of_numpy_are_numbers() -> None:
    row = drive_row(seed=np.int64(3), distance_m=np.float32(0.1))
    assert COLUMNS["seed"].show(row.seed) == "3"
    assert COLUMNS["distance_m"].show(row.distance_m) == repr(float(np.float32(0.1)))


def test_key_names_the_drive_and_condition_the_condition() -> None:
    row = drive_row(shift="fog", rung=30.0, seed=4, route=7)
    assert row.key() == ("ncp", "blind", 4, "four-seasons", "winter", "day", "fog", 30.0, True, 7)
    assert row.condition() == ("four-seasons", "winter", "day", "fog", 30.0, True)
