from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from wormdrive.benchmark.definition import BENCHMARKS, Benchmark, load_benchmark
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.envs.common.errors import ArgumentError

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
