"""Imports and sizes: what is timed can be imported, and requirements are followed to their ends."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from wormdrive.bench import imports
from wormdrive.bench.imports import IMPORTS, bench_imports, installed_sizes

MIB = 2**20
REQUIRES = {
    "ours": ["Big_One>=1.0", "small", "onlyhere; extra == 'view'", "small; extra == 'view'", "gone; extra == 'view'",
             "ours[view]; extra == 'all'", "elsewhere; sys_platform == 'nowhere'"],
    "big-one": ["deep[fast]"],
    "deep": ["fastpart; extra == 'fast'", "small", "big-one"],
    "small": [], "onlyhere": [], "fastpart": [],
}  # fmt: skip
MEBIBYTES = {"big-one": 5, "deep": 3, "small": 1, "onlyhere": 2, "fastpart": 7}


class Extras:
    def get_all(self, name: str) -> list[str]:
        assert name == "Provides-Extra"
        return ["view", "all"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of six packages that require one another; one is missing."""

    class File:
        def __init__(self, size: int, name: str) -> None:
            self.path = tmp_path / name
            self.path.write_bytes(b"x" * size)

        def locate(self) -> Path:
            return self.path

    def requires(name: str) -> list[str]:
        if name not in REQUIRES:
            raise metadata.PackageNotFoundError(name)
        return REQUIRES[name]

    def files(name: str) -> list[Any]:
        if name not in MEBIBYTES:
            raise metadata.PackageNotFoundError(name)
        return [File(MEBIBYTES[name] * MIB, name)]

    monkeypatch.setattr(metadata, "requires", requires)
    monkeypatch.setattr(metadata, "files", files)
    monkeypatch.setattr(metadata, "metadata", lambda name: Extras())


@pytest.mark.usefixtures("installation")
def test_sizes_are_of_all_that_is_brought_and_extras_count_what_they_add() -> None:
    assert installed_sizes("ours") == {
        "ours": (16.0, ["big-one", "deep", "fastpart", "small"]),
        "view": (2.0, ["gone", "onlyhere"]),
        "all": (2.0, ["gone", "onlyhere"]),
    }


@pytest.mark.usefixtures("installation")
def test_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def timed(code: str) -> tuple[float, int]:
        asked.append(code)
        return (9.0 if len(asked) <= len(IMPORTS) else 0.002), 50

    monkeypatch.setattr(imports, "_timed", timed)
    monkeypatch.setattr(imports, "installed_sizes", lambda: installed_sizes("ours"))
    told: list[str] = []
    result = bench_imports(rounds=2, progress=told.append)
    assert result["import_ms"] == dict.fromkeys(IMPORTS, 2.0), "the round that warms up does not count"
    assert result["modules"] == dict.fromkeys(IMPORTS, 50)
    assert result["installed_mib"] == {"ours": 16.0, "view": 2.0, "all": 2.0}
    assert result["packages"] == {"ours": 4, "view": 2, "all": 2}
    assert result["not_installed"] == ["gone"]
    assert told[-1] == "wormdrive --help: round 2 of 2"


@pytest.mark.slow
def test_each_is_imported_in_a_process_of_its_own() -> None:
    for name, code in IMPORTS.items():
        spent, modules = imports._timed(code)
        assert spent > 0.0, name
        assert modules > 20, name
