"""Write results where the user asked for them, aside first, with an error of our own if that cannot be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["write_csv", "write_text"]


def write_text(file: Path, text: str) -> None:
    """Write UTF-8 text, making the folder if needed; a reader never meets half a file.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(file, text.encode("utf-8"))
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be written: {error.strerror}") from error


def write_csv(file: Path, columns: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file, a header and a line a row, as ``write_text`` writes.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(file, text.getvalue())
