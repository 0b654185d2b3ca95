from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from wormdrive.benchmark.course import LadderBisection
from wormdrive.benchmark.definition import BENCHMARKS, Benchmark, load_benchmark
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import load_suite

TWO = {
    "name": "two",
    "trainings": [
        {"models": ["ncp", "feedforward"], "recipes": ["paper", "informed"], "seeds": 2},
        {"models": ["gru"], "recipes": ["informed"], "seeds": 1},
    ],
    "drives": [{"suite": "demo"}, {"suite": "seasons", "models": ["ncp"], "recipes": ["informed"]}],
}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_what_comes_with_the_package_is_whole(name: str) -> None:
    benchmark = load_benchmark(name)
    cells = benchmark.cells()
    assert len({cell.name for cell in cells}) == len(cells)
    assert benchmark.reference in {policy.config.model for policy in benchmark.policies()}


def test_every_training_is_followed_by_its_drives_and_first_seeds_come_first() -> None:
    benchmark = Benchmark.model_validate(TWO)
    policies = benchmark.policies()
    assert [policy.config.seed for policy in policies] == [0] * 5 + [1] * 4
    cells = benchmark.cells()
    driven: dict[str, list[str]] = {}
    for before, cell in pairwise(cells):
        if isinstance(cell, DrivesCell):
            driven.setdefault(cell.policy.label, []).append(cell.course.suite)
            assert before is cell.policy or (isinstance(before, DrivesCell) and before.policy is cell.policy)
    assert driven["ncp, informed, seed 0"] == ["demo", "seasons"]
    assert driven["ncp, paper, seed 0"] == ["demo"]
    assert sum(isinstance(cell, PolicyCell) for cell in cells) == len(policies) == len(driven)


def test_all_models_of_a_recipe_have_the_same_drives_and_budget() -> None:
    by_recipe: dict[str, set[str]] = {}
    for policy in Benchmark.model_validate(TWO).policies():
        same = policy.config.model_copy(update={"model": "", "seed": 0}).model_dump_json() + policy.episodes.name
        by_recipe.setdefault(policy.recipe, set()).add(same)
    assert {len(same) for same in by_recipe.values()} == {1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trainings": [{"models": ["nerve"], "recipes": ["paper"]}]}, "model"),
        ({"trainings": [{"models": ["ncp"], "recipes": ["secret"]}]}, "recipe"),
        ({"trainings": []}, "trainings"),
        ({"seeds": 3}, "seeds"),
        ({"learning_rates": {"nerve": 2}}, "learning_rates"),
        (
            {"grid": {"suite": "demo", "factors": ["eyes"], "recipes": {"paper": ["a"], "secret": ["b"]}}},
            "recipe of the",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(str(TWO | changes))
    with pytest.raises(ArgumentError, match=message) as caught:
        load_benchmark(file)
    assert str(file) in str(caught.value)


def test_a_name_that_is_none_tells_the_names() -> None:
    with pytest.raises(ArgumentError, match="settled-question"):
        load_benchmark("unsettled")


CHOICE = {
    "name": "choice",
    "trainings": [{"models": ["feedforward"], "recipes": ["paper"]}],
    "drives": [{"suite": "selection"}, {"suite": "winter"}],
    "selection": "selection",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"selection": "winter"}, "allowed is summer alone"),
        ({"selection": "shifts", "drives": [{"suite": "shifts"}]}, "snow_cover: allowed is summer alone"),
        ({"selection": "demo"}, "allowed is a suite that is driven"),
        ({"trainings": [{"models": ["feedforward"], "recipes": ["informed"]}]}, "recipe informed knows winter"),
    ],
)
def test_one_chooses_by_summer_among_recipes_that_know_nothing_else(changes: dict[str, object], message: str) -> None:
    assert Benchmark.model_validate(CHOICE).selection == "selection"
    with pytest.raises(ValueError, match=message):
        Benchmark.model_validate(CHOICE | changes)


def test_learning_rates_are_those_of_the_recipe_times_the_models_factor() -> None:
    usual = {policy.label: policy.config for policy in Benchmark.model_validate(TWO).policies()}
    told = Benchmark.model_validate(TWO | {"learning_rates": {"ncp": 0.5}})
    for policy in told.policies():
        factor = 0.5 if policy.config.model == "ncp" else 1.0
        before = usual[policy.label]
        assert policy.config.learning_rate == factor * before.learning_rate
        assert policy.config.cell_learning_rate == factor * before.cell_learning_rate
        same = {"learning_rate": before.learning_rate, "cell_learning_rate": before.cell_learning_rate}
        assert policy.config.model_copy(update=same) == before


def driven(*drives: dict[str, object]) -> list[DrivesCell]:
    trainings = [{"models": ["ncp", "feedforward"], "recipes": ["informed"], "seeds": 1}]
    benchmark = Benchmark.model_validate({"name": "drives", "trainings": trainings, "drives": drives})
    return [cell for cell in benchmark.cells() if isinstance(cell, DrivesCell)]


