"""Shipping: the median training of a benchmark becomes weights that come with the package, and gets a model card."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from wormdrive import __version__
from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.model_card import CARD_FILE, CardResult, ModelCard, card_bytes
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.serialization import CONFIG_FILE, WEIGHTS_FILE, config_bytes, load_policy
from wormdrive.benchmark.course import Course
from wormdrive.benchmark.definition import Benchmark, Drives
from wormdrive.benchmark.drive_table import DriveTable, read_drives
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.provenance import Provenance
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.training.config import RECIPES, Recipe, RecordConfig, TrainConfig, recipe

__all__ = ["SHIPPED_MODELS", "SHIPPED_RECIPES", "Shipment", "ship"]

SHIPPED_MODELS: Final = ("ncp", "cfc", "lstm", "feedforward")
SHIPPED_RECIPES: Final = ("blind", "informed")

_CHOSEN_BY: Final = "winter"
_FRAMES_PER_S: Final = round(1.0 / DT_S)


@dataclass(frozen=True)
class Shipment:
    """What became of one model of one recipe: ``seed`` was shipped as ``name``, or ``missing`` says why none was."""

    name: str
    seed: int | None = None
    missing: str = ""


class _MissingError(Exception):
    """Something that shipping needs is not there."""


def ship(
    benchmark: Benchmark,
    results: Path,
    weights: Path,
    *,
    models: Sequence[str] = SHIPPED_MODELS,
    recipes: Sequence[str] = SHIPPED_RECIPES,
) -> list[Shipment]:
    """Write the median training of every model and recipe to ``weights/<model>-<recipe>``, with its card.

    The median is that of the successes in winter, all weathers among the benchmark's named conditions together; among
    equal ones the seed decides. Nothing is shipped of a model whose trainings have not all driven all that they are to
    drive of these. The same results give the same bytes.

    Raises
    ------
    ArgumentError
        ``results`` has no table of drives or no provenance, or the benchmark does not drive in winter.
    ModelError
        A training's policy is corrupt.
    """
    table, made_with = read_drives(results / "drives.csv"), Provenance.read(results / "provenance.json")
    courses = [
        (drives, course)
        for drives in benchmark.drives
        for course in drives.courses()
        if not course.shift and drives.tell_elapsed
    ]
    if not any(trial.season == _CHOSEN_BY for _, course in courses for trial in course.trials):
        raise ArgumentError(f"benchmark {benchmark.name}: no suite has {_CHOSEN_BY} among its named conditions")
    shipped = []
    for name, model in ((name, model) for name in recipes for model in models):
        full = f"{model}-{name}"
        trainings = [
            _Training(cell, table, [(drives, course) for drives, course in courses if drives.are_of(cell)])
            for cell in benchmark.policies()
            if (cell.config.model, cell.recipe) == (model, name)
        ]
        try:
            chosen = _median(trainings, name)
            folder = chosen.cell.folder(results)
            if not folder.is_dir():
                raise _MissingError(f"the training from seed {chosen.seed} ({chosen.cell.name}) is not in {results}")
            _write(full, chosen, trainings, folder, made_with, weights / full)
            shipped.append(Shipment(full, chosen.seed))
        except _MissingError as missing:
            shipped.append(Shipment(full, missing=str(missing)))
    return shipped


class _Training:
    """A training, what it was to drive of the named conditions, and how it did."""

    def __init__(self, cell: PolicyCell, table: DriveTable, courses: Sequence[tuple[Drives, Course]]) -> None:
        self.cell, self.seed, self.courses = cell, cell.config.seed, courses
        own = table.select(model=cell.config.model, recipe=cell.recipe, seed=self.seed, shift="", clock=True)
        self.driven = own.select(suite={course.suite for _, course in courses})
        self.wanted = sum(len(course.trials) for _, course in courses)

    @property
    def winter(self) -> DriveTable:
        return self.driven.select(season=_CHOSEN_BY)

    @property
    def successes(self) -> int:
        return sum(row.success for row in self.winter)


def _median(trainings: Sequence[_Training], recipe_name: str) -> _Training:
    if not trainings:
        raise _MissingError("the benchmark has no such training")
    if recipe_name not in RECIPES:
        raise _MissingError(f"the recipe is the benchmark's own; allowed are those with a name: {', '.join(RECIPES)}")
    for one in trainings:
        if len(one.driven) != one.wanted or not one.winter:
            found = f"{len(one.driven)} of {one.wanted} drives"
            raise _MissingError(f"of the training from seed {one.seed} the table has {found}")
    in_order = sorted(trainings, key=lambda one: (one.successes, one.seed))
    return in_order[(len(in_order) - 1) // 2]


def _write(
    name: str, chosen: _Training, trainings: Sequence[_Training], policy: Path, made_with: Provenance, out: Path
) -> None:
    """Copy a policy to where it is shipped from, and write its card."""
    trained = load_policy(policy)  # which sees that the files are whole
    trained.trained_camera = trained.camera  # the default in a benchmark, which those of 0.2.0 do not say
    inside = inspect_policy(trained).parameters
    packed = (policy / WEIGHTS_FILE).read_bytes()
    config, how = chosen.cell.config, recipe(chosen.cell.recipe)
    counts = ", ".join(f"{one.successes} (seed {one.seed})" for one in sorted(trainings, key=lambda one: one.seed))
    several = f"the median of {len(trainings)} trainings" if len(trainings) > 1 else "the only training"
    card = ModelCard(
        name=name,
        kind=config.model,
        recipe=chosen.cell.recipe,
        seed=config.seed,
        version=__version__,
        licence="MIT",
        parameters=sum(count for part, count in inside.items() if part != "auxiliary"),
        weights_sha256=hashlib.sha256(packed).hexdigest(),
        data=_data(how.record, config),
        knows=how.knows,
        chosen_after=how.chosen_after,
        chosen=f"It is {several} by drives in {_CHOSEN_BY}, of {len(chosen.winter)}: {counts}.",
        results=tuple(_result(rows) for rows in chosen.driven.groups("season", "weather").values()),
        evaluated_by=_evaluations(name, chosen.courses),
        limits=_limits(how.record, chosen.courses, trained),
        commands=_commands(name, how, config, chosen.cell.recipe),
        made_with=asdict(made_with),
    )
    files = {
        WEIGHTS_FILE: packed,
        CONFIG_FILE: config_bytes(trained, packed),
        CARD_FILE: card_bytes(card),
    }
    for file, data in files.items():
        atomic_write(out / file, data)


def _result(rows: DriveTable) -> CardResult:
    successes, drives = sum(row.success for row in rows), len(rows)
    low, high = wilson_interval(successes, drives)
    return CardResult(
        season=rows.rows[0].season,
        weather=rows.rows[0].weather,
        successes=successes,
        drives=drives,
        low=round(low, 4),
        high=round(high, 4),
        offset_m=round(float(np.mean([row.offset_mean_m for row in rows])), 4),
    )


def _data(record: RecordConfig, train: TrainConfig) -> str:
    said = (
        f"{record.episodes} drives of the expert, {record.length / _FRAMES_PER_S:.1f} s each, on "
        f"{_and(record.maps)} in {record.season} ({_and(record.weathers)}), in the embedded simulator"
    )
    if train.rounds:
        rounds = "1 round" if train.rounds == 1 else f"{train.rounds} rounds"
        said += (
            f"; then {rounds} of DAgger, {train.round_episodes} drives of "
            f"{train.round_length / _FRAMES_PER_S:.1f} s each on {_and(train.round_maps)} in {train.round_season} "
            f"({_and(train.round_weathers)})"
        )
    return f"{said}."


def _evaluations(name: str, courses: Sequence[tuple[Drives, Course]]) -> tuple[str, ...]:
    found = []
    for drives, _ in courses:
        words = ["wormdrive", "evaluate", name, "--suite", drives.suite]
        found.append(words + (["--episodes", str(drives.episodes)] if drives.episodes is not None else []))
    return tuple(shlex.join(words) for words in found)


def _limits(record: RecordConfig, courses: Sequence[tuple[Drives, Course]], policy: Policy) -> tuple[str, ...]:
    scenarios = [trial.scenario for _, course in courses for trial in course.trials]
    seen = policy.config.preprocess
    eyes = (
        f"It expects the camera it was trained with: {seen.width} x {seen.height} pixels at {_FRAMES_PER_S} frames a "
        "second."
    )
    if not policy.needs_camera:
        eyes = "It has no eyes: it is told its true place on the road, as a control experiment."
    lengths = " to ".join(f"{length:.0f}" for length in sorted({scenario.route_length_m for scenario in scenarios}))
    return (
        f"Trained on {_and(record.maps)} of the embedded simulator, driven on "
        f"{_and([Path(scenario.map).stem for scenario in scenarios])} for {lengths} m at cruising speed: nothing is "
        "known of other roads, and nothing of real ones.",
        "It keeps its lane. It does not brake, give way, turn off or see other vehicles; the cruise control has the "
        "speed.",
        eyes,
        "It is for research in simulation; do not let it steer a vehicle on a road.",
    )


def _commands(name: str, how: Recipe, train: TrainConfig, recipe_name: str) -> tuple[str, ...]:
    """Return commands for a shell that make the policy again: where the training is not just the recipe's, three."""
    record = how.record
    recorded = ["wormdrive", "record", f"runs/{name}-episodes"]
    recorded += [word for map_ in record.maps for word in ("--map", map_)]
    recorded += ["--season", record.season]
    recorded += [word for weather in record.weathers for word in ("--weather", weather)]
    recorded += ["--episodes", str(record.episodes), "--length", str(record.length)]
    recorded += ["--disturbance", f"{record.disturbance:g}", "--seed", str(record.seed)]
    trained = ["wormdrive", "train", f"runs/{name}-episodes", "--out", f"runs/{name}", "--recipe", recipe_name]
    trained += ["--model", train.model, "--seed", str(train.seed)]
    own, usual = train.model_dump(mode="json"), how.train.model_dump(mode="json")
    changed = {key: own[key] for key in own if own[key] != usual[key] and key not in ("model", "seed")}
    if not changed:
        return shlex.join(recorded), shlex.join(trained)
    settings = f"runs/{name}.json"
    written = f"echo {shlex.quote(json.dumps(changed))} > {settings}"
    return shlex.join(recorded), written, shlex.join([*trained, "--config", settings])


def _and(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    return different[0] if len(different) == 1 else f"{', '.join(different[:-1])} and {different[-1]}"
