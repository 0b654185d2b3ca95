"""Benchmark: every kind of policy from several seeds, trained in summer, tested under every condition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target.conditions import TEST_CONDITIONS
from wormdrive.find_target.cores import CORES
from wormdrive.find_target.evaluation import FlightRow, evaluate_pilot, read_flights, write_flights
from wormdrive.find_target.flights import ExpertPilot, Flight, PolicyPilot
from wormdrive.find_target.learning import FlightRecipe, record_demonstrations, train_flight_policy
from wormdrive.find_target.policy import load_flight_policy, save_flight_policy
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
    flights: int = 24,
    conditions: Sequence[str] = tuple(TEST_CONDITIONS),
    recipe: FlightRecipe | None = None,
    shard: tuple[int, int] = (0, 1),
    threads: int = 1,
    progress: Progress | None = None,
) -> list[FlightRow]:
    """Do what is missing in ``out`` and return all rows that are there.

    Each training and each test is kept once it is done: killed and started again, it goes on with the next.

    Parameters
    ----------
    shard:
        Part i of n: several processes share the work, each its own part.

    Raises
    ------
    ArgumentError
        If the shard or another argument is not allowed.
    """
    part, parts = shard
    if not 0 <= part < parts:
        raise ArgumentError(f"shard={part}/{parts}: allowed is i/n with i from 0 to n - 1")
    if seeds < 1:
        raise ArgumentError(f"seeds={seeds!r}: allowed is a positive whole number")
    recipe = recipe or FlightRecipe()
    cells = [(kind, seed) for seed in range(seeds) for kind in kinds]
    demonstrations: list[Flight] = []
    for kind, seed in cells[part::parts]:
        folder = out / f"{kind}-{seed}"
        if not (folder / _POLICY / "model.safetensors").exists():
            demonstrations = demonstrations or record_demonstrations(recipe, threads=threads, progress=progress)
            policy = train_flight_policy(kind, seed, recipe, demonstrations, threads=threads, progress=progress)
            save_flight_policy(policy, folder / _POLICY)
        if not (folder / _FLIGHTS).exists():
            pilot = PolicyPilot(load_flight_policy(folder / _POLICY))
            rows = evaluate_pilot(
                kind, seed, pilot, recipe, flights=flights, conditions=conditions, threads=threads, progress=progress
            )
            write_flights(folder / _FLIGHTS, rows)
    if part == 0 and not (out / EXPERT / _FLIGHTS).exists():
        rows = evaluate_pilot(
            EXPERT, 0, ExpertPilot(), recipe, flights=flights, conditions=conditions, threads=threads, progress=progress
        )
        write_flights(out / EXPERT / _FLIGHTS, rows)
    folders = [*(out / f"{kind}-{seed}" for kind, seed in cells), out / EXPERT]
    return [row for folder in folders if (folder / _FLIGHTS).exists() for row in read_flights(folder / _FLIGHTS)]
