"""Summary: what the drives of a benchmark say: success by recipe, condition and model, over training seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drive_row import CONDITION
from wormdrive.benchmark.drive_table import DriveTable, concatenate, read_drives
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.statistics.aggregates import mean, over_routes
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.comparison import Comparison, compare
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.score_arrays import ScoreArrays, metric_bounds, pivot

__all__ = ["Rate", "Summary", "merge", "print_summary", "summarise"]

_METRIC = "success"


@dataclass(frozen=True)
class Rate:
    """Success of one model's trainings in one condition.

    ``by_seed`` are the successes of each training out of ``routes``; ``rate`` is their mean with its interval, without
    one where there is a single training.
    """

    recipe: str
    model: str
    condition: tuple[str | float | None, ...]
    routes: int
    by_seed: dict[int, int]
    rate: Interval | None


@dataclass(frozen=True)
class Summary:
    """All rates, and all differences from the reference of which there are several trainings; one family a recipe."""

    rates: list[Rate]
    differences: list[Comparison]


def merge(cells: Iterable[Cell], results: Path) -> DriveTable:
    """Join the drives of all cells that are done."""
    driven = [cell for cell in cells if isinstance(cell, DrivesCell) and cell.is_done(results)]
    return concatenate(read_drives(cell.file(results)) for cell in driven)


def summarise(table: DriveTable, reference: str) -> Summary:
    """Sum a table up.

    Raises
    ------
    ArgumentError
        Trainings drove different routes of one condition.
    """
    rates: list[Rate] = []
    differences: list[Comparison] = []
    for driven in table.groups("recipe", *CONDITION).values():
        rates += _rates(pivot(driven, _METRIC))
    for driven in table.groups("recipe").values():
        several = DriveTable(tuple(row for row in driven if len(driven.select(model=row.model).values("seed")) > 1))
        if reference in several.values("model") and len(several.values("model")) > 1:
            differences += compare(several, _METRIC, reference=reference)
    return Summary(rates, differences)


def _rates(arrays: ScoreArrays) -> list[Rate]:
    found = []
    for model, scores in arrays.scores.items():
        interval = None
        if len(scores) > 1:
            band = bootstrap({model: scores[:, :, None]}, over_routes(mean), bounds=metric_bounds(_METRIC))
            interval = band.interval()
        by_seed = {seed: int(row.sum()) for seed, row in zip(arrays.seeds[model], scores, strict=True)}
        found.append(Rate(arrays.recipe, model, arrays.conditions[0], len(arrays.routes), by_seed, interval))
    return found


def print_summary(console: Console, summary: Summary) -> None:
    """Print a table a recipe: conditions by models, successes of each training, and the interval of their mean."""
    for recipe in dict.fromkeys(rate.recipe for rate in summary.rates):
        rates = [rate for rate in summary.rates if rate.recipe == recipe]
        models = list(dict.fromkeys(rate.model for rate in rates))
        table = Table(
            title=f"{recipe}: drives with all wheels in the lane, by training seed; mean and its 95 % interval"
        )
        table.add_column("")
        for model in models:
            table.add_column(model, justify="right")
        for condition in dict.fromkeys(rate.condition for rate in rates):
            held = {rate.model: _shown(rate) for rate in rates if rate.condition == condition}
            table.add_row(_named(condition), *(held.get(model, "") for model in models))
        console.print(table)
    for difference in summary.differences:
        if difference.p_corrected < 1.0 - difference.difference.level:
            of = difference.difference
            console.print(
                f"{difference.recipe}, {_named(difference.condition)}: {difference.model} less {difference.reference}: "
                f"{100 * of.estimate:+.0f} points ({100 * of.low:+.0f} to {100 * of.high:+.0f}), "
                f"p = {difference.p_corrected:.3f} after Holm's correction",
                soft_wrap=True,
            )


def _shown(rate: Rate) -> str:
    seeds = " ".join(str(count) for count in rate.by_seed.values())
    if rate.rate is None:
        return f"{seeds} of {rate.routes}"
    of = rate.rate
    return f"{seeds} of {rate.routes}: {100 * of.estimate:.0f} % ({100 * of.low:.0f}-{100 * of.high:.0f})"


def _named(condition: tuple[str | float | None, ...]) -> str:
    _, season, weather, shift, rung = condition
    shifted = shift if rung is None else f"{shift} {rung:g}"
    return f"{season} {weather}" + (f", {shifted}" if shift else "")
