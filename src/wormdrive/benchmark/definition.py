"""Definition: a benchmark as data: which models learn by which recipes from which seeds, and what each drives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wormdrive.agents.policies.registry import policy_kind
from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.course import Course, LadderBisection
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.grid import Grid
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
        for name in value:
            policy_kind(name, "model")
        return value


class Drives(_Frozen):
    """A suite, by name or path, how it is driven, and who drives it: all trainings, or those of some.

    Attributes
    ----------
    models, recipes, seeds:
        Whose trainings drive: of which models and recipes, from the first so many seeds; all unless said.
    shifts:
        What is driven of the suite: names of ladders, ``factors``, and an empty name for the named conditions; all
        unless said.
    episodes:
        Routes of each condition and rung; as many as the suite has unless said.
    bisect:
        Whether each policy drives the rungs around its breaking point alone (``LadderBisection``), not whole ladders.
    tell_elapsed:
        Whether policies are told the time from frame to frame.
    """

    suite: str
    models: tuple[str, ...] | None = None
    recipes: tuple[str, ...] | None = None
    seeds: Annotated[int, Field(ge=1, le=1000)] | None = None
    shifts: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    episodes: Annotated[int, Field(ge=1, le=1000)] | None = None
    bisect: bool = False
    tell_elapsed: bool = True

    def are_of(self, policy: PolicyCell) -> bool:
        """Whether a policy drives this."""
        return (
            (self.models is None or policy.config.model in self.models)
            and (self.recipes is None or policy.recipe in self.recipes)
            and (self.seeds is None or policy.config.seed < self.seeds)
        )

    def courses(self) -> list[Course]:
        """Return what is driven, in the suite's order.

        Raises
        ------
        ArgumentError
            The suite is none, or has no such shift.
        """
        suite = load_suite(self.suite)
        for shift in self.shifts or ():
            if shift not in suite.shifts:
                allowed = ", ".join(name or "'' (its named conditions)" for name in suite.shifts)
                raise ArgumentError(f"drives of suite {suite.name}: shift={shift!r}: allowed are {allowed}")
        suite = suite.narrowed(episodes=self.episodes)
        wanted = [shift for shift in suite.shifts if self.shifts is None or shift in self.shifts]
        return [
            LadderBisection(suite, shift) if self.bisect and shift in suite.ladders else Course(suite, shift)
            for shift in wanted
        ]


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
    selection:
        A suite to choose the best recipe of every model by, if that is what the benchmark is for: summer alone, and
        by recipes that know no other season. What is driven besides is seen, but not chosen by.
    reference:
        The model from which the others are told apart.
    learning_rates:
        For each model the factor by which the recipes' two learning rates are multiplied, 1 if it is not named.
    grid:
        Recipes among which the variance of success is shared out.
    sealed_seed_sha256:
        SHA-256 of the seed of the sealed conditions, 32 hexadecimal digits that nobody has used: committed before the
        first training, so that nobody could choose by them.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    recipes: dict[str, Recipe] = {}
    trainings: Annotated[tuple[Trainings, ...], Field(min_length=1)]
    drives: Annotated[tuple[Drives, ...], Field(min_length=1)]
    selection: str | None = None
    learning_rates: dict[str, Annotated[float, Field(gt=0, le=100)]] = {}
    grid: Grid | None = None
    reference: str = "feedforward"
    sealed_seed_sha256: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None

    @model_validator(mode="after")
    def _recipes(self) -> Benchmark:
        for group in self.trainings:
            _known("recipe", group.recipes, (*RECIPES, *self.recipes))
        for name in self.learning_rates:
            policy_kind(name, "learning_rates")
        _known("recipe of the grid", tuple(self.grid.recipes) if self.grid else (), (*RECIPES, *self.recipes))
        return self

    @model_validator(mode="after")
    def _chooses_blindly(self) -> Benchmark:
        if self.selection is None:
            return self
        for name in dict.fromkeys(name for group in self.trainings for name in group.recipes):
            known = self.recipe(name).knows
            if known:
                raise ValueError(
                    f"recipe {name} knows {', '.join(known)}: allowed to choose from are those that do not"
                )
        if self.selection not in [drives.suite for drives in self.drives]:
            raise ValueError(f"selection={self.selection!r}: allowed is a suite that is driven")
        for trial in load_suite(self.selection).trials:
            season = trial.scenario.conditions.season
            if season.name != "summer" or season.snow_cover or season.snowfall:
                raise ValueError(
                    f"selection={self.selection!r}, {trial.shift or trial.season}: allowed is summer alone"
                )
        return self

    def recipe(self, name: str) -> Recipe:
        """Look a recipe up, first among the benchmark's own."""
        return self.recipes.get(name) or recipe(name)

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
            how = self.recipe(name)
            factor = self.learning_rates.get(model, 1.0)
            rates = {name: factor * getattr(how.train, name) for name in ("learning_rate", "cell_learning_rate")}
            config = how.train.model_copy(update={"model": model, "seed": seed, **rates})
            episodes = EpisodesCell(how.record, threads=threads)
            cells.append(PolicyCell(name, config, episodes, threads=threads, device=device))
        return cells

    def cells(self, *, threads: int = 1, device: str = "cpu") -> list[Cell]:
        """Return all work, each training followed by its drives; networks compute on ``device``.

        Raises
        ------
        ArgumentError
            A suite is none or lacks a shift that is to be driven, a policy is to drive a shift twice, or a shift is to
            be driven on more routes by some than by others.
        """
        courses = [(drives, course) for drives in self.drives for course in drives.courses()]
        _require_same_routes(courses)
        found: list[Cell] = []
        for policy in self.policies(threads=threads, device=device):
            driven = [
                DrivesCell(policy, course, threads=threads, tell_elapsed=drives.tell_elapsed)
                for drives, course in courses
                if drives.are_of(policy)
            ]
            _require_once(driven)
            found += [policy, *driven]
        return found

    def ladders(self) -> dict[tuple[str, str], tuple[float, ...]]:
        """Return, for suite and shift, the places of the rungs of each ladder that is driven, the easiest first.

        Raises
        ------
        ArgumentError
            As from ``cells``.
        """
        courses = (course for drives in self.drives for course in drives.courses())
        return {(course.suite, course.shift): course.rungs for course in courses if course.rungs}


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


def _require_same_routes(courses: Iterable[tuple[Drives, Course]]) -> None:
    """Refuse a shift of which some drive fewer routes than others, as they could not be compared."""
    first: dict[tuple[str, str], int] = {}
    for drives, course in courses:
        routes = first.setdefault((course.suite, course.shift), course.routes)
        if course.routes != routes:
            raise ArgumentError(
                f"drives of suite {course.suite}: {course.shift or 'conditions'}: episodes={drives.episodes}: allowed "
                f"is the same number for all that drive it, {routes} as before"
            )


def _require_once(cells: Sequence[DrivesCell]) -> None:
    """Refuse two cells of one policy that would drive the same, as their rows could not be told apart."""
    seen: set[tuple[str, str, bool]] = set()
    for cell in cells:
        key = cell.course.suite, cell.course.shift, cell.tell_elapsed
        if key in seen:
            raise ArgumentError(
                f"drives of suite {cell.course.suite}: {cell.label}: is driven twice; allowed is once: "
                "narrow one by models, recipes or shifts"
            )
        seen.add(key)


def _known(what: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in allowed:
            raise ValueError(one_of(what, value, allowed))
    return values
