from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.adapting.trainings import Source, sources_of
from wormdrive.benchmark.definition import load_benchmark
from wormdrive.envs.common.errors import ArgumentError


def test_policies_stand_for_themselves() -> None:
    assert sources_of(["ncp", "runs/mine"], None, [], "settled-question") == [
        Source("ncp", "ncp", "ncp"),
        Source("mine", "runs/mine", "runs/mine"),
    ]
    with pytest.raises(ArgumentError, match="ncp: is named twice"):
        sources_of(["ncp", "ncp"], None, [], "settled-question")
    with pytest.raises(ArgumentError, match="--recipe: allowed with --results only"):
        sources_of(["ncp"], None, ["paper"], "settled-question")


def test_kinds_stand_for_all_their_trainings(tmp_path: Path) -> None:
    held = [cell for cell in load_benchmark("settled-question").policies() if cell.recipe == "paper"]
    for cell in held:
        cell.folder(tmp_path).mkdir(parents=True)
    found = sources_of(["lstm", "ncp"], tmp_path, [], "settled-question")
    assert [(one.group, one.name) for one in found] == [
        (f"{kind}, paper", f"seed {seed}") for kind in ("lstm", "ncp") for seed in range(5)
    ]
    assert len({one.model for one in found}) == 10
