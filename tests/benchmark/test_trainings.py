from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark.definition import load_benchmark
from wormdrive.benchmark.trainings import trainings_of
from wormdrive.envs.common.errors import ArgumentError


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for cell in load_benchmark("settled-question").policies():
        if cell.recipe == "paper":
            cell.folder(tmp_path).mkdir(parents=True)
    return tmp_path


def test_kinds_stand_for_all_their_trainings_or_the_first(results: Path) -> None:
    found = trainings_of(["lstm", "ncp"], results, [], "settled-question")
    assert [cell.label for cell in found] == [
        f"{kind}, paper, seed {seed}" for kind in ("lstm", "ncp") for seed in range(5)
    ]
    fewer = trainings_of(["lstm", "ncp"], results, ["paper"], "settled-question", seeds=1)
    assert [cell.label for cell in fewer] == ["lstm, paper, seed 0", "ncp, paper, seed 0"]


def test_what_is_not_there_is_refused(results: Path) -> None:
    for kinds, recipes, seeds, complaint in (
        (["lstm"], ["blind"], None, "lacks lstm, blind, seed 0"),
        (["mlp"], ["paper"], None, "training='mlp by paper'"),
        (["ncp"], ["paper"], 6, "--seeds 6: ncp by paper: allowed are up to 5"),
        (["ncp", "lstm", "ncp"], [], None, "model ncp: is named twice"),
        (["ncp"], ["paper", "paper"], None, "--recipe paper: is named twice"),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            trainings_of(kinds, results, recipes, "settled-question", seeds=seeds)
