"""Shipping: the median training of a benchmark becomes weights that come with the package, and gets a model card."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from wormdrive import __version__
from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.model_card import CARD_FILE, CardResult, ModelCard, card_bytes
from wormdrive.agents.policies.serialization import CONFIG_FILE, WEIGHTS_FILE, config_bytes, load_policy
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_table import DriveTable, read_drives
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.provenance import Provenance
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.scenarios.suite import Suite, load_suite
from wormdrive.training.config import RECIPES, RecordConfig, TrainConfig, recipe

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

    The median is that of the successes in winter, all weathers of the first suite with named conditions together; among
    equal ones the seed decides. Nothing is shipped of a model whose trainings are not all driven. The same results give
    the same bytes.

    Raises
    ------
    ArgumentError
        ``results`` has no table of drives or no provenance.
    ModelError
        A training's policy is corrupt.
    """
    table, made_with = read_drives(results / "drives.csv"), Provenance.read(results / "provenance.json")
    suite = _suite_of(benchmark)
    shipped = []
    for name, model in ((name, model) for name in recipes for model in models):
        full = f"{model}-{name}"
        try:
            cells = [cell for cell in benchmark.policies() if (cell.config.model, cell.recipe) == (model, name)]
            cell, by_seed = _median(cells, table, suite, name)
            folder = cell.folder(results)
            if not folder.is_dir():
                raise _MissingError(f"the training from seed {cell.config.seed} ({cell.name}) is not in {results}")
            _write(full, cell, folder, _driven(table, suite, cell), by_seed, suite, made_with, weights / full)
            shipped.append(Shipment(full, cell.config.seed))
        except _MissingError as missing:
            shipped.append(Shipment(full, missing=str(missing)))
    return shipped


def _suite_of(benchmark: Benchmark) -> Suite:
    for drives in benchmark.drives:
        suite = load_suite(drives.suite)
        if _CHOSEN_BY in suite.conditions:
            return suite
    raise ArgumentError(f"benchmark {benchmark.name}: no suite has {_CHOSEN_BY} among its named conditions")


def _median(
    cells: Sequence[PolicyCell], table: DriveTable, suite: Suite, name: str
) -> tuple[PolicyCell, dict[int, int]]:
    """Return the median training and all trainings' successes in winter by seed."""
    if not cells:
        raise _MissingError("the benchmark has no such training")
    if name not in RECIPES:
        raise _MissingError(f"the recipe is the benchmark's own; allowed are those with a name: {', '.join(RECIPES)}")
    by_seed, wanted = {}, len(suite.trials_of(""))
    for cell in cells:
        driven = _driven(table, suite, cell)
        if len(driven) != wanted:
            raise _MissingError(
                f"of the training from seed {cell.config.seed} the table has {len(driven)} of {wanted} drives"
            )
        by_seed[cell.config.seed] = sum(row.success for row in driven.select(season=_CHOSEN_BY))
    in_order = sorted(cells, key=lambda cell: (by_seed[cell.config.seed], cell.config.seed))
    return in_order[(len(in_order) - 1) // 2], by_seed


def _driven(table: DriveTable, suite: Suite, cell: PolicyCell) -> DriveTable:
    return table.select(model=cell.config.model, recipe=cell.recipe, seed=cell.config.seed, suite=suite.name, shift="")


def _write(
    name: str,
    cell: PolicyCell,
    policy: Path,
    driven: DriveTable,
    by_seed: dict[int, int],
    suite: Suite,
    made_with: Provenance,
    out: Path,
) -> None:
    """Copy a policy to where it is shipped from, and write its card."""
    trained = load_policy(policy)  # which sees that the files are whole
    trained.trained_camera = trained.camera  # the default in a benchmark, which those of 0.2.0 do not say
    inside = inspect_policy(trained).parameters
    packed = (policy / WEIGHTS_FILE).read_bytes()
    of, how = len(driven.select(season=_CHOSEN_BY)), recipe(cell.recipe)
    counts = ", ".join(f"{by_seed[seed]} (seed {seed})" for seed in sorted(by_seed))
    card = ModelCard(
        name=name,
        kind=cell.config.model,
        recipe=cell.recipe,
        seed=cell.config.seed,
        version=__version__,
        licence="MIT",
        parameters=sum(count for part, count in inside.items() if part != "auxiliary"),
        weights_sha256=hashlib.sha256(packed).hexdigest(),
        data=_data(how.record, cell.config),
        knows=how.knows,
        chosen=f"It is the median of {len(by_seed)} trainings by drives in {_CHOSEN_BY}, of {of}: {counts}.",
        suite=suite.name,
        results=tuple(_result(rows) for rows in driven.groups("season", "weather").values()),
        limits=_limits(how.record, suite, trained.config.preprocess),
        commands=_commands(name, how.record, cell.config, cell.recipe),
        made_with=asdict(made_with),
    )
    for file, data in ((WEIGHTS_FILE, packed), (CONFIG_FILE, config_bytes(trained, packed)),
                       (CARD_FILE, card_bytes(card))):  # fmt: skip
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


def _limits(record: RecordConfig, suite: Suite, seen: PreprocessConfig) -> tuple[str, ...]:
    return (
        f"Trained on {_and(record.maps)} of the embedded simulator, driven on {_and(suite.maps)} for "
        f"{suite.route_length_m:.0f} m at cruising speed: nothing is known of other roads, and nothing of real ones.",
        "It keeps its lane. It does not brake, give way, turn off or see other vehicles; the cruise control has the "
        "speed.",
        f"It expects the camera it was trained with: {seen.width} x {seen.height} pixels at {_FRAMES_PER_S} frames a "
        "second.",
        "It is for research in simulation; do not let it steer a vehicle on a road.",
    )


def _commands(name: str, record: RecordConfig, train: TrainConfig, recipe_name: str) -> tuple[str, ...]:
    recorded = ["wormdrive", "record", f"runs/{name}-episodes"]
    recorded += [word for map_ in record.maps for word in ("--map", map_)]
    recorded += ["--season", record.season]
    recorded += [word for weather in record.weathers for word in ("--weather", weather)]
    recorded += ["--episodes", str(record.episodes), "--length", str(record.length)]
    recorded += ["--disturbance", f"{record.disturbance:g}", "--seed", str(record.seed)]
    trained = ["wormdrive", "train", f"runs/{name}-episodes", "--out", f"runs/{name}", "--recipe", recipe_name]
    trained += ["--model", train.model, "--seed", str(train.seed)]
    return shlex.join(recorded), shlex.join(trained)


def _and(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    return different[0] if len(different) == 1 else f"{', '.join(different[:-1])} and {different[-1]}"
