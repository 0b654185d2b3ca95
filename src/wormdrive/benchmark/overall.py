"""Overall: success of each model over all conditions of a suite, and over its factors by how many act at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.aggregates import interquartile_mean, over_routes
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.score_arrays import metric_bounds, pivot_conditions
from wormdrive.scenarios.suite import FACTORS

__all__ = ["DRAWN", "Overall", "factors_as_one", "overall"]

DRAWN = "drawn"
"""Season and weather of a condition in which each route has its own."""

_METRIC = "success"


@dataclass(frozen=True)
class Overall:
    """One model's trainings over several conditions of a suite.

    Attributes
    ----------
    shift, rung:
        Empty and ``None`` for all conditions together; ``factors`` and how many of them act at once.
    conditions, trainings:
        How many there are.
    success:
        Interquartile mean over trainings by conditions of the rate of success, as rliable has it.
    interval:
        Its interval; without one where there is a single training.
    offset_p95_m, whiteness_degps:
        Medians over all drives.
    """

    recipe: str
    model: str
    suite: str
    shift: str
    rung: float | None
    clock: bool
    conditions: int
    trainings: int
    success: float
    interval: Interval | None
    offset_p95_m: float
    whiteness_degps: float


def factors_as_one(table: DriveTable) -> DriveTable:
    """Make one condition of all drives with k factors at once, whose season and weather are drawn route by route."""
    return DriveTable(
        tuple(replace(row, season=DRAWN, weather=DRAWN) if _is_by_factors(row) else row for row in table.rows)
    )


def overall(table: DriveTable) -> list[Overall]:
    """Sum up conditions and factors of a table that has gone through ``factors_as_one``; ladders are left out.

    Raises
    ------
    ArgumentError
        Trainings drove different routes or conditions.
    """
    found = []
    chosen = DriveTable(tuple(row for row in table if row.rung is None or _is_by_factors(row)))
    for (recipe, suite, rung, clock), driven in chosen.groups("recipe", "suite", "rung", "clock").items():
        arrays = pivot_conditions(driven, _METRIC)
        for model, scores in arrays.scores.items():
            rows = driven.select(model=model).rows
            found.append(
                Overall(
                    recipe=recipe,
                    model=model,
                    suite=suite,
                    shift="" if rung is None else FACTORS,
                    rung=rung,
                    clock=clock,
                    conditions=len(arrays.conditions),
                    trainings=len(scores),
                    success=float(interquartile_mean(scores.mean(axis=1))),
                    interval=_interval({f"{model}, {recipe}": scores}),
                    offset_p95_m=median(row.offset_p95_m for row in rows),
                    whiteness_degps=median(row.whiteness_degps for row in rows),
                )
            )
    return found


def _is_by_factors(row: DriveRow) -> bool:
    return row.shift == FACTORS and row.rung is not None


def _interval(scores: Mapping[str, NDArray[np.float64]]) -> Interval | None:
    if any(len(trainings) < 2 for trainings in scores.values()):
        return None
    return bootstrap(scores, over_routes(interquartile_mean), bounds=metric_bounds(_METRIC)).interval()
