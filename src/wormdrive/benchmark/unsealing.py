"""Unsealing: the sealed conditions are opened once, when every training is there, and that is written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.sealed import sealed_conditions
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text

__all__ = ["SEALED", "UNSEALED", "Unsealed", "unseal"]

SEALED: Final = "sealed.yaml"
"""The suite of the sealed conditions, in the folder of the results."""

UNSEALED: Final = "unsealed.json"
"""The record of their opening, beside it."""

_NAMED_AT_MOST: Final = 3


@dataclass(frozen=True)
class Unsealed:
    """What is written down.

    Attributes
    ----------
    seed, seed_sha256:
        The seed, and its hash, which the benchmark's definition has held since before the first training.
    conditions_sha256:
        Of the file that the seed stands for.
    trainings, trainings_sha256:
        How many trainings there were, all of the benchmark's, and the SHA-256 of their names, one a line, sorted.
    trained_until, unsealed_at:
        When the last of them ended by the folder's date, and when this was written; UTC, ISO 8601.
    """

    benchmark: str
    seed: str
    seed_sha256: str
    conditions_sha256: str
    trainings: int
    trainings_sha256: str
    trained_until: str
    unsealed_at: str


def unseal(benchmark: Benchmark, seed: str, results: Path, *, threads: int = 1, device: str = "cpu") -> Path:
    """Write the conditions that a seed stands for into ``results``, with a record; return the file of conditions.

    Done again it changes nothing: the first record stays.

    Raises
    ------
    ArgumentError
        The seed is not the one that was committed, a training is missing, or the conditions were opened when there
        were other trainings.
    """
    digest = _sha256(seed)
    if benchmark.sealed_seed_sha256 is None:
        raise ArgumentError(f"benchmark {benchmark.name}: has no sealed_seed_sha256, so that it has nothing to unseal")
    if digest != benchmark.sealed_seed_sha256:
        raise ArgumentError(
            f"seed with SHA-256 {digest}: allowed is the one with sealed_seed_sha256={benchmark.sealed_seed_sha256}"
        )
    conditions = sealed_conditions(seed)
    policies = benchmark.policies(threads=threads, device=device)
    _require_all(policies, results)
    names = sorted(policy.name for policy in policies)
    record = Unsealed(
        benchmark=benchmark.name,
        seed=seed,
        seed_sha256=digest,
        conditions_sha256=_sha256(conditions),
        trainings=len(names),
        trainings_sha256=_sha256("".join(f"{name}\n" for name in names)),
        trained_until=_date(max((results / name).stat().st_mtime for name in names)),
        unsealed_at=_date(datetime.now(timezone.utc).timestamp()),
    )
    if (results / UNSEALED).exists():
        _require_same(results / UNSEALED, record)
    else:
        write_text(results / UNSEALED, json.dumps(asdict(record), indent=1) + "\n")
    write_text(results / SEALED, conditions)
    return results / SEALED


def _require_all(policies: Sequence[PolicyCell], results: Path) -> None:
    missing = [policy.label for policy in policies if not policy.is_done(results)]
    if missing:
        named = "; ".join(missing[:_NAMED_AT_MOST]) + ("; ..." if len(missing) > _NAMED_AT_MOST else "")
        raise ArgumentError(
            f"{results}: {len(missing)} of {len(policies)} trainings are missing ({named}): "
            "sealed conditions are opened when all are there, so that none can be chosen by them"
        )


def _require_same(file: Path, record: Unsealed) -> None:
    """Refuse to open the conditions for trainings that others were already compared by."""
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{file}: cannot be read as JSON: {error}") from error
    for name in ("benchmark", "seed_sha256", "conditions_sha256", "trainings_sha256"):
        value = getattr(record, name)
        if not isinstance(written, dict) or written.get(name) != value:
            raise ArgumentError(
                f"{file}: {name} is not {value!r}: the conditions were opened for other trainings or by another "
                f"version, and are sealed no more; `--conditions {file.with_name(SEALED)}` drives them all the same"
            )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
