"""Comparison: each model against the memoryless one, on the same routes, in every condition that both drove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from wormdrive.benchmark.drive_row import CONDITION
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.bootstrap import RESAMPLES, bootstrap
from wormdrive.benchmark.statistics.holm import holm
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.paired_scores import difference_of_means
from wormdrive.benchmark.statistics.permutation import permutation_p_value
from wormdrive.benchmark.statistics.score_arrays import ScoreArrays, metric_bounds, pivot
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["REFERENCE", "Comparison", "compare", "compare_scores", "corrected"]

REFERENCE: Final = "feedforward"
"""The memoryless network: what a liquid one must beat."""


@dataclass(frozen=True)
class Comparison:
    """One model against a reference, in one condition, both trained by one recipe.

    Attributes
    ----------
    condition:
        Values of ``CONDITION``.
    difference:
        Mean score of the model minus that of the reference, each route paired with itself. The interval is about new
        trainings and new routes: the hierarchical bootstrap, routes drawn alike for both.
    p_value:
        Of no difference between the models' trainings on these routes: see ``permutation_p_value``.
    p_corrected:
        The same after Holm's correction over the family that it was compared in.
    seeds, reference_seeds, routes:
        How many trainings and routes it is based on.
    """

    model: str
    reference: str
    recipe: str
    metric: str
    condition: tuple[Any, ...]
    difference: Interval
    p_value: float
    p_corrected: float
    seeds: int
    reference_seeds: int
    routes: int


def compare(
    table: DriveTable,
    metric: str,
    *,
    reference: str = REFERENCE,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[Comparison]:
    """Compare every model of a table with the reference, for each recipe and condition; all of it is one family.

    What belongs to a family is for the asker to say, before looking: select the rows that answer one question. Of
    comparisons made one by one, ``corrected`` makes a family.

    Raises
    ------
    ArgumentError
        If the reference is missing somewhere, or what ``pivot`` and ``bootstrap`` want is not there.
    """
    found = []
    for driven in table.groups("recipe", *CONDITION).values():
        arrays = pivot(driven, metric)
        found += compare_scores(arrays, reference=reference, level=level, resamples=resamples, seed=seed)
    return corrected(found)


def compare_scores(
    arrays: ScoreArrays,
    *,
    reference: str = REFERENCE,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[Comparison]:
    """Compare every model of one condition with the reference; ``p_corrected`` is for the family of these alone.

    Raises
    ------
    ArgumentError
        As from ``compare``.
    """
    if reference not in arrays.scores:
        raise ArgumentError(
            f"reference={reference!r}: has no drives of recipe {arrays.recipe!r} in condition {arrays.conditions[0]}; "
            f"there are {', '.join(arrays.scores)}"
        )
    low, high = metric_bounds(arrays.metric)
    theirs = arrays.scores[reference]
    found = []
    for model, scores in arrays.scores.items():
        if model == reference:
            continue
        band = bootstrap(
            {f"{model}, {arrays.recipe}": scores, f"{reference}, {arrays.recipe}": theirs},
            difference_of_means,
            level=level,
            resamples=resamples,
            seed=seed,
            bounds=(low - high, high - low),
        )
        p_value = permutation_p_value(scores, theirs, seed=seed)
        found.append(
            Comparison(
                model=model,
                reference=reference,
                recipe=arrays.recipe,
                metric=arrays.metric,
                condition=arrays.conditions[0],
                difference=band.interval(),
                p_value=p_value,
                p_corrected=p_value,
                seeds=len(scores),
                reference_seeds=len(theirs),
                routes=len(arrays.routes),
            )
        )
    return corrected(found)


def corrected(family: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons with ``p_corrected`` by Holm's method over all of them."""
    p_values = holm([comparison.p_value for comparison in family])
    return [replace(comparison, p_corrected=p_value) for comparison, p_value in zip(family, p_values, strict=True)]
