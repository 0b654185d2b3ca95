"""Evidence: what a table of drives says about who carries a policy into winter; words and figures draw on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.breaking_points import LadderBreak, breaking_points, compare_breaking_points
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.overall import factors_as_one
from wormdrive.benchmark.report.differences import METRIC, compared, tested, untested
from wormdrive.benchmark.report.recipe_parts import sees_state, single_changes
from wormdrive.benchmark.report.standing import Standing, mean_over_all, standings
from wormdrive.benchmark.report.winter_shares import WinterShares, winter_shares
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.comparison import Comparison
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.score_arrays import metric_bounds, pivot_conditions
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.scenarios.suite import FACTORS, load_suite
from wormdrive.training.config import RECIPES, Recipe

__all__ = ["LEVEL", "TARGET", "Contrast", "Evidence", "least_p", "mean_of_models"]

TARGET: Final = "winter"
"""The season into which a summer policy is to be carried."""

LEVEL: Final = 0.05
"""Of significance, after Holm's correction."""


@dataclass(frozen=True)
class Contrast:
    """Winter success by ``recipe`` less that by ``other``, which differ in ``part`` alone: mean over ``models``."""

    part: str
    recipe: str
    other: str
    models: tuple[str, ...]
    difference: Interval


class Evidence:
    """Numbers behind the answer; each is computed when it is first asked for.

    Parameters
    ----------
    table:
        Drives of the benchmark, of all or some of its trainings.

    Raises
    ------
    ArgumentError
        No suite of the table has named conditions in winter, or a recipe is none of the benchmark's.
    """

    def __init__(self, table: DriveTable, benchmark: Benchmark) -> None:
        self.table, self.benchmark = table, benchmark
        known = (*RECIPES, *benchmark.recipes)
        for name in table.values("recipe"):
            if name not in known:
                raise ArgumentError(one_of("recipe", name, known))
        told = table.select(clock=True)
        self._named = {suite: driven for (suite, shift), driven in told.groups("suite", "shift").items() if not shift}
        ordered = [load_suite(drives.suite).name for drives in benchmark.drives]
        suites = sorted(self._named, key=lambda suite: _place(suite, ordered))
        with_target = [suite for suite in suites if TARGET in self._named[suite].values("season")]
        if not with_target:
            held = ", ".join(table.values("suite")) or "nothing"
            raise ArgumentError(f"table: holds {held}; allowed is one with drives of named conditions in {TARGET}")
        self.suite: str = with_target[0]
        """The suite whose winter counts: of those that the benchmark drives the first that has one."""
        own = set(self.named.values("season")) != {TARGET}
        beside = (suite for suite in suites if TARGET not in self._named[suite].values("season"))
        self.other_suite: str = self.suite if own else next(beside, self.suite)
        """The suite whose other seasons are told beside winter."""
        order = [name for group in benchmark.trainings for name in (*group.recipes, *group.models)]
        driven = sorted(self.named.values("recipe"), key=lambda name: _place(name, order))
        self.recipes: list[str] = [name for name in driven if not sees_state(benchmark.recipe(name))]
        """Recipes whose policies look at pictures."""
        self.controls: list[str] = [name for name in driven if name not in self.recipes]
        """Those whose policies are told the true state instead: no season can do anything to their eyes."""
        self.models: list[str] = sorted(self.named.values("model"), key=lambda name: _place(name, order))
        """Models in the benchmark's order."""

    @property
    def named(self) -> DriveTable:
        """Drives of the suite's named conditions."""
        return self._named[self.suite]

    @cached_property
    def other_seasons(self) -> DriveTable:
        """Drives in other seasons than winter."""
        driven = self._named[self.other_suite]
        return driven.select(season=set(driven.values("season")) - {TARGET})

    @property
    def further_suites(self) -> Mapping[str, DriveTable]:
        """Drives of further suites' named conditions."""
        told = (self.suite, self.other_suite)
        return {suite: driven for suite, driven in self._named.items() if suite not in told}

    @cached_property
    def target(self) -> DriveTable:
        """Drives in winter."""
        return self.named.select(season=TARGET)

    @cached_property
    def recipe_configs(self) -> dict[str, Recipe]:
        """Return what the recipes are."""
        return {name: self.benchmark.recipe(name) for name in self.recipes}

    @property
    def reference(self) -> str:
        """The memoryless model."""
        return self.benchmark.reference

    @cached_property
    def winter(self) -> dict[tuple[str, str], Standing]:
        """Success in winter, all weathers together, by recipe and model."""
        return {pair: one for pair, one in self.by_name(self.target).items() if pair[0] in self.recipes}

    def by_name(self, table: DriveTable, metric: str = METRIC) -> dict[tuple[str, str], Standing]:
        """Return the standings of a table by recipe and model, in the benchmark's order."""
        found = {(one.recipe, one.model): one for one in standings(table, metric)}
        wanted = [(name, model) for name in (*self.recipes, *self.controls) for model in self.models]
        return {pair: found[pair] for pair in wanted if pair in found}

    @cached_property
    def seeds(self) -> dict[tuple[str, str], int]:
        """Number of trainings by recipe and model."""
        return {pair: len(standing.by_seed) for pair, standing in self.winter.items()}

    @cached_property
    def differences(self) -> list[Comparison]:
        """Models less the memoryless one in winter, all weathers together; Holm's families are the recipes.

        ``tested`` says which models a family holds.
        """
        return tested(self.target, self.recipes, self.models, self.reference)

    @cached_property
    def untested(self) -> list[Comparison]:
        """Return the same of models with fewer trainings than the memoryless one: for the intervals, not for tests."""
        return untested(self.target, self.recipes, self.models, self.reference)

    @property
    def testable(self) -> list[Comparison]:
        """Those of ``differences`` that could be significant with so many trainings."""
        return [one for one in self.differences if least_p(self.differences, one.recipe) < LEVEL]

    @cached_property
    def differences_by_weather(self) -> dict[str, list[Comparison]]:
        """Return the same for each weather by itself: for the intervals, not for tests."""
        found = {}
        for weather in self.target.values("weather"):
            driven = self.target.select(weather=weather)
            found[weather] = [
                one
                for name in self.recipes
                for one in compared(driven.select(recipe=name), self.models, self.models, self.reference, weather)
            ]
        return found

    @cached_property
    def shares(self) -> WinterShares | None:
        """What explains the success of winter drives; ``None`` where trainings are too few, or all came out alike."""
        return winter_shares(self.target, self.recipes, self.benchmark.grid)

    @cached_property
    def recipe_means(self) -> dict[str, Interval | float]:
        """Success in winter of each recipe, mean over its models; without an interval if a model has one training."""
        return {name: self.recipe_mean(name) for name in self.recipes}

    def recipe_mean(self, recipe_name: str, weather: str | None = None) -> Interval | float:
        """Return the same of one recipe, in one weather or all."""
        driven = self.target.select(recipe=recipe_name)
        if weather is not None:
            driven = driven.select(weather=weather)
        return mean_of_models(driven)

    @cached_property
    def contrasts(self) -> list[Contrast]:
        """Recipes that differ in one part alone, compared in winter over the models that both trained."""
        found = []
        for part, one, other in single_changes(self.recipe_configs):
            shared = [m for m in self.models if min(self.seeds.get((one, m), 0), self.seeds.get((other, m), 0)) > 1]
            if shared:
                found.append(Contrast(part, other, one, tuple(shared), self._contrast(other, one, shared)))
        return found

    def _contrast(self, recipe_name: str, other: str, shared: list[str]) -> Interval:
        tables: dict[str, NDArray[np.float64]] = {}
        for name in (recipe_name, other):
            arrays = pivot_conditions(self.target.select(recipe=name, model=set(shared)), METRIC)
            tables |= {f"{model}, {name}": arrays.scores[model] for model in shared}
        count = len(shared)

        def difference(*scores: Any) -> Any:
            return _mean_of_models(*scores[:count]) - _mean_of_models(*scores[count:])

        return bootstrap(tables, difference, bounds=(-1.0, 1.0)).interval()

    @cached_property
    def by_factors(self) -> dict[tuple[str, str], dict[int, Standing]]:
        """Success with so many shifts at once, by recipe and model."""
        found: dict[tuple[str, str], dict[int, Standing]] = {}
        drawn = factors_as_one(self.table.select(shift=FACTORS, clock=True))
        for (_suite, rung), driven in drawn.groups("suite", "rung").items():
            for pair, standing in self.by_name(driven).items():
                found.setdefault(pair, {})[int(rung)] = standing
        return found

    @cached_property
    def breaks(self) -> dict[tuple[str, str, str, bool], dict[str, LadderBreak]]:
        """Where models break, by recipe, suite, ladder and whether it was told the time; in the benchmark's order."""
        found: dict[tuple[str, str, str, bool], dict[str, LadderBreak]] = {}
        ladders = self.benchmark.ladders()
        recipes, places = [*self.recipes, *self.controls], list(ladders)
        for one in sorted(
            breaking_points(self.table, ladders),
            key=lambda one: (_place(one.recipe, recipes), places.index((one.suite, one.shift)), not one.clock),
        ):
            found.setdefault((one.recipe, one.suite, one.shift, one.clock), {})[one.model] = one
        return found

    @cached_property
    def breaking_differences(self) -> list[Comparison]:
        """Rungs held by each model less those of the memoryless one; Holm's families are the recipes."""
        return compare_breaking_points(self.table, self.benchmark.ladders(), self.reference)


def least_p(differences: Sequence[Comparison], recipe_name: str | None = None) -> float:
    """Return the smallest corrected p-value that comparisons, all or one recipe's, could have had.

    Families are the recipes.
    """
    least = []
    for one in differences:
        if recipe_name not in (None, one.recipe):
            continue
        family = sum(other.recipe == one.recipe for other in differences)
        arrangements = comb(one.seeds + one.reference_seeds, one.seeds)
        least.append(min(1.0, family * (2 if one.seeds == one.reference_seeds else 1) / arrangements))
    return min(least, default=1.0)


def mean_of_models(driven: DriveTable) -> Interval | float:
    """Return the success of one recipe, mean over its models; without an interval if a model has one training."""
    arrays = pivot_conditions(driven, METRIC)
    if min(len(scores) for scores in arrays.scores.values()) < 2:
        return float(np.mean([scores.mean() for scores in arrays.scores.values()]))
    tables = {f"{model}, {arrays.recipe}": scores for model, scores in arrays.scores.items()}
    return bootstrap(tables, _mean_of_models, bounds=metric_bounds(METRIC)).interval()


def _mean_of_models(*scores: Any) -> Any:
    return sum(mean_over_all(one) for one in scores) / len(scores)


def _place(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)
