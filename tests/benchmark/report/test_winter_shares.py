from __future__ import annotations

from tests.benchmark.report.examples import by_recipe, by_seed, made_table
from wormdrive.benchmark.drive_table import concatenate
from wormdrive.benchmark.report.winter_shares import winter_shares
from wormdrive.training.config import recipe

CONFIGS = {name: recipe(name) for name in ("paper", "paper-auxiliary", "informed")}


def test_what_decides_comes_first_and_all_adds_up() -> None:
    found = winter_shares(made_table(by_seed).select(season="winter"), CONFIGS)
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
    found = winter_shares(table, CONFIGS)
    assert found is not None
    assert (found.models, found.seeds) == (("ncp", "lstm", "feedforward", "cfc"), 3)


def test_one_weather_or_one_recipe_is_no_factor() -> None:
    table = made_table(by_seed, recipes=["paper"], weathers=["day"]).select(season="winter")
    found = winter_shares(table, {"paper": CONFIGS["paper"]})
    assert found is not None
    assert {share.term.name for share in found.shares} == {"model", "seed", "route"}


def test_nothing_to_share() -> None:
    assert winter_shares(made_table(by_seed, seeds=1).select(season="winter"), CONFIGS) is None
    assert winter_shares(made_table(lambda *_: True).select(season="winter"), CONFIGS) is None
