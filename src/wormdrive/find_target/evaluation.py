"""Evaluation: fly the same flights under every condition, and keep how each ended."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.find_target.flights import Pilot, fly
from wormdrive.find_target.suite import WOODS, FlightSuite, load_flight_suite
from wormdrive.scenarios.writing import write_csv
from wormdrive.training.progress import Progress, Silent

__all__ = ["FlightRow", "evaluate_pilot", "read_flights", "write_flights"]


class FlightRow(NamedTuple):
    """One test flight; ``flight`` numbers the scenario, which is the same for everybody."""

    model: str
    seed: int
    condition: str
    flight: int
    end_reason: str
    time_s: float
    distance_m: float

    @property
    def found(self) -> float:
        """1 for success, else 0."""
        return float(self.end_reason == "found")


def evaluate_pilot(
    model: str,
    seed: int,
    pilot: Pilot,
    suite: str | Path | FlightSuite = WOODS,
    *,
    worlds: int = 64,
    kept: Callable[[str, Sequence[FlightEpisode]], None] | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[FlightRow]:
    """Fly the flights of a suite.

    Parameters
    ----------
    model, seed:
        What the rows call the pilot.
    worlds:
        Flights at once.
    kept:
        Is given each condition and its flights, with all that was seen and done; none: that is not kept.

    Raises
    ------
    ArgumentError
        If there is no such suite, or it is not valid.
    """
    suite = load_flight_suite(suite)
    told = progress or Silent()
    told.begin(f"{model} is tested", len(suite.conditions) * suite.flights, "flights")
    flown_in = FlightWorlds(min(suite.flights, worlds), WoodCamera(threads=threads))
    rows: list[FlightRow] = []
    for condition in suite.conditions:
        flights = fly(flown_in, suite.scenarios(condition), pilot, keep=kept is not None)
        if kept is not None:
            kept(condition, flights)
        for number, flown in enumerate(flights):
            rows.append(
                FlightRow(
                    model, seed, condition, number, flown.ended, round(flown.time_s, 1), round(flown.distance_m, 2)
                )
            )
        told.advance(len(rows))
    flown_in.close()
    return rows


def write_flights(path: Path, rows: Iterable[FlightRow]) -> None:
    """Write rows as CSV, whole or not at all.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    write_csv(path, FlightRow._fields, rows)


def read_flights(path: Path) -> list[FlightRow]:
    """Read rows.

    Raises
    ------
    EpisodeError
        The file is missing, or no table of flights.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        if not lines or tuple(lines[0]) != FlightRow._fields:
            raise EpisodeError(f"{path}: allowed is a table with the columns {', '.join(FlightRow._fields)}")
        return [
            FlightRow(model, int(seed), condition, int(flight), reason, float(time_s), float(distance_m))
            for model, seed, condition, flight, reason, time_s, distance_m in lines[1:]
        ]
    except OSError as error:
        raise EpisodeError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise EpisodeError(f"{path}: no table of flights: {error}") from error
