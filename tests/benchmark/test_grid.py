"""Grid: full tables alone, and shares that say which choice decides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.grid import Grid, share_out

GRID = Grid(
    suite="winter",
    factors=("eyes", "augmentation"),
    recipes={"a": ("paper", "none"), "b": ("paper", "all"), "c": ("grey", "none"), "d": ("grey", "all")},
)


def _table(chance: Callable[[str, str], float], seeds: int = 3, routes: int = 12) -> DriveTable:
    rng = np.random.default_rng(0)
    return DriveTable(
        tuple(
            drive_row(
                recipe=recipe, model=model, seed=seed, route=route, suite="winter", weather=weather,
                success=bool(rng.random() < chance(recipe, model)),
            )
            for recipe in GRID.recipes
            for model in ("ncp", "feedforward")
            for seed in range(seeds)
            for route in range(routes)
            for weather in ("day", "snowfall")
        )
    )  # fmt: skip


def test_the_choice_that_decides_gets_the_variance() -> None:
    found = share_out(_table(lambda recipe, _: 0.95 if recipe in "bd" else 0.05), GRID)
    assert found is not None
    shares = {share.term.name: share.omega_squared for share in found.shares}
    assert shares["augmentation"].estimate > 0.75
    assert max(shares["eyes"].estimate, shares["model"].estimate) < 0.02
    assert found.success["b"]["ncp"] > 0.8 > 0.2 > found.success["c"]["ncp"]
    assert (found.models, found.seeds, found.routes) == (("ncp", "feedforward"), 3, 12)


def test_seeds_that_some_lack_do_not_count() -> None:
    whole = _table(lambda recipe, _: 0.5, seeds=4)
    fewer = DriveTable(tuple(row for row in whole if not (row.recipe == "a" and row.seed > 1)))
    found = share_out(fewer, GRID)
    assert found is not None
    assert found.seeds == 2


def test_nothing_is_said_before_two_models_drove_under_all_recipes_twice() -> None:
    whole = _table(lambda *_: 0.5)
    assert share_out(whole.select(model="ncp"), GRID) is None
    assert share_out(whole.select(seed=0), GRID) is None
    assert share_out(whole.select(recipe=["a", "b", "c"]), GRID) is None


def test_drives_that_all_end_alike_have_nothing_to_share() -> None:
    found = share_out(_table(lambda *_: 1.0), GRID)
    assert found is not None
    assert found.shares == []


def test_a_table_with_holes_is_refused() -> None:
    with pytest.raises(ValueError, match="every combination once"):
        Grid(suite="winter", factors=("eyes", "augmentation"), recipes={"a": ("x", "y"), "b": ("z", "w")})
    with pytest.raises(ValueError, match="one of each"):
        Grid(suite="winter", factors=("eyes",), recipes={"a": ("x", "y"), "b": ("z",)})
