"""Winter shares: how much of what varies between winter drives recipe, model, training seed and route explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.recipe_parts import AUGMENTATION, EYES, full_grid
from wormdrive.benchmark.statistics.factorial_design import Design, Factor
from wormdrive.benchmark.statistics.score_arrays import pivot_conditions
from wormdrive.benchmark.statistics.variance_shares import Share, variance_shares
from wormdrive.training.config import Recipe

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


def winter_shares(target: DriveTable, recipes: Mapping[str, Recipe]) -> WinterShares | None:
    """Share the variance out over the largest balanced part of a table of one season's drives.

    Where recipes fill a rectangle of eyes by augmentation, these two are factors; else the recipe is one. Models that
    not all of these recipes trained are left out, as are seeds that not all of them have.

    Returns ``None`` if there are fewer than two trainings of each, or nothing varies.
    """
    grid = full_grid(recipes)
    chosen = [list(row) for row in grid.recipes] if grid else [[name] for name in recipes]
    flat = [name for row in chosen for name in row]
    trained: dict[str, dict[str, list[int]]] = {name: {} for name in flat}
    for (name, model, seed), _ in target.groups("recipe", "model", "seed").items():
        if name in trained:
            trained[name].setdefault(model, []).append(seed)
    models = [model for model in target.values("model") if all(len(trained[name].get(model, ())) > 1 for name in flat)]
    if not models:
        return None
    seeds = min(len(trained[name][model]) for name in flat for model in models)
    scores = []
    for name in flat:
        kept = [
            row
            for row in target.select(recipe=name, model=set(models))
            if row.seed in sorted(trained[name][row.model])[:seeds]
        ]
        arrays = pivot_conditions(DriveTable(tuple(kept)), "success")
        scores.append([arrays.scores[model].transpose(2, 0, 1) for model in models])  # (C, S, R)
    values = np.array(scores)  # (recipes, models, C, S, R)
    shape = (len(chosen), len(chosen[0]), *values.shape[1:])
    names = (EYES, AUGMENTATION) if grid else (RECIPE, "")
    outer = [(name, count) for name, count in zip((*names, MODEL), shape[:3], strict=True) if name and count > 1]
    factors = [Factor(name, count) for name, count in outer]
    if shape[3] > 1:
        factors.append(Factor(WEATHER, shape[3]))
    factors.append(Factor(SEED, seeds, sampled=True, nested_in=tuple(name for name, _ in outer)))
    if shape[5] > 1:
        factors.append(Factor(ROUTE, shape[5], sampled=True))
    if values.min() == values.max():
        return None
    design = Design(tuple(factors))
    found = variance_shares(design, values.reshape(design.shape))
    choices = {name for name, _ in outer}
    shown = [share for share in found if len(share.term.factors) == 1 or set(share.term.factors) <= choices]
    shown.sort(key=lambda share: -share.omega_squared.estimate)
    rest = max(0.0, 1.0 - sum(share.omega_squared.estimate for share in shown))
    return WinterShares(tuple(shown), rest, tuple(flat), tuple(models), seeds)
