"""Trainings: the policies to be measured, by the names that a command is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wormdrive.benchmark.trainings import trainings_of
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Source", "sources_of"]


class Source(NamedTuple):
    """Where a policy lies: ``model`` is a folder or the name of shipped weights; ``group`` as of ``Training``."""

    group: str
    name: str
    model: str


def sources_of(
    models: Sequence[str], results: Path | None, recipes: Sequence[str], benchmark: str | Path
) -> list[Source]:
    """Return what ``models`` mean: policies, or, with a benchmark's ``results``, kinds with all their training seeds.

    Raises
    ------
    ArgumentError
        As from ``trainings_of``; or recipes are given without results, or a model is named twice.
    """
    if results is not None:
        return [
            Source(f"{cell.config.model}, {cell.recipe}", f"seed {cell.config.seed}", str(cell.folder(results)))
            for cell in trainings_of(models, results, recipes, benchmark)
        ]
    if recipes:
        raise ArgumentError("--recipe: allowed with --results only, the folder of a benchmark's trainings")
    twice = [model for model in models if models.count(model) > 1]
    if twice:
        raise ArgumentError(f"{twice[0]}: is named twice; allowed is once")
    return [Source(Path(model).name or model, model, model) for model in models]
