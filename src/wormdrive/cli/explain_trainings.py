"""``wormdrive explain --results``: audit all trainings of some kinds and recipes, and sum up a table of such audits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from wormdrive.audited_trainings.audit_cell import AuditSettings
    from wormdrive.audited_trainings.audit_row import AuditRow

__all__ = ["explain_table", "explain_trainings"]


def explain_trainings(
    kinds: Sequence[str],
    results: Path,
    recipes: Sequence[str],
    benchmark: str,
    out: Path,
    settings: AuditSettings,
    *,
    seeds: int | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Audit what is missing in ``out``, write table and page, and print the groups."""
    import os

    from rich.console import Console

    from wormdrive.audited_trainings.measure import audit_cells, measure
    from wormdrive.benchmark.trainings import trainings_of
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.perception.kernels.chunks import computing_with

    trainings = trainings_of(kinds, results, recipes, benchmark, seeds=seeds)
    threads = threads or os.cpu_count() or 1
    cells = audit_cells(trainings, results, settings, command=_command(), threads=threads)
    with (
        stoppable(lambda: f"what is done is kept in {out}: the same command goes on"),
        computing_with(threads),
        Stages(Console(stderr=True)) as stages,
    ):
        rows = measure(cells, out, stages)
    _tell(rows, out, as_json=as_json)


def explain_table(table: Path, out: Path | None, *, force: bool, as_json: bool) -> None:
    """Sum up a table of audits; write the page if there is a folder for it."""
    from wormdrive.audit.writing import COMPARISON
    from wormdrive.audited_trainings.audit_row import read_rows
    from wormdrive.cli.replacing import require_new_files

    if out is not None:
        require_new_files([out / f"{COMPARISON}.html", out / f"{COMPARISON}.json"], force=force)
    _tell(read_rows(table), out, as_json=as_json)


def _tell(rows: Sequence[AuditRow], out: Path | None, *, as_json: bool) -> None:
    from rich.console import Console

    from wormdrive.audited_trainings.printing import print_groups
    from wormdrive.audited_trainings.summary import summaries_json, summarise
    from wormdrive.audited_trainings.writing import write_groups

    groups = summarise(rows)
    written = None if out is None else write_groups(groups, rows, out, _command())
    if as_json:
        typer.echo(json.dumps(summaries_json(groups), indent=1, allow_nan=False))
        return
    print_groups(Console(), groups)
    if written is not None:
        typer.echo(f"page: {written}")


def _command() -> str:
    import shlex
    import sys

    return shlex.join(["wormdrive", *sys.argv[1:]])
