from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark.runner import Shard
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target import benchmark
from wormdrive.find_target.benchmark import run_benchmark
from wormdrive.find_target.learning import FlightRecipe
from wormdrive.find_target.suite import load_flight_suite
from wormdrive.scenarios.folder_lock import FolderInUseError, locked_folder


@pytest.mark.slow
def test_what_is_done_is_kept_and_shards_share_the_work(
    tmp_path: Path, recipe: FlightRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[str] = []
    train = benchmark.train_flight_policy

    def noted(kind: str, *arguments: object, **options: object) -> object:
        trained.append(kind)
        return train(kind, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(benchmark, "train_flight_policy", noted)
    suite = load_flight_suite().narrowed(flights=1, conditions=("summer", "fog"))
    few = {"kinds": ("ncp", "cnn"), "seeds": 1, "suite": suite, "recipe": recipe}
    first = run_benchmark(tmp_path, shard=Shard(1, 2), **few)  # type: ignore[arg-type]
    assert trained == ["cnn"]
    assert {row.model for row in first} == {"cnn"}
    whole = run_benchmark(tmp_path, **few)  # type: ignore[arg-type]
    assert trained == ["cnn", "ncp"]
    assert [(row.model, row.condition) for row in whole] == [
        (model, condition) for model in ("ncp", "cnn", "expert") for condition in ("summer", "fog")
    ]
    assert run_benchmark(tmp_path, **few) == whole  # type: ignore[arg-type]
    assert len(trained) == 2


def test_kinds_and_seeds_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="kind='gru': allowed are ncp, cfc, lstm, cnn"):
        run_benchmark(tmp_path, kinds=("ncp", "gru"))
    with pytest.raises(ArgumentError, match="seeds=0"):
        run_benchmark(tmp_path, seeds=0)
    assert list(tmp_path.iterdir()) == []


def test_another_recipe_or_suite_wants_another_folder(tmp_path: Path, recipe: FlightRecipe) -> None:
    few = {"kinds": ("cnn",), "seeds": 1}
    with locked_folder(tmp_path / "cnn-0"), pytest.raises(FolderInUseError):  # what it needs is noted by then
        run_benchmark(tmp_path, recipe=recipe, **few)  # type: ignore[arg-type]
    longer = recipe.model_copy(update={"steps": recipe.steps + 1})
    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration"):
        run_benchmark(tmp_path, recipe=longer, **few)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration"):
        run_benchmark(tmp_path, recipe=recipe, suite="disturbed", **few)  # type: ignore[arg-type]
