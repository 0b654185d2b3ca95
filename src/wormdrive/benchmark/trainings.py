"""Trainings: those of some kinds and recipes among a benchmark's results, by the names that a command is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wormdrive.benchmark.definition import load_benchmark
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["trainings_of"]


def trainings_of(
    kinds: Sequence[str],
    results: Path,
    recipes: Sequence[str],
    benchmark: str | Path,
    *,
    seeds: int | None = None,
) -> list[PolicyCell]:
    """Return all trainings of ``kinds`` by ``recipes``, recipe by recipe, kind by kind, in the order of their seeds.

    ``seeds`` takes the first so many of each; without recipes those by ``paper`` are meant.

    Raises
    ------
    ArgumentError
        A kind or a recipe is named twice, the benchmark has no such training or not so many, or one is not in
        ``results``.
    """
    for what, names in (("model", kinds), ("--recipe", recipes)):
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ArgumentError(f"{what} {twice[0]}: is named twice; allowed is once")
    cells = load_benchmark(benchmark).policies()
    found = []
    for recipe in recipes or ["paper"]:
        for kind in kinds:
            held = [cell for cell in cells if (cell.config.model, cell.recipe) == (kind, recipe)]
            if not held:
                known = {f"{cell.config.model} by {cell.recipe}": None for cell in cells}
                raise ArgumentError(one_of("training", f"{kind} by {recipe}", list(known)))
            if seeds is not None and seeds > len(held):
                raise ArgumentError(f"--seeds {seeds}: {kind} by {recipe}: allowed are up to {len(held)}")
            for cell in held[:seeds]:
                if not cell.folder(results).is_dir():
                    raise ArgumentError(
                        f"--results {results}: lacks {cell.label} ({cell.name}); allowed is a folder that has it"
                    )
                found.append(cell)
    return found
