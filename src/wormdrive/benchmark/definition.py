"""Definition: a benchmark as data: which models learn by which recipes from which seeds, and what each drives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wormdrive.agents.policies.registry import POLICY_KINDS
from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drives_cell import Course, DrivesCell
from wormdrive.benchmark.policy_cells import EpisodesCell, PolicyCell
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.validation_errors import describe_validation_error
from wormdrive.envs.common.yaml_file import read_yaml_table
from wormdrive.scenarios.suite import load_suite
from wormdrive.training.config import RECIPES, Recipe, recipe

__all__ = ["BENCHMARKS", "Benchmark", "load_benchmark"]

_FOLDER: Final = Path(__file__).parent / "definitions"

BENCHMARKS: Final = tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))
"""Names of the benchmarks that come with the package."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trainings(_Frozen):
    """Every model by every recipe, from seeds 0, 1, ..."""

    models: Annotated[tuple[str, ...], Field(min_length=1)]
    recipes: Annotated[tuple[str, ...], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1, le=1000)] = 5

    @field_validator("models")
    @classmethod
    def _models(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _known("model", value, POLICY_KINDS)


class Drives(_Frozen):
    """A suite, by name or path, and who drives it: all trainings, or those of some models and recipes."""

    suite: str
    models: tuple[str, ...] | None = None
    recipes: tuple[str, ...] | None = None

    def are_of(self, policy: PolicyCell) -> bool:
        """Whether a policy drives this."""
        return (self.models is None or policy.config.model in self.models) and (
            self.recipes is None or policy.recipe in self.recipes
        )


class Benchmark(_Frozen):
    """A benchmark.

    Attributes
    ----------
    recipes:
        Recipes of its own, beside those that come with the package.
    trainings:
        What is trained.
    drives:
        What is driven.
    reference:
        The model from which the others are told apart.
    sealed_seed_sha256:
        SHA-256 of the seed of the sealed conditions, 32 hexadecimal digits that nobody has used: committed before the
        first training, so that nobody could choose by them.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    recipes: dict[str, Recipe] = {}
    trainings: Annotated[tuple[Trainings, ...], Field(min_length=1)]
    drives: Annotated[tuple[Drives, ...], Field(min_length=1)]
    reference: str = "feedforward"
    sealed_seed_sha256: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None

    @model_validator(mode="after")
    def _recipes(self) -> Benchmark:
        for group in self.trainings:
            _known("recipe", group.recipes, (*RECIPES, *self.recipes))
        return self

    def driving(self, suite: str | Path, *, alone: bool) -> Benchmark:
        """Return this benchmark with one more suite, by name or path, that all its policies drive, or that one alone.

        Raises
        ------
        ArgumentError
            It is no suite, or another one than that of the benchmark's own which has its name.
        """
        more = load_suite(suite)
        for drives in self.drives:
            own = load_suite(drives.suite)
            if own.name == more.name and own != more:
                raise ArgumentError(f"suite {suite}: name={more.name!r}: is that of another one of {self.name}'s")
        return self.model_copy(update={"drives": (*(() if alone else self.drives), Drives(suite=str(suite)))})

    def policies(self, *, threads: int = 1, device: str = "cpu") -> list[PolicyCell]:
        """Return every training, seed by seed, so that whoever stops early has some of each."""
        named = {
            (seed, name, model): None
            for group in self.trainings
            for seed in range(group.seeds)
            for name in group.recipes
            for model in group.models
        }
        cells = []
        for seed, name, model in sorted(named, key=lambda one: one[0]):
            how = self.recipes.get(name) or recipe(name)
            config = how.train.model_copy(update={"model": model, "seed": seed})
            episodes = EpisodesCell(how.record, threads=threads)
            cells.append(PolicyCell(name, config, episodes, threads=threads, device=device))
        return cells

    def cells(self, *, threads: int = 1, device: str = "cpu") -> list[Cell]:
        """Return all work, each training followed by its drives; networks compute on ``device``.

        Raises
        ------
        ArgumentError
            A suite is none.
        """
        courses: list[tuple[Drives, Course]] = []
        for drives in self.drives:
            suite = load_suite(drives.suite)
            courses += [(drives, Course(suite, shift)) for shift in suite.shifts]
        found: list[Cell] = []
        for policy in self.policies(threads=threads, device=device):
            driven = [course for drives, course in courses if drives.are_of(policy)]
            found += [policy, *(DrivesCell(policy, course, threads=threads) for course in driven)]
        return found


def load_benchmark(name: str | Path) -> Benchmark:
    """Load a benchmark by the name of a built-in one or the path of a YAML file.

    Raises
    ------
    ArgumentError
        If there is none such, or it is not a valid one: the message names the file, the field and what is allowed.
    """
    file = _FOLDER / f"{name}.yaml" if str(name) in BENCHMARKS else Path(name)
    if str(name) not in BENCHMARKS and file.suffix not in (".yaml", ".yml"):
        raise ArgumentError(f"{one_of('benchmark', str(name), BENCHMARKS)}, or the path of a .yaml file")
    try:
        read = Benchmark.model_validate(read_yaml_table("benchmark", file, Benchmark.model_fields))
    except ValidationError as error:
        raise ArgumentError(f"benchmark {file}: {describe_validation_error(Benchmark, error)}") from error
    return read.model_copy(update={"drives": tuple(_beside(file, drives) for drives in read.drives)})


def _beside(file: Path, drives: Drives) -> Drives:
    """Read a relative path of a suite from where the benchmark's file lies."""
    is_file = Path(drives.suite).suffix in (".yaml", ".yml")
    return drives.model_copy(update={"suite": str(file.parent / drives.suite)}) if is_file else drives


def _known(what: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in allowed:
            raise ValueError(one_of(what, value, allowed))
    return values
