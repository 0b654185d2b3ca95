"""Drive table: drives as rows, in memory and in CSV files from which every number comes back to the bit."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wormdrive.benchmark.drive_row import COLUMNS, KEY, DriveRow
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.scenarios.writing import write_csv

__all__ = ["DriveTable", "concatenate", "read_drives"]


@dataclass(frozen=True)
class DriveTable:
    """Drives, none of them twice.

    Raises
    ------
    ArgumentError
        If two rows are of one drive; it is named.
    """

    rows: tuple[DriveRow, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[Any, ...]] = set()
        for row in self.rows:
            key = row.key()
            if key in seen:
                raise ArgumentError(f"drive {_named(key)}: is there twice; allowed is one row a drive")
            seen.add(key)

    def __len__(self) -> int:
        """Return the number of drives."""
        return len(self.rows)

    def __iter__(self) -> Iterator[DriveRow]:
        """Return the drives one by one."""
        return iter(self.rows)

    def select(self, **wanted: Any) -> DriveTable:
        """Return the rows whose columns have the wanted values, in their order.

        Each keyword is a column's name; its value is one value or a collection of some (list, set, tuple).

        Raises
        ------
        ArgumentError
            If there is no such column.

        Examples
        --------
        >>> DriveTable(()).select(recipe="blind", season={"summer", "winter"})
        DriveTable(rows=())
        """
        sets: dict[str, Collection[Any]] = {}
        for name, value in wanted.items():
            if name not in COLUMNS:
                raise ArgumentError(one_of("column", name, COLUMNS))
            sets[name] = value if isinstance(value, Collection) and not isinstance(value, str) else (value,)
        return DriveTable(
            tuple(row for row in self.rows if all(getattr(row, name) in held for name, held in sets.items()))
        )

    def values(self, column: str) -> list[Any]:
        """Return the different values of a column, in the order of their first appearance."""
        if column not in COLUMNS:
            raise ArgumentError(one_of("column", column, COLUMNS))
        return list(dict.fromkeys(getattr(row, column) for row in self.rows))

    def groups(self, *columns: str) -> dict[tuple[Any, ...], DriveTable]:
        """Return the rows apart by the values of some columns, in the order of their first appearance.

        Raises
        ------
        ArgumentError
            If there is no such column.
        """
        for name in columns:
            if name not in COLUMNS:
                raise ArgumentError(one_of("column", name, COLUMNS))
        found: dict[tuple[Any, ...], list[DriveRow]] = {}
        for row in self.rows:
            found.setdefault(tuple(getattr(row, name) for name in columns), []).append(row)
        return {values: DriveTable(tuple(rows)) for values, rows in found.items()}

    def write(self, file: Path) -> None:
        """Write a CSV file (UTF-8, header, one line a drive), aside first; floats by ``repr``, truths as 0 and 1.

        Raises
        ------
        ArgumentError
            If the file cannot be written.
        """
        shown = ([column.show(getattr(row, name)) for name, column in COLUMNS.items()] for row in self.rows)
        write_csv(file, COLUMNS, shown)


def read_drives(file: Path) -> DriveTable:
    """Read what ``DriveTable.write`` wrote; columns may stand in any order.

    A file named ``.gz`` is unpacked first.

    Raises
    ------
    ArgumentError
        If the file cannot be read, lacks a column or has an unknown one, holds a drive twice or a value that is not
        allowed; it names the file, and of a value its line, its column and what is allowed.
    """
    try:
        text = _bytes(file).decode("utf-8")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArgumentError(f"{file}: {error}; allowed is a whole gzip file") from error
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ArgumentError(f"{file}: byte {error.start} is no UTF-8; allowed is a CSV file in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[DriveRow] = []
    try:
        header = next(reader, [])
        if not header:
            raise ArgumentError(f"{file}: no table; allowed is a line of columns and one for each drive")
        _check_header(file, header)
        rows.extend(_row(f"{file}, line {reader.line_num}", header, cells) for cells in reader)
    except csv.Error as error:
        raise ArgumentError(f"{file}, line {reader.line_num}: {error}; allowed is CSV") from error
    try:
        return DriveTable(tuple(rows))
    except ArgumentError as error:
        raise ArgumentError(f"{file}: {error}") from error


def _bytes(file: Path) -> bytes:
    """Read a file, unpacked if its name says that it is packed."""
    held = file.read_bytes()
    return gzip.decompress(held) if file.suffix == ".gz" else held


def concatenate(tables: Iterable[DriveTable]) -> DriveTable:
    """Join tables, rows in their order.

    Raises
    ------
    ArgumentError
        If a drive is in two of them.
    """
    return DriveTable(tuple(row for table in tables for row in table.rows))


def _check_header(file: Path, header: list[str]) -> None:
    for complaint, names in (
        ("lacks", [name for name in COLUMNS if name not in header]),
        (
            "has the unknown or repeated",
            [name for k, name in enumerate(header) if name not in COLUMNS or name in header[:k]],
        ),
    ):
        if names:
            columns = ", ".join(map(repr, names)) if len(names) < len(COLUMNS) else "of a table of drives"
            raise ArgumentError(f"{file}, line 1: {complaint} columns {columns}; allowed are {', '.join(COLUMNS)}")


def _row(where: str, header: list[str], cells: list[str]) -> DriveRow:
    if len(cells) != len(header):
        raise ArgumentError(f"{where}: has {len(cells)} cells; allowed are {len(header)}, as in the header")
    values: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        column = COLUMNS[name]
        try:
            values[name] = column.read(cell)
        except ValueError:
            raise ArgumentError(f"{where}, column {name}: {cell!r}: allowed is {column.allowed}") from None
    try:
        return DriveRow(**values)
    except ArgumentError as error:
        raise ArgumentError(f"{where}, column {error}") from None


def _named(key: tuple[Any, ...]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in zip(KEY, key, strict=True) if value not in (None, ""))
