"""Opened conditions: the sealed ones that lie beside a table of their drives, with the record of their opening."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.unsealing import SEALED, UNSEALED, Unsealed
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import load_suite

__all__ = ["OpenedConditions", "opened_beside"]


@dataclass(frozen=True)
class OpenedConditions:
    """Sealed conditions that were opened.

    Attributes
    ----------
    record:
        What was written down when they were.
    suite:
        Name of the suite that they are, as tables of drives have it.
    snow_cover:
        By the name of each condition the share of the road under snow, in [0, 1].
    """

    record: Unsealed
    suite: str
    snow_cover: Mapping[str, float]


def opened_beside(tables: Iterable[Path], benchmark: Benchmark) -> OpenedConditions | None:
    """Read what lies beside tables, ``sealed.yaml`` and ``unsealed.json``; ``None`` if no such file does.

    Seed, hash and conditions are seen to belong together: the seed of the record has the hash that the benchmark's
    definition holds, and the file of conditions that of the record.

    Raises
    ------
    ArgumentError
        They do not, or a file is missing or cannot be read; it is named.
    """
    for folder in dict.fromkeys(table.parent for table in tables):
        if (folder / SEALED).exists():
            return _read(folder, benchmark)
    return None


def _read(folder: Path, benchmark: Benchmark) -> OpenedConditions:
    record = _record(folder / UNSEALED)
    try:
        conditions = _sha256((folder / SEALED).read_bytes())
    except OSError as error:
        raise ArgumentError(f"{folder / SEALED}: cannot be read: {error.strerror}") from error
    for file, what, found, allowed in (
        (UNSEALED, "SHA-256 of seed", _sha256(record.seed.encode()), record.seed_sha256),
        (UNSEALED, "seed_sha256", record.seed_sha256, benchmark.sealed_seed_sha256),
        (SEALED, "SHA-256", conditions, record.conditions_sha256),
    ):
        if found != allowed:
            raise ArgumentError(
                f"{folder / file}: {what} is {found}; allowed is {allowed}: the conditions of {benchmark.name}"
            )
    suite = load_suite(folder / SEALED)
    covers = {trial.shift: trial.scenario.conditions.season.snow_cover for trial in suite.trials}
    return OpenedConditions(record, suite.name, covers)


def _record(file: Path) -> Unsealed:
    try:
        return TypeAdapter(Unsealed).validate_python(json.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise ArgumentError(f"{file}: {where}: {first['msg']}; allowed is what --unseal writes") from error
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{file}: cannot be read as JSON: {error}; allowed is what --unseal writes") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
