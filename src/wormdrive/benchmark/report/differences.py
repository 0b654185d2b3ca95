"""Differences: models less the memoryless one, by the families that were fixed before any drives were looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from wormdrive.benchmark.drive_row import CONDITION
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.comparison import Comparison, compare_scores
from wormdrive.benchmark.statistics.score_arrays import ScoreArrays, pivot_conditions

__all__ = ["METRIC", "compared", "tested", "untested"]

METRIC: Final = "success"
_ALL: Final = "all weathers"


def tested(driven: DriveTable, recipes: Sequence[str], models: Sequence[str], reference: str) -> list[Comparison]:
    """Compare success over all conditions of a table; Holm's families are the recipes.

    A family holds the models with as many trainings as the memoryless one has, or more. It is small on purpose: of two
    times five trainings no p-value is below 0.008, so that among more than six comparisons none could be significant.
    """
    return _by_recipe(driven, recipes, models, reference, lambda count, of: count >= max(2, of))


def untested(driven: DriveTable, recipes: Sequence[str], models: Sequence[str], reference: str) -> list[Comparison]:
    """Return the same of models with fewer trainings than the memoryless one: for the intervals, not for tests."""
    return _by_recipe(driven, recipes, models, reference, lambda count, of: 1 < count < of)


def _by_recipe(
    driven: DriveTable,
    recipes: Sequence[str],
    models: Sequence[str],
    reference: str,
    chosen: Callable[[int, int], bool],
) -> list[Comparison]:
    found = []
    for recipe in recipes:
        own = driven.select(recipe=recipe)
        counts = _trainings(own)
        family = [model for model in models if chosen(counts.get(model, 0), counts.get(reference, 0))]
        found += compared(own, {*family, reference}, models, reference, _ALL)
    return found


def compared(
    driven: DriveTable, family: Collection[str], models: Sequence[str], reference: str, weather: str
) -> list[Comparison]:
    """Compare some models of one recipe, those with several trainings, over all conditions of a table as one.

    Returns nothing where the memoryless one has no several trainings, or no other model has.
    """
    several = [model for model, count in _trainings(driven).items() if count > 1 and model in family]
    if reference not in several or len(several) < 2:
        return []
    arrays = pivot_conditions(driven.select(model=several), METRIC)
    scores = {model: arrays.scores[model].mean(axis=2) for model in models if model in arrays.scores}
    condition = tuple(
        weather if name == "weather" else value for name, value in zip(CONDITION, arrays.conditions[0], strict=True)
    )
    whole = ScoreArrays(METRIC, arrays.recipe, (condition,), arrays.routes, arrays.seeds, scores)
    return compare_scores(whole, reference=reference)


def _trainings(driven: DriveTable) -> dict[str, int]:
    """Return how many trainings of each model a table holds."""
    return {model: len(held.values("seed")) for (model,), held in driven.groups("model").items()}
