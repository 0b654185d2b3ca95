"""Points file: road points as JSON or as CSV, written by anybody."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points.road_points import RoadPoints, checked_points

__all__ = ["read_road_points"]

_MOST_BYTES: Final = 16 * 2**20
_KEY: Final = "road_points"
_WIDTHS: Final = ("width", "width_m", "lane_width")
_DELIMITERS: Final = (",", ";", "\t", " ")


def read_road_points(path: Path) -> RoadPoints:
    """Read road points.

    JSON, which a file is that is named ``.json`` or begins with a bracket: a list of ``[x, y]`` or ``[x, y, width]``,
    or an object with such a list under ``road_points``, as the tests of the tool competition are. CSV: columns x, y and
    perhaps width, which a header names or not; commas, semicolons, tabs or spaces between them; lines that begin with
    ``#`` are left out. Metres; the width is that of a lane.

    Raises
    ------
    ArgumentError
        Names the file, the line or point, the value and what is allowed.
    """
    try:
        if not path.is_file():  # devices and pipes may never end
            raise ArgumentError(f"{path}: {'is not a regular file' if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(f"{path}: cannot be read: {error}") from None
    if len(data) > _MOST_BYTES:
        raise ArgumentError(f"{path}: allowed are {_MOST_BYTES // 2**20} MiB at most")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ArgumentError(f"{path}: line {line}: no text: allowed is UTF-8") from None
    is_json = path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{")
    rows = _json_rows(text, path) if is_json else _csv_rows(text, path)
    return checked_points(str(path), rows)


def _json_rows(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArgumentError(f"{path}: line {error.lineno}: no JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists in lists
        raise ArgumentError(f"{path}: allowed is a JSON list of [x, y]") from None
    if isinstance(values, dict):
        if _KEY not in values:
            raise ArgumentError(f"{path}: an object without {_KEY!r}: allowed is a JSON list of [x, y], or one there")
        values = values[_KEY]
    if not isinstance(values, list):
        raise ArgumentError(f"{path}: {type(values).__name__}: allowed is a JSON list of [x, y]")
    yield from ((f"point {k}", row) for k, row in enumerate(values))


def _csv_rows(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise ArgumentError(f"{path}: empty: allowed are columns x, y, or a JSON list of [x, y]")
    delimiter = next(sign for sign in _DELIMITERS if sign in lines[0][1] or sign == " ")
    chosen: list[int] | None = None
    for k, (number, line) in enumerate(lines):
        cells = _cells(line, delimiter, f"{path}: line {number}")
        if k == 0 and not any(_is_number(cell) for cell in cells):
            chosen = _columns(cells, f"{path}: line {number}")
            continue
        if chosen is not None and len(cells) <= max(chosen):
            raise ArgumentError(f"{path}: line {number}: {len(cells)} columns: allowed are {max(chosen) + 1} or more")
        wanted = cells if chosen is None else [cells[column] for column in chosen]
        yield f"line {number}", [float(cell) if _is_number(cell) else cell for cell in wanted]


def _cells(line: str, delimiter: str, where: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error as error:
        raise ArgumentError(f"{where}: no CSV: {error}") from None


def _columns(header: list[str], where: str) -> list[int]:
    """Return which columns hold x, y and perhaps the width."""
    names = [name.lower() for name in header]
    if "x" not in names or "y" not in names:
        shown = ", ".join(header)[:80]
        raise ArgumentError(
            f"{where}: columns {shown}: allowed are x, y and perhaps width, or numbers without a header"
        )
    width = [names.index(name) for name in _WIDTHS if name in names]
    return [names.index("x"), names.index("y"), *width[:1]]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
