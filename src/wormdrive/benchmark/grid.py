"""Grid: recipes that are all combinations of a few choices, and how much of success hangs on each choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from rich.console import Console
from rich.table import Table

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.factorial_design import Design, Factor
from wormdrive.benchmark.statistics.variance_shares import Share, variance_shares

__all__ = ["Grid", "GridShares", "print_shares", "share_out"]


class Grid(BaseModel):
    """Recipes as the cells of a full table.

    Attributes
    ----------
    suite:
        Whose drives count: success with all wheels in the lane, each route's mean over the suite's conditions.
    factors:
        Names of the choices, such as ``[eyes, augmentation]``.
    recipes:
        For each recipe its level of each factor: every combination once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    factors: Annotated[tuple[str, ...], Field(min_length=1)]
    recipes: Annotated[dict[str, tuple[str, ...]], Field(min_length=2)]

    @model_validator(mode="after")
    def _is_full(self) -> Grid:
        for name, levels in self.recipes.items():
            if len(levels) != len(self.factors):
                raise ValueError(f"recipe {name} has {len(levels)} levels: allowed is one of each of {self.factors}")
        full = set(product(*self.levels.values()))
        if sorted(full) != sorted(self.recipes.values()):
            missing = full - set(self.recipes.values())
            raise ValueError(f"recipes {list(self.recipes)}: allowed is every combination once; missing: {missing}")
        return self

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Levels of each factor, in the order of their first appearance."""
        columns = zip(*self.recipes.values(), strict=True)
        return {name: tuple(dict.fromkeys(column)) for name, column in zip(self.factors, columns, strict=True)}


@dataclass(frozen=True)
class GridShares:
    """What was shared out among the factors, the models, the seeds and the routes.

    Attributes
    ----------
    success:
        Mean success by recipe and model.
    shares:
        Share of each main effect and interaction; empty where all drives came out the same.
    """

    models: tuple[str, ...]
    seeds: int
    routes: int
    success: Mapping[str, Mapping[str, float]]
    shares: list[Share]


def share_out(table: DriveTable, grid: Grid) -> GridShares | None:
    """Share the variance of success out over the models that drove under every recipe of the grid.

    Of each training as many seeds count as the least trained combination has, the first ones. ``None`` while that is
    not two trainings of two models at least.
    """
    driven = table.select(suite=grid.suite, recipe=set(grid.recipes))
    by_recipe = [set(driven.select(recipe=name).values("model")) for name in grid.recipes]
    models = tuple(model for model in driven.values("model") if all(model in held for held in by_recipe))
    if len(models) < 2:
        return None
    rates = {
        (recipe, model): _rates(driven.select(recipe=recipe, model=model))
        for recipe in grid.recipes
        for model in models
    }
    seeds = min(len(by_seed) for by_seed in rates.values())
    if seeds < 2:
        return None
    levels = grid.levels
    shape = tuple(len(held) for held in levels.values())
    routes = next(iter(rates.values())).shape[1]
    scores = np.empty((*shape, len(models), seeds, routes))
    for recipe, chosen in grid.recipes.items():
        at = tuple(levels[name].index(level) for name, level in zip(grid.factors, chosen, strict=True))
        for column, model in enumerate(models):
            scores[(*at, column)] = rates[recipe, model][:seeds]
    fixed = [Factor(name, len(held)) for name, held in levels.items()] + [Factor("model", len(models))]
    nested = Factor("seed", seeds, sampled=True, nested_in=tuple(factor.name for factor in fixed))
    design = Design((*fixed, nested, Factor("route", routes, sampled=True)))
    varies = scores.min() < scores.max()
    success = {
        recipe: {model: float(rates[recipe, model][:seeds].mean()) for model in models} for recipe in grid.recipes
    }
    return GridShares(models, seeds, routes, success, variance_shares(design, scores) if varies else [])


def _rates(rows: DriveTable) -> NDArray[np.float64]:
    """Success of each training on each route, mean over conditions: (S, R)."""
    seeds, routes = sorted(rows.values("seed")), sorted(rows.values("route"))
    total, count = np.zeros((len(seeds), len(routes))), np.zeros((len(seeds), len(routes)))
    for row in rows:
        at = seeds.index(row.seed), routes.index(row.route)
        total[at] += row.success
        count[at] += 1
    return np.asarray(total / count, np.float64)


def print_shares(console: Console, shares: GridShares) -> None:
    """Print what each factor explains, the largest first; shares below one in a hundred are left out."""
    table = Table(title=f"shares of the variance of success, {shares.seeds} seeds, {shares.routes} routes")
    table.add_column("")
    table.add_column("share", justify="right")
    for share in sorted(shares.shares, key=lambda share: -share.omega_squared.estimate):
        of = share.omega_squared
        if of.estimate >= 0.01:
            table.add_row(share.term.name, f"{100 * of.estimate:.0f} % ({100 * of.low:.0f}-{100 * of.high:.0f})")
    console.print(table)
