"""Breaking points: on which rung of each ladder half of the drives fail, for every model, over training seeds.

Of one training it is told twice: as a number of rungs held (``rungs_held``), which is averaged over trainings, compared
and given an interval (hierarchical bootstrap: trainings, and routes within); and in the unit of the rungs, from a
logistic fit with its own interval (``scenarios.breaking_point``), where the ladder is long enough to hold it. Both are
defined for ladders that were driven whole as for those that were bisected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.drive_row import CONDITION, DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.comparison import Comparison, corrected
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.permutation import permutation_p_value
from wormdrive.benchmark.statistics.rungs_held import fill_undriven, mean_rungs_held, rungs_held
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.breaking_point import BreakingPoint, breaking_point

__all__ = ["METRIC", "LadderBreak", "Ladders", "TrainingBreak", "breaking_points", "compare_breaking_points"]

METRIC: Final = "rungs_held"
"""The metric of comparisons between breaking points."""

Ladders = Mapping[tuple[str, str], tuple[float, ...]]
"""For suite and shift, the places of a ladder's rungs, the easiest first: ``Benchmark.ladders``."""


@dataclass(frozen=True)
class TrainingBreak:
    """Where one training breaks: the rungs that it holds, in [0, n], and the fit in the rungs' unit.

    ``rungs_driven`` tells how many of the ladder's rungs that is based on.
    """

    seed: int
    rungs_driven: int
    rungs_held: float
    fit: BreakingPoint


@dataclass(frozen=True)
class LadderBreak:
    """Where one model's trainings break on a ladder.

    Attributes
    ----------
    clock:
        Whether policies were told the time from frame to frame.
    rungs:
        Places of the rungs, the easiest first; their numbers, from 0, where places do not go one way.
    routes:
        Routes that were driven on each rung.
    trainings:
        Each training's, by seed.
    rungs_held:
        Mean over trainings with its interval; without one where there is a single training.
    """

    recipe: str
    model: str
    suite: str
    shift: str
    clock: bool
    rungs: tuple[float, ...]
    routes: int
    trainings: tuple[TrainingBreak, ...]
    rungs_held: Interval | None


def breaking_points(table: DriveTable, ladders: Ladders) -> list[LadderBreak]:
    """Find where each model of a table breaks on each of the ladders.

    Raises
    ------
    ArgumentError
        A drive is on no rung of its ladder, or trainings drove different routes.
    """
    found = []
    for (recipe, suite, shift, clock), drives in _on(table, ladders).items():
        rungs = ladders[suite, shift]
        for model, trainings in drives.trainings.items():
            interval = None
            if len(trainings) > 1:
                filled = {f"{model}, {recipe}": _filled(trainings)}
                interval = bootstrap(filled, mean_rungs_held, bounds=(0.0, len(rungs))).interval()
            breaks = tuple(_training(seed, successes, rungs) for seed, successes in trainings.items())
            routes = len(drives.routes)
            found.append(LadderBreak(recipe, model, suite, shift, clock, _unit(rungs), routes, breaks, interval))
    return found


def compare_breaking_points(table: DriveTable, ladders: Ladders, reference: str) -> list[Comparison]:
    """Compare the rungs that each model holds with the reference's, where several trainings of both drove a ladder.

    A difference is the mean of the model's trainings less that of the reference's, on the same routes; its p-value is
    of whole trainings exchanged (``permutation_p_value``). What is compared under one recipe is one family.

    Raises
    ------
    ArgumentError
        As from ``breaking_points``.
    """
    families: dict[str, list[Comparison]] = {}
    for (recipe, suite, shift, clock), drives in _on(table, ladders).items():
        several = {model: _filled(held) for model, held in drives.trainings.items() if len(held) > 1}
        theirs = several.pop(reference, None)
        if theirs is None:
            continue
        most = float(len(ladders[suite, shift]))
        for model, ours in several.items():
            arrays = {f"{model}, {recipe}": ours, f"{reference}, {recipe}": theirs}
            p_value = permutation_p_value(*(rungs_held(held.mean(axis=1))[:, None] for held in (ours, theirs)))
            families.setdefault(recipe, []).append(
                Comparison(
                    model=model,
                    reference=reference,
                    recipe=recipe,
                    metric=METRIC,
                    condition=(suite, *drives.start, shift, None, clock),
                    difference=bootstrap(arrays, _difference, bounds=(-most, most)).interval(),
                    p_value=p_value,
                    p_corrected=p_value,
                    seeds=len(ours),
                    reference_seeds=len(theirs),
                    routes=len(drives.routes),
                )
            )
    return [comparison for family in families.values() for comparison in corrected(family)]


