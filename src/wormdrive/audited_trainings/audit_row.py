"""Audit row: the figures of one audited training, as a line of a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from wormdrive.audited_trainings.figures import NAMES
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_csv

__all__ = ["AuditRow", "AuditedTraining", "read_rows", "write_rows"]


@dataclass(frozen=True)
class AuditedTraining:
    """Which training it is: of what kind, by which recipe, from which seed; and its weights, by their SHA-256."""

    kind: str
    recipe: str
    seed: int
    weights_sha256: str

    @property
    def label(self) -> str:
        """Say which training it is."""
        return f"{self.kind}, {self.recipe}, seed {self.seed}" if self.recipe else self.kind


@dataclass(frozen=True)
class AuditRow:
    """What was found of a training: its figures by name, ``None`` where there is nothing to measure."""

    training: AuditedTraining
    figures: Mapping[str, float | None]


_TRAINING: Final = tuple(field.name for field in fields(AuditedTraining))


def write_rows(path: Path, rows: Iterable[AuditRow]) -> None:
    """Write a table as CSV, all figures of a training in a line; what is not there is empty.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    lines = [
        (*astuple(row.training), *("" if (value := row.figures.get(name)) is None else value for name in NAMES))
        for row in rows
    ]
    write_csv(path, (*_TRAINING, *NAMES), lines)


def read_rows(path: Path) -> list[AuditRow]:
    """Read a table; figures that it has no column for are ``None``.

    Raises
    ------
    ArgumentError
        If it cannot be read, or is none.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = [*csv.reader(file)] or [[]]
        if not lines:
            raise ValueError("no audit in it")
        return [_parsed(dict(zip(header, line, strict=True))) for line in lines]
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read: {error.strerror}") from error
    except (KeyError, ValueError) as error:
        raise ArgumentError(
            f"{path}: no table of audits ({error}); allowed are columns {', '.join(_TRAINING)} and figures' names"
        ) from error


def _parsed(line: Mapping[str, str]) -> AuditRow:
    unknown = [name for name in line if name not in (*_TRAINING, *NAMES)]
    if unknown:
        raise ValueError(f"column {unknown[0]!r}")
    training = AuditedTraining(line["kind"], line["recipe"], int(line["seed"]), line["weights_sha256"])
    return AuditRow(training, {name: float(held) if (held := line.get(name)) else None for name in NAMES})
