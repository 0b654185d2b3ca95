from __future__ import annotations

from tests.benchmark.report.examples import by_recipe, by_seed, made_table
from wormdrive.benchmark.drive_table import concatenate
from wormdrive.benchmark.grid import Grid
from wormdrive.benchmark.report.winter_shares import winter_shares

RECIPES = ("paper", "paper-auxiliary", "informed")


def test_what_decides_comes_first_and_all_adds_up() -> None:
    found = winter_shares(made_table(by_seed).select(season="winter"), RECIPES)
    assert found is not None
    assert found.shares[0].term.name == "seed"
    assert {share.term.name for share in found.shares} == {
        "seed",
        "recipe",
        "model",
        "recipe:model",
        "weather",
        "route",
    }
    assert found.of("recipe") in found.shares
    assert found.of("banana") is None
    assert 0.9 < sum(share.omega_squared.estimate for share in found.shares) + found.rest < 1.1


def test_only_what_is_balanced_counts() -> None:
    table = concatenate([made_table(by_recipe), made_table(by_recipe, ["gru"], ["paper"]),
                         made_table(by_recipe, ["cfc"], seeds=3)]).select(season="winter")  # fmt: skip
    found = winter_shares(table, RECIPES)
    assert found is not None
    assert (found.models, found.seeds) == (("ncp", "lstm", "feedforward", "cfc"), 3)


def test_one_weather_or_one_recipe_is_no_factor() -> None:
    table = made_table(by_seed, recipes=["paper"], weathers=["day"]).select(season="winter")
    found = winter_shares(table, ["paper"])
    assert found is not None
    assert {share.term.name for share in found.shares} == {"model", "seed", "route"}


def test_nothing_to_share() -> None:
    assert winter_shares(made_table(by_seed, seeds=1).select(season="winter"), RECIPES) is None
    assert winter_shares(made_table(lambda *_: True).select(season="winter"), RECIPES) is None


def test_factors_of_a_grid_take_the_place_of_the_recipe() -> None:
    recipes = ["rgb", "rgb-more", "grey", "grey-more"]
    table = made_table(lambda r, m, s, k: r.endswith("more") and k % 4 > 0, recipes=recipes, weathers=["day"])
    levels = {name: (name.partition("-")[0], name.partition("-")[2] or "none") for name in recipes}
    grid = Grid(suite="seasons", factors=("eyes", "augmentation"), recipes=levels)
    found = winter_shares(table.select(season="winter"), recipes, grid)
    assert found is not None
    assert found.shares[0].term.name == "augmentation"
    assert {"eyes", "augmentation:model", "eyes:augmentation:model"} < {share.term.name for share in found.shares}
    # a grid of which a recipe was not driven is none
    part = winter_shares(table.select(season="winter", recipe=recipes[:3]), recipes[:3], grid)
    assert part is not None
    assert part.of("recipe") is not None
