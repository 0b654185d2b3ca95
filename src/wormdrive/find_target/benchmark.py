"""Benchmark: every kind of policy from several seeds, trained in summer, tested by a suite of flights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wormdrive.benchmark.runner import Shard
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.cores import CORES
from wormdrive.find_target.evaluation import FlightRow, evaluate_pilot, read_flights, write_flights
from wormdrive.find_target.flights import ExpertPilot, Pilot, PolicyPilot
from wormdrive.find_target.learning import FlightRecipe, record_demonstrations, train_flight_policy
from wormdrive.find_target.policy import load_flight_policy, save_flight_policy
from wormdrive.find_target.suite import WOODS, FlightSuite, load_flight_suite
from wormdrive.scenarios.folder_lock import locked_folder
from wormdrive.scenarios.folder_settings import require_same_settings
from wormdrive.training.progress import Progress

__all__ = ["EXPERT", "run_benchmark"]

EXPERT: Final = "expert"
"""Name of the row that says what can be reached by whoever knows where everything is."""
_FLIGHTS, _POLICY = "flights.csv", "policy"


def run_benchmark(
    out: Path,
    *,
    kinds: Sequence[str] = tuple(CORES),
    seeds: int = 3,
    suite: str | Path | FlightSuite = WOODS,
    recipe: FlightRecipe | None = None,
    shard: Shard = Shard(),  # noqa: B008  (frozen)
    threads: int = 1,
    progress: Progress | None = None,
) -> list[FlightRow]:
    """Do what is missing in ``out`` and return all rows that are there.

    Each training and each test is kept once it is done: killed and started again, it goes on with the next.

    Parameters
    ----------
    shard:
        Several processes share the work, each its own part.

    Raises
    ------
    ArgumentError
        If an argument is not allowed, the folder holds a benchmark of another recipe or suite, or
        somebody else is at the same part.
    """
    for kind in kinds:
        if kind not in CORES:
            raise ArgumentError(one_of("kind", kind, CORES))
    if seeds < 1:
        raise ArgumentError(f"seeds={seeds!r}: allowed is a positive whole number")
    recipe = recipe or FlightRecipe()
    suite = load_flight_suite(suite)
    require_same_settings(
        out / "config.txt", f"{recipe.model_dump_json(indent=1)}\n{suite.model_dump_json(indent=1)}\n"
    )
    cells = [(kind, seed) for seed in range(seeds) for kind in kinds]
    demonstrations: list[FlightEpisode] = []

    def fly(folder: Path, model: str, seed: int, pilot: Pilot) -> None:
        rows = evaluate_pilot(model, seed, pilot, suite, worlds=recipe.worlds, threads=threads, progress=progress)
        write_flights(folder / _FLIGHTS, rows)

    for kind, seed in cells[shard.index :: shard.count]:
        folder = out / f"{kind}-{seed}"
        with locked_folder(folder):
            if not (folder / _POLICY / "model.safetensors").exists():
                demonstrations = demonstrations or record_demonstrations(recipe, threads=threads, progress=progress)
                policy = train_flight_policy(kind, seed, recipe, demonstrations, threads=threads, progress=progress)
                save_flight_policy(policy, folder / _POLICY)
            if not (folder / _FLIGHTS).exists():
                fly(folder, kind, seed, PolicyPilot(load_flight_policy(folder / _POLICY)))
    if shard.index == 0 and not (out / EXPERT / _FLIGHTS).exists():
        with locked_folder(out / EXPERT):
            fly(out / EXPERT, EXPERT, 0, ExpertPilot())
    folders = [*(out / f"{kind}-{seed}" for kind, seed in cells), out / EXPERT]
    return [row for folder in folders if (folder / _FLIGHTS).exists() for row in read_flights(folder / _FLIGHTS)]
