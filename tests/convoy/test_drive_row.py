from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wormdrive.convoy.drive_row import ConvoyRow, measure, read_rows, write_rows
from wormdrive.envs.common.errors import ArgumentError

ROW = ConvoyRow("ncp", 1, "winter", 3, "braking", "collision", 0, 12.3, 1.5, -0.1, 0.2, 4.0, 2.25)


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_rows(tmp_path / "drives.csv", [ROW, ROW])
    assert read_rows(tmp_path / "drives.csv") == [ROW, ROW]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot be read"):
        read_rows(tmp_path / "none.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ArgumentError, match="no table of convoys' drives"):
        read_rows(tmp_path / "other.csv")


def test_measures_begin_when_the_start_is_over() -> None:
    steps = 101
    speed = np.stack([np.r_[np.zeros(30), np.tile([4.0, 8.0], 36)[: steps - 30]], np.full(steps, 6.0)], axis=1)
    gap = np.full((steps, 1), 12.0)
    gap[5] = 3.0
    error = np.where(np.arange(steps) < 30, 9.0, -2.0)[:, None]
    found = measure(speed, gap, error, np.full((steps, 1), -0.25), 0.1)
    assert found["driven_s"] == pytest.approx(10.0)
    assert found["gap_error_m"] == 2.0
    assert found["least_gap_m"] == 3.0
    assert found["offset_m"] == 0.25
    assert found["first_variance"] == pytest.approx(4.0, abs=0.01)
    assert found["last_variance"] == 0.0


def test_a_drive_that_ends_at_once_has_measures_too() -> None:
    found = measure(np.ones((2, 2)), np.ones((2, 1)), np.ones((2, 1)), np.ones((2, 1)), 0.1)
    assert all(np.isfinite(list(found.values())))
