"""Verification: drives of a table are driven again, from the seed of their training on, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_row import KEY, DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.runner import run_cells
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.training.progress import Progress

__all__ = ["TOLERANCE_M", "Verdict", "sample_rows", "verify"]

TOLERANCE_M: Final = 0.05
"""On another kind of processor trainings differ in last digits; so far apart their mean offsets may be."""


@dataclass(frozen=True)
class Verdict:
    """A row of a table, and the same drive driven again.

    ``same_bits``: the trajectories are one; ``agrees``: success is the same, mean offsets are within ``TOLERANCE_M``.
    """

    row: DriveRow
    again: DriveRow
    same_bits: bool
    agrees: bool


def sample_rows(table: DriveTable, count: int, seed: int) -> list[DriveRow]:
    """Draw rows without replacement; all of them if there are fewer."""
    chosen = np.random.default_rng(seed).permutation(len(table))[:count]
    return [table.rows[int(k)] for k in np.sort(chosen)]


def verify(
    rows: Sequence[DriveRow],
    benchmark: Benchmark,
    results: Path,
    progress: Progress,
    *,
    threads: int,
) -> list[Verdict]:
    """Train what is not in ``results`` yet, and drive each row again.

    Raises
    ------
    ArgumentError
        A row is of no training or drive of this benchmark.
    """
    cells = [cell for cell in benchmark.cells(threads=threads) if isinstance(cell, DrivesCell)]
    found = []
    for row in rows:
        cell, index = _place(row, cells)
        run_cells([cell.policy], results, progress)
        trial = cell.course.trials[index]
        with computing_with(threads):
            (drive,) = drive_candidate(cell.candidate(results), [trial.scenario], embedded(threads))
        again = cell.row(trial, drive)
        near = abs(again.offset_mean_m - row.offset_mean_m) <= TOLERANCE_M
        found.append(Verdict(row, again, again.digest == row.digest, again.success == row.success and near))
    return found


def _place(row: DriveRow, cells: Sequence[DrivesCell]) -> tuple[DrivesCell, int]:
    """Find the cell and the trial of a row."""
    for cell in cells:
        policy = cell.policy
        if (policy.config.model, policy.recipe, policy.config.seed) != (row.model, row.recipe, row.seed):
            continue
        if (cell.course.suite, cell.tell_elapsed) != (row.suite, row.clock):
            continue
        wanted = row.season, row.weather, row.shift, row.rung, row.route
        for index, trial in enumerate(cell.course.trials):
            if (trial.season, trial.weather, trial.shift, trial.rung, trial.episode) == wanted:
                return cell, index
    named = ", ".join(f"{name}={getattr(row, name)}" for name in KEY)
    raise ArgumentError(f"row {named}: allowed are drives of the benchmark")