def test_drives_may_be_of_some_shifts_with_fewer_routes() -> None:
    cells = driven({"suite": "shifts", "shifts": ["factors", "fog"], "episodes": 3, "models": ["ncp"]})
    assert [cell.course.shift for cell in cells] == ["fog", "factors"]
    assert [len(cell.course.trials) for cell in cells] == [3 * 6, 3 * 4]
    assert [len(cell.course.trials) for cell in driven({"suite": "seasons", "shifts": [""], "models": ["ncp"]})] == [
        len(load_suite("seasons").trials_of(""))
    ]


def test_drives_may_be_of_the_first_seeds_alone() -> None:
    changed = TWO | {"drives": [{"suite": "demo"}, {"suite": "seasons", "seeds": 1}]}
    cells = [cell for cell in Benchmark.model_validate(changed).cells() if isinstance(cell, DrivesCell)]
    assert {cell.policy.config.seed for cell in cells if cell.course.suite == "seasons"} == {0}
    assert {cell.policy.config.seed for cell in cells if cell.course.suite == "demo"} == {0, 1}


def test_ladders_alone_are_bisected_and_have_other_names() -> None:
    whole = driven({"suite": "shifts", "models": ["ncp"]})
    bisected = driven({"suite": "shifts", "models": ["ncp"], "bisect": True})
    for cell, other in zip(whole, bisected, strict=True):
        is_ladder = cell.course.shift != "factors"
        assert isinstance(other.course, LadderBisection) == is_ladder
        assert (cell.name != other.name) == is_ladder
        assert other.course.most_drives == (3 * 16 if is_ladder else 4 * 16)


def test_ladders_that_are_driven_are_known_by_their_rungs() -> None:
    drives = [{"suite": "shifts", "shifts": ["frame_rate", "factors"]}, {"suite": "demo"}]
    trainings = [{"models": ["ncp"], "recipes": ["informed"]}]
    benchmark = Benchmark.model_validate({"name": "ladders", "trainings": trainings, "drives": drives})
    assert benchmark.ladders() == {("shifts", "frame_rate"): (10.0, 5.0, 3.0, 2.0, 1.5, 1.0)}


def test_the_same_may_be_driven_told_and_untold() -> None:
    told, untold = driven(
        {"suite": "demo", "models": ["ncp"]}, {"suite": "demo", "models": ["ncp"], "tell_elapsed": False}
    )
    assert (told.tell_elapsed, untold.tell_elapsed) == (True, False)
    assert told.name != untold.name


def test_names_of_drives_are_those_of_their_first_version() -> None:
    """What was driven before stays found: told, whole, with all routes."""
    (cell,) = driven({"suite": "demo", "models": ["ncp"]})
    assert set(cell.determined_by()) == {"suite", "scenarios", "maps"}


@pytest.mark.parametrize(
    ("drives", "message"),
    [
        ([{"suite": "shifts", "shifts": ["fog", "smog"]}], r"suite shifts: shift='smog': allowed are frame_rate, .*"),
        ([{"suite": "seasons", "shifts": ["fog"]}], r"shift='fog': allowed are '' \(its named conditions\)"),
        (
            [{"suite": "shifts", "bisect": True}, {"suite": "shifts", "shifts": ["fog"], "models": ["ncp"]}],
            "suite shifts: ncp, informed, seed 0: fog: is driven twice; allowed is once",
        ),
        (
            [{"suite": "shifts", "models": ["ncp"]}, {"suite": "shifts", "models": ["feedforward"], "episodes": 4}],
            "suite shifts: frame_rate: episodes=4: allowed is the same number for all that drive it, 16 as before",
        ),
    ],
)
def test_drives_that_cannot_be_are_refused_by_name(drives: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        driven(*drives)


def test_a_suite_of_ones_own_is_driven_by_all_alone_or_besides(tmp_path: Path) -> None:
    file = tmp_path / "alps.yaml"
    file.write_text("given: {a: {season: winter}, b: {season: spring}}")
    benchmark = Benchmark.model_validate(TWO)
    own = {cell.name for cell in benchmark.cells()}
    alone = benchmark.driving(file, alone=True).cells()
    policies = {policy.name for policy in benchmark.policies()}
    assert {cell.name for cell in alone if isinstance(cell, PolicyCell)} == policies
    assert {cell.course.suite for cell in alone if isinstance(cell, DrivesCell)} == {"alps"}
    assert len(alone) == 2 * len(policies)
    both = {cell.name for cell in benchmark.driving(file, alone=False).cells()}
    assert both == own | {cell.name for cell in alone}


def test_a_suite_with_the_name_of_another_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "demo.yaml"
    file.write_text("given: {a: {season: winter}}")
    with pytest.raises(ArgumentError, match=rf"{file}: name='demo'"):
        Benchmark.model_validate(TWO).driving(file, alone=True)
    assert len(Benchmark.model_validate(TWO).driving("demo", alone=True).drives) == 1
