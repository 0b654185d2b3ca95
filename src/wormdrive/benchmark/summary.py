"""Summary: what the drives of a benchmark say: success and breaking points by recipe and model, over training seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from wormdrive.benchmark.breaking_points import LadderBreak, Ladders, breaking_points, compare_breaking_points
from wormdrive.benchmark.breaking_points_report import print_breaking_points
from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drive_row import CONDITION, DriveRow
from wormdrive.benchmark.drive_table import DriveTable, read_drives
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.overall import Overall, factors_as_one, overall
from wormdrive.benchmark.statistics.aggregates import mean, over_routes
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.comparison import Comparison, compare
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.score_arrays import ScoreArrays, metric_bounds, pivot
from wormdrive.scenarios.suite import FACTORS

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
    """What a table says.

    Attributes
    ----------
    rates:
        Success in each condition; not on ladders of which trainings drove different rungs.
    differences:
        In success, of those from the reference, where there are several trainings; one family a recipe.
    breaking_points, breaking_differences:
        The same of ladders, however they were driven; again one family a recipe.
    overall:
        Success over all conditions of a suite, and by the number of factors at once.
    """

    rates: list[Rate]
    differences: list[Comparison]
    breaking_points: list[LadderBreak]
    breaking_differences: list[Comparison]
    overall: list[Overall]


def merge(cells: Iterable[Cell], results: Path) -> DriveTable:
    """Join the drives of all cells that are done.

    A recipe is called what this benchmark calls it: another one may have made the same cell under another name.
    """
    driven = [cell for cell in cells if isinstance(cell, DrivesCell) and cell.is_done(results)]
    return DriveTable(
        tuple(replace(row, recipe=cell.policy.recipe) for cell in driven for row in read_drives(cell.file(results)))
    )


def summarise(table: DriveTable, reference: str, ladders: Ladders | None = None) -> Summary:
    """Sum a table up; of ``ladders`` breaking points are found.

    Raises
    ------
    ArgumentError
        Trainings drove different routes of one condition.
    """
    rates: list[Rate] = []
    differences: list[Comparison] = []
    ladders = ladders or {}
    table = factors_as_one(table)
    breaks = breaking_points(table, ladders), compare_breaking_points(table, ladders, reference)
    table = _without_bisected(table, ladders)
    for driven in table.groups("recipe", *CONDITION).values():
        rates += _rates(pivot(driven, _METRIC))
    for driven in table.groups("recipe").values():
        differences += compare(_comparable(driven, reference), _METRIC, reference=reference)
    return Summary(rates, differences, *breaks, overall(table))


def _comparable(table: DriveTable, reference: str) -> DriveTable:
    """Choose conditions that several trainings of the reference drove, and in these the models that have several."""
    rows: list[DriveRow] = []
    for driven in table.groups(*CONDITION).values():
        several = [model for (model,), own in driven.groups("model").items() if len(own.values("seed")) > 1]
        if reference in several:
            rows += driven.select(model=several).rows
    return DriveTable(tuple(rows))


def _without_bisected(table: DriveTable, ladders: Ladders) -> DriveTable:
    """Leave out ladders on which some training drove some of the rungs: the others' rungs are no condition for all."""
    rows: list[DriveRow] = []
    for (_, suite, shift, _), driven in table.groups("recipe", "suite", "shift", "clock").items():
        rungs = set(ladders.get((suite, shift), ()))
        whole = all(rungs <= set(one.values("rung")) for one in driven.groups("model", "seed").values())
        rows += [row for row in driven if whole or row.rung is None]
    return DriveTable(tuple(rows))


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
        over = [one for one in summary.overall if one.recipe == recipe and one.conditions > 1]
        for suite, clock in dict.fromkeys((one.suite, one.clock) for one in over):
            shown = {one.model: one for one in over if (one.suite, one.clock) == (suite, clock)}
            name = f"{suite}, all conditions" + ("" if clock else ", untold") + ": interquartile mean"
            table.add_row(name, *(_shown_overall(shown[model]) if model in shown else "" for model in models))
        console.print(table)
    for recipe in dict.fromkeys(one.recipe for one in summary.breaking_points):
        print_breaking_points(console, [one for one in summary.breaking_points if one.recipe == recipe])
    _print_differences(console, summary.differences, lambda value: f"{100 * value:+.0f}", "points")
    _print_differences(console, summary.breaking_differences, lambda value: f"{value:+.1f}", "rungs")


def _print_differences(
    console: Console, differences: Iterable[Comparison], shown: Callable[[float], str], unit: str
) -> None:
    """Print those that are no chance."""
    for one in differences:
        if one.p_corrected < 1.0 - one.difference.level:
            of = one.difference
            console.print(
                f"{one.recipe}, {_named(one.condition)}: {one.model} less {one.reference}: "
                f"{shown(of.estimate)} {unit} ({shown(of.low)} to {shown(of.high)}), "
                f"p = {one.p_corrected:.3f} after Holm's correction",
                soft_wrap=True,
            )


def _shown(rate: Rate) -> str:
    seeds = " ".join(str(count) for count in rate.by_seed.values())
    if rate.rate is None:
        return f"{seeds} of {rate.routes}"
    of = rate.rate
    return f"{seeds} of {rate.routes}: {100 * of.estimate:.0f} % ({100 * of.low:.0f}-{100 * of.high:.0f})"


def _shown_overall(one: Overall) -> str:
    between = "" if one.interval is None else f" ({100 * one.interval.low:.0f}-{100 * one.interval.high:.0f})"
    return f"{100 * one.success:.0f} %{between}"


def _named(condition: tuple[str | float | None, ...]) -> str:
    _, season, weather, shift, rung, clock = condition
    where = f"{season} {weather}" + (f", {shift}" if shift else "")
    if rung is not None:
        where = f"{rung:g} factors at once" if shift == FACTORS else f"{where} {rung:g}"
    return where + ("" if clock else ", untold")
