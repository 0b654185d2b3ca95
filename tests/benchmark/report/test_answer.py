from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.benchmark.report.examples import (
    BENCHMARK,
    by_chance,
    by_model,
    by_recipe,
    by_seed,
    evidence,
    made_table,
    scattered,
)
from wormdrive.benchmark.drive_table import DriveTable, concatenate
from wormdrive.benchmark.grid import Grid
from wormdrive.benchmark.report.answer import Answer, answer
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.training.config import Recipe, recipe


def whole(told: Answer) -> str:
    return " ".join((told.paragraph, *told.sentences))


def test_where_the_recipe_decides_it_says_so_and_that_the_neurons_do_not() -> None:
    told = answer(evidence(by_recipe))
    assert told.lead.startswith("Not the neurons: what explains the variance of winter success is the recipe (")
    assert "No kind of network can be told from the memoryless network (feed-forward): of 6 comparisons" in whole(told)
    assert "the recipe with" not in told.lead
    assert "Auxiliary read-out alone: +23 points" in whole(told)
    assert "`informed` knows winter" in whole(told)
    assert "chosen by summer alone, is missed: the best of those here, `paper-auxiliary`, drives" in whole(told)
    assert "training seed decides more" not in whole(told)


def test_where_the_liquid_network_decides_it_says_so() -> None:
    told = answer(evidence(by_model))
    assert told.lead.startswith("The liquid neurons carry a part of it (NCP-LTC under `paper`")
    assert told.lead.endswith("is the kind of network (46 %).")
    assert "3 are significant: under `paper` NCP-LTC +68 points" in whole(told)
    assert "; no other is." in whole(told)


def test_where_the_liquid_network_is_worse_it_says_so() -> None:
    told = answer(evidence(lambda r, m, s, k: scattered(r, m, s, k) < (20 if m == "ncp" else 90)))
    assert told.lead.startswith("Not the neurons, liquid ones drive worse (NCP-LTC under `paper`")
    assert "\N{MINUS SIGN}" in whole(told)


def test_another_network_that_is_better_does_not_make_neurons_liquid() -> None:
    told = answer(evidence(lambda r, m, s, k: scattered(r, m, s, k) < (90 if m == "lstm" else 20)))
    assert told.lead.startswith("Not the neurons: what explains")
    assert "under `informed` LSTM +" in whole(told)


def test_where_the_seed_decides_it_says_so() -> None:
    told = answer(evidence(by_seed))
    assert told.lead.startswith("Not the neurons: what explains the variance of winter success is the training seed")
    assert "The training seed decides more than the kind of network: LSTM under `paper` succeeds in 0 to 16 of 16" in (
        whole(told)
    )


def test_where_nothing_decides_it_says_so() -> None:
    told = answer(evidence(by_chance))
    assert told.lead == "Not the neurons, and nothing else that was varied stands out."
    assert "none is significant" in whole(told)
    assert "differences of \N{MINUS SIGN}29 to +36 points possible" in whole(told)


def test_where_all_is_alike_there_is_nothing_to_share() -> None:
    told = answer(evidence(lambda *_: True))
    assert told.lead == "Not the neurons."
    assert told.first[0].endswith("All trainings came out alike.")
    assert told.sentences[0].startswith("Every winter drive came out the same: 100 %")
    assert "chosen by summer alone, is reached: the best of those here," in whole(told)


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (3, "none can be significant: with 3 trainings each the smallest p-value is 0.20"),
        (1, "No recipe has several trainings of the memoryless network (feed-forward) and of another"),
    ],
)
def test_too_few_trainings_are_called_too_few(seeds: int, said: str) -> None:
    told = answer(evidence(by_model, seeds=seeds))
    assert told.lead.startswith("These trainings are too few to tell whether the neurons carry it")
    assert said in whole(told)


