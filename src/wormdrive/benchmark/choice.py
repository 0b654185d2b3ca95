"""Choice: which way to train is best by a suite that shows only what one may choose by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_csv

__all__ = ["Choice", "print_choices", "rank", "write_choices"]


@dataclass(frozen=True)
class Choice:
    """What a recipe was worth to a model.

    Attributes
    ----------
    score:
        Share of drives with all wheels in the lane, mean over the suite's shifts (its named conditions count as one).
    offset_mean_m:
        Mean distance from the lane's centre [m], mean over the shifts.
    seeds:
        How many trainings that is the mean of.
    chosen:
        Whether it is the best of its model: of the highest score, then of the least offset.
    """

    model: str
    recipe: str
    score: float
    offset_mean_m: float
    seeds: int
    chosen: bool


def rank(table: DriveTable, suite: str) -> list[Choice]:
    """Rank the recipes of every model by their drives of ``suite``, the best first.

    Raises
    ------
    ArgumentError
        Nobody drove the suite.
    """
    driven = table.select(suite=suite)
    if not len(driven):
        raise ArgumentError(f"suite={suite!r}: nobody drove it; allowed are {', '.join(table.values('suite'))}")
    found: list[Choice] = []
    for model in driven.values("model"):
        worth = []
        for (recipe,), rows in driven.select(model=model).groups("recipe").items():
            shifts = list(rows.groups("shift").values())
            score = float(np.mean([np.mean([row.success for row in shift]) for shift in shifts]))
            offset_m = float(np.mean([np.mean([row.offset_mean_m for row in shift]) for shift in shifts]))
            worth.append((-score, offset_m, str(recipe), len(rows.values("seed"))))
        found += [
            Choice(model, recipe, -minus, offset_m, seeds, place == 0)
            for place, (minus, offset_m, recipe, seeds) in enumerate(sorted(worth))
        ]
    return found


def write_choices(choices: Sequence[Choice], file: Path) -> None:
    """Write all that was tried to a CSV file.

    Raises
    ------
    ArgumentError
        It cannot be written.
    """
    names = [field.name for field in fields(Choice)]
    write_csv(file, names, [(*astuple(choice)[:-1], int(choice.chosen)) for choice in choices])


def print_choices(console: Console, choices: Sequence[Choice]) -> None:
    """Print them, the best of every model first."""
    table = Table(title="what was tried, by the drives that one may choose by")
    for column in ("model", "recipe", "in the lane", "offset", ""):
        table.add_column(column, justify="right" if column in ("in the lane", "offset") else "left")
    for choice in choices:
        score, offset = f"{100 * choice.score:.1f} %", f"{100 * choice.offset_mean_m:.0f} cm"
        table.add_row(choice.model, choice.recipe, score, offset, "chosen" if choice.chosen else "")
    console.print(table)
