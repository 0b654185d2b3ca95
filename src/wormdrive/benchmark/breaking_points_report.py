"""Breaking points as a table to look at, and as a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from wormdrive.benchmark.breaking_points import LadderBreak
from wormdrive.scenarios.writing import write_csv

__all__ = ["place_on_ladder", "print_breaking_points", "write_breaking_points"]

_COLUMNS = (
    *("recipe", "model", "seed", "suite", "shift", "clock", "rungs", "rungs_driven", "routes"),
    *("rungs_held", "side", "value", "low", "high"),
)


def place_on_ladder(rungs: Sequence[float], held: float) -> str:
    """Return where a number of rungs held lies, in their unit: ``before`` the first, ``beyond`` the last, or between.

    Examples
    --------
    >>> place_on_ladder((10.0, 5.0, 3.0), 2.0), place_on_ladder((10.0, 5.0, 3.0), 3.0)
    ('4', 'beyond 3')
    """
    at = held - 0.5
    if at < 0.0:
        return f"before {rungs[0]:g}"
    if at > len(rungs) - 1:
        return f"beyond {rungs[-1]:g}"
    return f"{np.interp(at, np.arange(len(rungs)), rungs):.3g}"


def print_breaking_points(console: Console, breaks: Sequence[LadderBreak]) -> None:
    """Print one recipe's: ladders by models, each the mean over trainings in the unit of the rungs."""
    models = list(dict.fromkeys(one.model for one in breaks))
    table = Table(
        title=f"{breaks[0].recipe}: where half of the drives fail; mean of the trainings' rungs held, in the rungs' "
        "unit, its 95 % interval, and how many trainings pass the last rung"
    )
    table.add_column("")
    for model in models:
        table.add_column(model, justify="right")
    rows: dict[tuple[str, str, bool], dict[str, LadderBreak]] = {}
    for one in breaks:
        rows.setdefault((one.suite, one.shift, one.clock), {})[one.model] = one
    for (_, shift, clock), held in rows.items():
        rungs = next(iter(held.values())).rungs
        name = f"{shift}, {rungs[0]:g} to {rungs[-1]:g}" + ("" if clock else ", untold")
        table.add_row(name, *(_shown(held[model]) if model in held else "" for model in models))
    console.print(table)


def write_breaking_points(breaks: Iterable[LadderBreak], file: Path) -> None:
    """Write a CSV file, one line a training and ladder; empty where a fit lies outside of the ladder or has no end.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    rows: list[list[object]] = []
    for one in breaks:
        for training in one.trainings:
            fit = training.fit
            ends = ["" if value is None else repr(value) for value in (fit.value, *fit.interval)]
            where = one.recipe, one.model, training.seed, one.suite, one.shift, int(one.clock)
            counts = len(one.rungs), training.rungs_driven, one.routes
            rows.append([*where, *counts, repr(training.rungs_held), fit.side, *ends])
    write_csv(file, _COLUMNS, rows)


def _shown(one: LadderBreak) -> str:
    passed = sum(training.rungs_held > len(one.rungs) - 0.5 for training in one.trainings)
    beyond = f", {passed} pass" if passed else ""
    if one.rungs_held is None:
        return place_on_ladder(one.rungs, one.trainings[0].rungs_held) + beyond
    mean, low, high = (
        place_on_ladder(one.rungs, held) for held in (one.rungs_held.estimate, one.rungs_held.low, one.rungs_held.high)
    )
    return f"{mean} ({low} to {high}){beyond}"
