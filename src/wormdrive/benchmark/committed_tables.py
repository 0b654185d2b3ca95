"""Committed tables: the drives of the benchmarks that come with the package, in ``scenarios/results``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wormdrive import scenarios
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["committed_table", "committed_tables"]

_FOLDER: Final = Path(scenarios.__file__).parent / "results"


def committed_tables(benchmark: str) -> list[Path]:
    """Return the tables of a benchmark, ``drives*.csv`` or ``drives*.csv.gz``: ``drives`` itself, then others by name.

    Raises
    ------
    ArgumentError
        There are none.
    """
    there = [file for end in ("csv", "csv.gz") for file in (_FOLDER / benchmark).glob(f"drives*.{end}")]
    found = sorted(there, key=lambda file: file.name.split("."))
    if not found:
        held = ", ".join(sorted(folder.name for folder in _FOLDER.glob("*") if any(folder.glob("drives*.csv*"))))
        raise ArgumentError(
            f"benchmark {benchmark!r}: no table of it comes with the package (there are those of {held or 'none'}); "
            "allowed is to name a drives.csv that `wormdrive benchmark` wrote"
        )
    return found


def committed_table(benchmark: str) -> Path | None:
    """Return the table of a benchmark's own drives, if it comes with the package."""
    files = (_FOLDER / benchmark / f"drives.{end}" for end in ("csv", "csv.gz"))
    return next((file for file in files if file.is_file()), None)
