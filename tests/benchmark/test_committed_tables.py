from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark import committed_tables as module
from wormdrive.benchmark.committed_tables import committed_tables
from wormdrive.envs.common.errors import ArgumentError


def test_tables_of_a_benchmark_are_found_packed_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    (tmp_path / "mine").mkdir()
    for name in ("drives.csv", "drives-shifts.csv.gz", "provenance.json"):
        (tmp_path / "mine" / name).write_text("")
    assert [file.name for file in committed_tables("mine")] == ["drives.csv", "drives-shifts.csv.gz"]
    (tmp_path / "mine" / "drives.csv").rename(tmp_path / "mine" / "drives.csv.gz")
    assert [file.name for file in committed_tables("mine")] == ["drives.csv.gz", "drives-shifts.csv.gz"]
    with pytest.raises(ArgumentError, match=r"benchmark 'yours': no table .* \(there are those of mine\)"):
        committed_tables("yours")
