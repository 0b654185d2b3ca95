"""Trainings: the policies to be measured, by the names that a command is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wormdrive.benchmark.definition import load_benchmark
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["Source", "trainings_of"]


class Source(NamedTuple):
    """Where a policy lies: ``model`` is a folder or the name of shipped weights; ``group`` as of ``Training``."""

    group: str
    name: str
    model: str


def trainings_of(
    models: Sequence[str], results: Path | None, recipes: Sequence[str], benchmark: str | Path
) -> list[Source]:
    """Return what ``models`` mean: policies, or, with a benchmark's ``results``, kinds with all their training seeds.

    Raises
    ------
    ArgumentError
        The benchmark has no such training, or it is not in ``results``; or recipes are given without results.
    """
    if results is None:
        if recipes:
            raise ArgumentError("--recipe: allowed with --results only, the folder of a benchmark's trainings")
        twice = [model for model in models if models.count(model) > 1]
        if twice:
            raise ArgumentError(f"{twice[0]}: is named twice; allowed is once")
        return [Source(Path(model).name or model, model, model) for model in models]
    cells = load_benchmark(benchmark).policies()
    found = []
    for recipe in recipes or ["paper"]:
        for model in models:
            held = [cell for cell in cells if (cell.config.model, cell.recipe) == (model, recipe)]
            if not held:
                known = {f"{cell.config.model} by {cell.recipe}": None for cell in cells}
                raise ArgumentError(one_of("training", f"{model} by {recipe}", list(known)))
            for cell in held:
                folder = cell.folder(results)
                if not folder.is_dir():
                    raise ArgumentError(
                        f"--results {results}: lacks {cell.label} ({cell.name}); allowed is a folder that has it"
                    )
                found.append(Source(f"{model}, {recipe}", f"seed {cell.config.seed}", str(folder)))
    return found