@dataclass(frozen=True, eq=False)
class _LadderDrives:
    """Drives of one recipe on one ladder.

    ``start``: season and weather; ``trainings``: successes (R, n) by model and seed, NaN on rungs not driven.
    """

    start: tuple[str, str]
    routes: tuple[int, ...]
    trainings: Mapping[str, Mapping[int, NDArray[np.float64]]]


def _on(table: DriveTable, ladders: Ladders) -> dict[tuple[Any, ...], _LadderDrives]:
    on_rungs = DriveTable(tuple(row for row in table if row.rung is not None))
    groups = on_rungs.groups("recipe", "suite", "shift", "clock")
    return {key: _arranged(drives, ladders[key[1:3]]) for key, drives in groups.items() if key[1:3] in ladders}


def _arranged(table: DriveTable, rungs: tuple[float, ...]) -> _LadderDrives:
    routes = tuple(sorted(table.values("route")))
    trainings: dict[str, dict[int, NDArray[np.float64]]] = {}
    for (model, seed), drives in sorted(table.groups("model", "seed").items(), key=lambda group: group[0][1]):
        successes = np.full((len(routes), len(rungs)), np.nan)
        for row in drives:
            if row.rung not in rungs:
                raise ArgumentError(f"table: {_named(row)}: rung={row.rung}: allowed are {', '.join(map(str, rungs))}")
            successes[routes.index(row.route), rungs.index(row.rung)] = row.success
        begun = ~np.isnan(successes).all(axis=0)
        lacking = np.argwhere(np.isnan(successes) & begun)
        if len(lacking):
            route, rung = lacking[0].tolist()
            raise ArgumentError(
                f"table: {_named(drives.rows[0])}: lacks route {routes[route]} on rung {rungs[rung]}; allowed are the "
                f"same {len(routes)} routes for every training and rung"
            )
        trainings.setdefault(model, {})[seed] = successes
    first = table.rows[0]
    # models in the table's order, whatever their seeds
    return _LadderDrives(
        (first.season, first.weather), routes, {model: trainings[model] for model in table.values("model")}
    )


def _filled(trainings: Mapping[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(S, R, n) without NaN."""
    return np.stack([fill_undriven(successes) for successes in trainings.values()])


def _training(seed: int, successes: NDArray[np.float64], rungs: tuple[float, ...]) -> TrainingBreak:
    driven = np.flatnonzero(~np.isnan(successes).any(axis=0)).tolist()
    held = float(rungs_held(fill_undriven(successes).mean(axis=0)))
    places = [_unit(rungs)[k] for k in driven]
    counts = [int(successes[:, k].sum()) for k in driven]
    fit = _fit(tuple(places), tuple(counts), len(successes))
    # bisection has found that the break is not beyond a rung from which it turned back: then the likeliest is that rung
    if fit.side == "before_first" and driven[0] > 0:
        fit = BreakingPoint(places[0], "within", (places[0], fit.interval[1]))
    if fit.side == "beyond_last" and driven[-1] < len(rungs) - 1:
        fit = BreakingPoint(places[-1], "within", (fit.interval[0], places[-1]))
    return TrainingBreak(seed, len(driven), held, fit)


@cache
def _fit(places: tuple[float, ...], counts: tuple[int, ...], routes: int) -> BreakingPoint:
    """Fit once where many trainings do the same, as where all drives succeed."""
    return breaking_point(places, counts, [routes] * len(places))


def _unit(rungs: tuple[float, ...]) -> tuple[float, ...]:
    steps = np.diff(rungs)
    return rungs if (steps > 0.0).all() or (steps < 0.0).all() else tuple(map(float, range(len(rungs))))


def _difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(mean_rungs_held(ours) - mean_rungs_held(theirs))


def _named(row: DriveRow) -> str:
    shown = {name: getattr(row, name) for name in ("model", "recipe", "seed", *CONDITION) if name != "rung"}
    return ", ".join(f"{name}={value!r}" for name, value in shown.items())