def test_eyes_and_augmentation_are_told_apart_where_recipes_do() -> None:
    """A square of eyes by augmentation: the augmentation decides."""
    base = recipe("paper-auxiliary")
    grey = base.train.model_copy(update={"policy": {**base.train.policy, "preprocess": {}}})
    informed = recipe("informed").train.augmentation
    square = {
        f"{eyes}-{more}": Recipe(
            record=base.record,
            train=train.model_copy(update={"augmentation": informed} if more == "informed" else {}),
            knows=("winter",) if more == "informed" else (),
        )
        for eyes, train in (("colour", base.train), ("grey", grey))
        for more in ("shadow", "informed")
    }
    levels = {name: tuple(name.split("-")) for name in square}
    grid = Grid(suite="seasons", factors=("eyes", "augmentation"), recipes=levels)
    benchmark = BENCHMARK.model_copy(update={"recipes": square, "grid": grid})
    told = answer(
        evidence(
            lambda r, m, s, k: scattered(r, m, s, k) < (95 if r.endswith("informed") else 10),
            benchmark,
            recipes=tuple(square),
        )
    )
    assert told.lead.startswith("Not the neurons: what explains the variance of winter success is the augmentation (")
    assert "Eyes alone: " in whole(told)
    assert "with `grey-shadow` for `colour-shadow`" in whole(told)
    assert "Augmentation alone: +" in whole(told)
    assert "is not measured" not in whole(told)


def test_what_was_chosen_after_winter_and_the_negative_control_are_named() -> None:
    table = concatenate(
        [
            made_table(by_chance, recipes=("blind", "informed")),
            made_table(lambda *_: True, ["ncp", "feedforward"], ["state"]),
        ]
    )
    told = whole(answer(Evidence(table, BENCHMARK)))
    assert "`blind` was chosen among others after all of them had been driven in winter" in told
    assert "in place of pictures (`state`), drives 100 % of winter." in told
    assert "neither made nor chosen blindly" in told
    assert re.search("`blind` drives [0-9.]+ % .*by day, which does not count for the goal of 90 %", told)
    assert "is reached" not in told
    assert "mean over its networks: `blind`" in told or "mean over its networks: `informed`" in told
    assert "and `state`" not in told


def test_families_too_small_in_trainings_are_counted_apart() -> None:
    table = concatenate(
        [made_table(by_model, recipes=("informed",)), made_table(by_model, recipes=("paper",), seeds=3)]
    )
    told = whole(answer(Evidence(table, BENCHMARK)))
    assert "Of 2 comparisons in winter with the memoryless network (feed-forward) 1 is significant" in told
    assert "; no other is. 2 more, under recipes with fewer trainings, could not have been." in told


def test_what_recipe_and_network_do_together_alone_is_told_first() -> None:
    """A square in which neither suffices: the lead names the interaction, and of what explains nothing one line."""
    told = answer(evidence(lambda r, m, s, k: scattered(r, m, s, k) < (95 if (r, m) == ("informed", "ncp") else 5)))
    assert re.search(r"recipe and model together beyond each alone \(\d+ %\)", told.lead)
    assert "recipe with model " in whole(told)


def test_what_explains_nothing_is_told_in_one_breath() -> None:
    told = whole(answer(evidence(by_recipe)))
    assert re.search(r", [a-z, ]+ and [a-z ]+ 0 % each \(at most \d+\); the rest, \d+ %, is chance", told)


def test_only_what_summer_chose_counts_for_the_goal() -> None:
    """Of recipes that a benchmark tried, the best in winter is known by winter alone."""
    table = made_table(lambda recipe, *_: recipe == "paper", recipes=("grey", "paper"))
    summer = made_table(lambda recipe, *_: recipe == "grey", recipes=("grey", "paper"))
    rows = (replace(row, suite="selection") for row in summer if row.season == "summer")
    chosen = DriveTable(tuple(rows))
    recipes = {"grey": BENCHMARK.recipe("paper")}
    tried = BENCHMARK.model_copy(update={"selection": "selection", "recipes": {**BENCHMARK.recipes, **recipes}})
    told = whole(answer(Evidence(concatenate([table, chosen]), tried)))
    assert "is missed: the best of those here, `grey`, drives 0 %" in told
