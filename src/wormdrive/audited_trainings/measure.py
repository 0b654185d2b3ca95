"""Measure: audit what is missing of some trainings, and join the figures of all that are there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from wormdrive.agents.policies.serialization import WEIGHTS_FILE, load_policy
from wormdrive.audit.told_policy import TOLD, told_policy
from wormdrive.audited_trainings.audit_cell import TRAINING, AuditCell, AuditSettings, read_audit
from wormdrive.audited_trainings.audit_row import AuditedTraining, AuditRow, write_rows
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.runner import run_cells
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.folder_settings import require_same_settings
from wormdrive.training.progress import Progress

__all__ = ["SETTINGS", "TABLE", "audit_cells", "measure", "rows_of"]

SETTINGS: Final = "config.txt"
TABLE: Final = "audits.csv"


def audit_cells(
    trainings: Iterable[PolicyCell], results: Path, settings: AuditSettings, *, command: str = "", threads: int = 1
) -> list[AuditCell]:
    """Return the audits of a benchmark's trainings in ``results``, seed by seed, and of who is told the road.

    Raises
    ------
    ArgumentError
        A training's weights are missing.
    """
    found = []
    for cell in sorted(trainings, key=lambda cell: cell.config.seed):
        weights = cell.folder(results) / WEIGHTS_FILE
        try:
            digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        except OSError as error:
            raise ArgumentError(f"{weights}: cannot be read: {error.strerror}") from error
        training = AuditedTraining(cell.config.model, cell.recipe, cell.config.seed, digest)
        load = partial(load_policy, cell.folder(results))
        found.append(AuditCell(training, load, settings, command=command, threads=threads))
    control = AuditedTraining(TOLD, "", 0, "")
    return [*found, AuditCell(control, told_policy, settings, command=command, threads=threads)]


def measure(cells: Sequence[AuditCell], out: Path, progress: Progress) -> list[AuditRow]:
    """Do what is missing in ``out``, write the table, and return its rows: all audits that lie there.

    Each audit is kept once it is done: killed and started again, the work goes on with the next. Several processes
    share it: each does what is neither done nor being done, and all end when everything is.

    Raises
    ------
    ArgumentError
        The folder holds audits of other settings or other weights, or something else.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / SETTINGS).exists():
        raise ArgumentError(f"{out}: holds no audits of trainings; allowed are a new folder, or one that does")
    require_same_settings(out / SETTINGS, cells[0].settings.to_text())
    run_cells(cells, out, progress)
    rows = rows_of(out, [cell.training for cell in cells])
    write_rows(out / TABLE, rows)
    return rows


def rows_of(out: Path, first: Sequence[AuditedTraining] = ()) -> list[AuditRow]:
    """Read all audits of a folder, group by group, the groups of ``first`` first, each in the order of its seeds."""
    groups = list(dict.fromkeys((one.recipe, one.kind) for one in first))

    def place(row: AuditRow) -> tuple[int, str, str, int]:
        group = row.training.recipe, row.training.kind
        return groups.index(group) if group in groups else len(groups), *group, row.training.seed

    return sorted((read_audit(file.parent) for file in out.glob(f"*/{TRAINING}")), key=place)
