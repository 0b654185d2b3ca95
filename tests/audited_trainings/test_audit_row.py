from __future__ import annotations

from pathlib import Path

import pytest

from tests.audited_trainings.rows import ROWS
from wormdrive.audited_trainings.audit_row import read_rows, write_rows
from wormdrive.envs.common.errors import ArgumentError


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_rows(tmp_path / "audits.csv", ROWS)
    assert read_rows(tmp_path / "audits.csv") == ROWS


def test_figures_may_be_missing_but_not_unknown(tmp_path: Path) -> None:
    table = tmp_path / "audits.csv"
    table.write_text("kind,recipe,seed,weights_sha256,road_share\nncp,blind,2,ab,0.5\n")
    (row,) = read_rows(table)
    assert row.training.label == "ncp, blind, seed 2"
    assert {name: value for name, value in row.figures.items() if value is not None} == {"road_share": 0.5}
    for text, complaint in (
        ("", "no table of audits .no audit in it"),
        ("some,others\n", "no audit in it"),
        ("kind,recipe,seed,weights_sha256,charm\nncp,blind,2,ab,0.5\n", "column 'charm'"),
        ("kind,recipe,seed,road_share\nncp,blind,2,0.5\n", "'weights_sha256'"),
        ("kind,recipe,seed,weights_sha256,road_share\nncp,blind,2,ab\n", "shorter"),
        ("kind,recipe,seed,weights_sha256,road_share\nncp,blind,two,ab,0.5\n", "'two'"),
    ):
        table.write_text(text)
        with pytest.raises(ArgumentError, match=complaint):
            read_rows(table)
    with pytest.raises(ArgumentError, match="cannot be read"):
        read_rows(tmp_path / "none.csv")
