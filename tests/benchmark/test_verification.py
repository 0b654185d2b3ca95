from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.definition import load_benchmark
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.verification import sample_rows, verify
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.progress import Silent


def test_a_sample_follows_from_its_seed_and_holds_no_row_twice() -> None:
    table = DriveTable(tuple(drive_row(route=k) for k in range(50)))
    sample = sample_rows(table, 20, 3)
    assert sample == sample_rows(table, 20, 3)
    assert sample != sample_rows(table, 20, 4)
    assert len({row.route for row in sample}) == 20
    assert sample_rows(table, 80, 3) == list(table.rows)


def test_a_row_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    row = drive_row(model="ncp", recipe="paper", seed=99)
    with pytest.raises(ArgumentError, match=r"recipe=paper, seed=99.*allowed are drives of the benchmark"):
        verify([row], load_benchmark("settled-question"), tmp_path, Silent(), threads=1)
