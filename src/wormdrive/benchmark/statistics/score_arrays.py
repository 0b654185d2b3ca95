"""Score arrays: a table of drives turned into arrays of training seeds by routes, the same routes for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.drive_row import COLUMNS, CONDITION, DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["METRICS", "ScoreArrays", "metric_bounds", "pivot", "pivot_conditions"]

METRICS: Final = (
    "success",
    "success_centre",
    "distance_m",
    "wheel_over_share",
    "offset_p95_m",
    "offset_mean_m",
    "whiteness_degps",
)
"""Columns that every drive has a number in. ``departure_distance_m`` is none: it is censored where nothing happened."""

_NAMED_AT_MOST = 8


@dataclass(frozen=True, eq=False)
class ScoreArrays:
    """One metric of one recipe, arranged.

    Attributes
    ----------
    metric, recipe:
        What was measured, and how the models were trained.
    conditions:
        (C) conditions, as values of ``CONDITION``.
    routes:
        (R) indices of the routes, ascending: the same for every training and condition.
    seeds:
        For each model the seeds of its (S) trainings, ascending; models may have different ones.
    scores:
        For each model (S, R) float64 from ``pivot``, (S, R, C) from ``pivot_conditions``.
    """

    metric: str
    recipe: str
    conditions: tuple[tuple[Any, ...], ...]
    routes: tuple[int, ...]
    seeds: Mapping[str, tuple[int, ...]]
    scores: Mapping[str, NDArray[np.float64]]


def metric_bounds(metric: str) -> tuple[float, float]:
    """Return the least and the largest value that a metric can have; infinite where there is no such bound."""
    if metric not in METRICS:
        raise ArgumentError(one_of("metric", metric, METRICS))
    return COLUMNS[metric].bounds


def pivot(table: DriveTable, metric: str) -> ScoreArrays:
    """Arrange the drives of one recipe in one condition: ``scores[model][seed, route]``, (S, R).

    Raises
    ------
    ArgumentError
        If the metric is unknown, the table is empty or holds several recipes or conditions, a training lacks a route
        that another one drove, or one route is on two maps.
    """
    arrays = pivot_conditions(table, metric)
    if len(arrays.conditions) > 1:
        raise ArgumentError(f"table: has conditions {_listed(arrays.conditions)}; allowed is one: select it first")
    scores = {model: values[:, :, 0] for model, values in arrays.scores.items()}
    return ScoreArrays(metric, arrays.recipe, arrays.conditions, arrays.routes, arrays.seeds, scores)


def pivot_conditions(table: DriveTable, metric: str) -> ScoreArrays:
    """Arrange the drives of one recipe in several conditions: ``scores[model][seed, route, condition]``, (S, R, C).

    Conditions keep the order of their first appearance.

    Raises
    ------
    ArgumentError
        As from ``pivot``, and if a training lacks a condition that another one drove.
    """
    metric_bounds(metric)
    recipes = table.values("recipe")
    if len(recipes) != 1:
        raise ArgumentError(f"table: has recipes {_listed(recipes)}; allowed is exactly one: select it first")
    found: dict[tuple[str, int], dict[tuple[tuple[Any, ...], int], float]] = defaultdict(dict)
    for row in table:
        found[row.model, row.seed][row.condition(), row.route] = float(getattr(row, metric))
    conditions = tuple(dict.fromkeys(row.condition() for row in table))
    routes = tuple(sorted(_maps(table)))
    for (model, seed), drives in found.items():
        for condition in conditions:
            missing = [route for route in routes if (condition, route) not in drives]
            if missing:
                raise ArgumentError(
                    f"table: model {model!r}, seed {seed}, condition {_condition(condition)} lacks routes "
                    f"{_listed(missing)}; allowed are the same {len(routes)} routes for every training and condition"
                )
    seeds = {model: tuple(sorted(s for m, s in found if m == model)) for model in dict.fromkeys(m for m, _ in found)}
    scores = {
        model: np.array([[[found[model, seed][c, r] for c in conditions] for r in routes] for seed in held])
        for model, held in seeds.items()
    }
    return ScoreArrays(metric, recipes[0], conditions, routes, seeds, scores)


def _maps(table: DriveTable) -> dict[int, str]:
    """Return each route's map; the same index must not mean two roads."""
    first: dict[int, DriveRow] = {}
    for row in table:
        other = first.setdefault(row.route, row)
        if other.map != row.map:
            raise ArgumentError(
                f"table: route {row.route} is on map {other.map!r} for model {other.model!r}, seed {other.seed}, "
                f"and on {row.map!r} for model {row.model!r}, seed {row.seed}; allowed is one map for a route"
            )
    return {route: row.map for route, row in first.items()}


def _condition(condition: tuple[Any, ...]) -> str:
    return " ".join(
        f"{name}={value!r}" for name, value in zip(CONDITION, condition, strict=True) if value not in (None, "")
    )


def _listed(values: Any) -> str:
    shown = [str(value) for value in values]
    more = len(shown) - _NAMED_AT_MOST
    return ", ".join(shown[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "") if shown else "none"
