"""Winter shares: how much of what varies between winter drives recipe, model, training seed and route explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.grid import Grid
from wormdrive.benchmark.statistics.factorial_design import Design, Factor
from wormdrive.benchmark.statistics.score_arrays import pivot_conditions
from wormdrive.benchmark.statistics.variance_shares import Share, variance_shares

__all__ = ["MODEL", "RECIPE", "ROUTE", "SEED", "WEATHER", "WinterShares", "winter_shares"]

RECIPE: Final = "recipe"
MODEL: Final = "model"
WEATHER: Final = "weather"
SEED: Final = "seed"
ROUTE: Final = "route"


@dataclass(frozen=True)
class WinterShares:
    """Shares of the variance of a drive's success.

    ``shares`` holds main effects and the interaction of what was chosen with the model, the largest first; ``rest`` is
    what all other interactions, chance among them, leave. ``recipes``, ``models`` and ``seeds`` say of which trainings.
    """

    shares: tuple[Share, ...]
    rest: float
    recipes: tuple[str, ...]
    models: tuple[str, ...]
    seeds: int

    def of(self, name: str) -> Share | None:
        """Return the share of a term by its name; ``None`` if it is none of the design."""
        return next((share for share in self.shares if share.term.name == name), None)


def winter_shares(target: DriveTable, recipes: Sequence[str], grid: Grid | None = None) -> WinterShares | None:
    """Share the variance out over the largest balanced part of a table of one season's drives.

    With a grid whose recipes are all there its factors are those of the design; else the recipe is one. Models that not
    all of these recipes trained are left out, as are seeds that not all of them have.

    Returns ``None`` if there are fewer than two trainings of each, or nothing varies.
    """
    if grid is None or not set(grid.recipes) <= set(recipes):
        levels = {RECIPE: tuple(recipes)}
        chosen = list(recipes)
    else:
        levels = grid.levels
        named = {combination: name for name, combination in grid.recipes.items()}
        chosen = [named[combination] for combination in product(*levels.values())]
    trained: dict[str, dict[str, list[int]]] = {name: {} for name in chosen}
    for (name, model, seed), _ in target.groups("recipe", "model", "seed").items():
        if name in trained:
            trained[name].setdefault(model, []).append(seed)
    models = [
        model for model in target.values("model") if all(len(trained[name].get(model, ())) > 1 for name in chosen)
    ]
    if not models:
        return None
    seeds = min(len(trained[name][model]) for name in chosen for model in models)
    values = np.array(
        [_scores(target.select(recipe=name, model=models), models, trained[name], seeds) for name in chosen]
    )
    if values.min() == values.max():
        return None
    sizes = {**{name: len(held) for name, held in levels.items()}, MODEL: len(models)}
    outer = [name for name, count in sizes.items() if count > 1]
    factors = [Factor(name, sizes[name]) for name in outer]
    weathers, routes = values.shape[2], values.shape[4]
    if weathers > 1:
        factors.append(Factor(WEATHER, weathers))
    factors.append(Factor(SEED, seeds, sampled=True, nested_in=tuple(outer)))
    if routes > 1:
        factors.append(Factor(ROUTE, routes, sampled=True))
    design = Design(tuple(factors))
    found = variance_shares(design, values.reshape(design.shape))
    shown = [share for share in found if len(share.term.factors) == 1 or set(share.term.factors) <= set(outer)]
    shown.sort(key=lambda share: -share.omega_squared.estimate)
    rest = max(0.0, 1.0 - sum(share.omega_squared.estimate for share in shown))
    return WinterShares(tuple(shown), rest, tuple(chosen), tuple(models), seeds)


def _scores(
    driven: DriveTable, models: Sequence[str], trained: Mapping[str, Sequence[int]], seeds: int
) -> NDArray[np.float64]:
    """Success of the first so many seeds of each model: (models, conditions, seeds, routes)."""
    first = {model: sorted(held)[:seeds] for model, held in trained.items()}
    arrays = pivot_conditions(DriveTable(tuple(row for row in driven if row.seed in first[row.model])), "success")
    return np.array([arrays.scores[model].transpose(2, 0, 1) for model in models])
