"""Table files: drives as one CSV or Parquet file, a row for each frame."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wormdrive.envs.common.extras import import_extra
from wormdrive.training.episode_export.export_request import ExportRequest

__all__ = ["write_csv", "write_parquet"]


def write_csv(request: ExportRequest, out: Path) -> None:
    """Write a CSV file. Every number comes back to the bit; what is not a number (NaN) is an empty cell."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for loaded in request.episodes():
            columns = loaded.columns()
            if not loaded.index:
                writer.writerow(columns)
            writer.writerows(zip(*map(_cells, columns.values()), strict=True))
            request.advance(len(loaded.episode))


def _cells(column: Any) -> Iterable[Any]:
    return ("" if isinstance(value, float) and math.isnan(value) else value for value in column.tolist())


def write_parquet(request: ExportRequest, out: Path) -> None:
    """Write a Parquet file with a row group for each episode; what is not a number (NaN) is null.

    The file's metadata has ``wormdrive``: JSON, for each episode its file, whole scenario, camera and step [s].

    Raises
    ------
    MissingPackageError
        pyarrow is not installed.
    """
    arrow, parquet = import_extra("pyarrow", "parquet"), import_extra("pyarrow.parquet", "parquet")
    about: list[dict[str, Any]] = []
    writer: Any = None
    try:
        for loaded in request.episodes():
            columns = loaded.columns()
            table = arrow.table({name: arrow.array(column, from_pandas=True) for name, column in columns.items()})
            if writer is None:
                writer = parquet.ParquetWriter(out, table.schema, compression="zstd")
            writer.write_table(table)
            about.append(loaded.about())
            request.advance(len(loaded.episode))
        writer.add_key_value_metadata({"wormdrive": json.dumps(about)})
    finally:
        if writer is not None:
            writer.close()
