from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.roads.opendrive.normalise.clipping import clipped, moved, value_at
from wormdrive.envs.roads.opendrive.normalise.records import Record

LENGTH_M = 100.0


def values(rows: list[Record], s: float) -> float:
    return value_at(next(row for row in reversed(rows) if row[0] <= s), s)


@pytest.mark.parametrize(
    "rows",
    [
        [(0.0, 3.0, 0.0, -0.01, 0.0)],
        [(0.0, -1.0, 0.2, -0.002, 0.0)],
        [(0.0, 2.0, -0.5, 0.01, -0.00004), (60.0, 3.0, 0.0, 0.0, 0.0)],
        [(0.0, 1.0, 0.0, -3e11, 1.5e25), (50.0, 3.5, 0.0, 0.0, 0.0)],
        [(0.0, 5.0, 100.0, 0.0, 0.0)],
        [(-10.0, -1.0, 0.05, 0.0, 0.0)],
    ],
)
def test_values_are_those_of_the_cubic_cut_to_the_range(rows: list[Record]) -> None:
    cut = clipped(rows, 0.0, 1000.0, LENGTH_M)
    assert [row[0] for row in cut] == sorted(row[0] for row in cut)
    for s in np.linspace(0.0, LENGTH_M, 997).tolist():
        assert values(cut, s) == pytest.approx(min(max(values(rows, s), 0.0), 1000.0), abs=1e-6, rel=1e-9)
    assert clipped(cut, 0.0, 1000.0, LENGTH_M) == cut


def test_what_stays_in_the_range_stays_as_it_is() -> None:
    rows = [(0.0, 3.5, 0.0, 0.0, 0.0), (20.0, 3.5, 0.0, -0.0003, 0.000002), (90.0, -1e-9, 0.0, 0.0, 0.0)]
    assert clipped(rows, 0.0, 1000.0, LENGTH_M) == rows


def test_a_cubic_about_another_station_is_the_same_one() -> None:
    row = (10.0, 1.0, -0.3, 0.02, 0.001)
    for s in (12.0, 25.0):
        assert value_at(moved(row, 20.0), s) == pytest.approx(value_at(row, s), rel=1e-12)
