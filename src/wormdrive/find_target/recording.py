"""Recording: flights as files, to learn from again, to look at, or for the tools of others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.episodes.episode import episode_files
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.suite import FlightSuite
from wormdrive.scenarios.folder_lock import require_complete
from wormdrive.training.recorder import count_episodes, episode_path

__all__ = ["condition_folder", "load_flights", "require_no_flights", "save_flights"]

_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")


def save_flights(flights: Iterable[FlightEpisode], folder: Path) -> int:
    """Write flights into a folder, in their order; return how many."""
    count = 0
    for count, flight in enumerate(flights, 1):
        flight.save(episode_path(folder, count - 1))
    return count


def load_flights(folder: str | Path) -> list[FlightEpisode]:
    """Read the flights of a folder, in the order in which they were written.

    Raises
    ------
    EpisodeError
        There is no such folder, no flight in it, one is corrupt, or their pictures differ in size.
    """
    folder = Path(folder)
    files = episode_files(folder)
    require_complete(folder)
    flights = [FlightEpisode.load(file) for file in files]
    for file, flight in zip(files, flights, strict=True):
        if flight.frames.shape[1:] != flights[0].frames.shape[1:]:
            size, first = (one.frames.shape[2:0:-1] for one in (flight, flights[0]))
            raise EpisodeError(f"{file}: pictures of {size} pixels; allowed is one size in a folder, here {first}")
    return flights


def require_no_flights(folder: Path) -> None:
    """See that a folder, which need not exist yet, holds no episodes.

    Raises
    ------
    ArgumentError
        It holds some.
    """
    if count_episodes(folder):
        raise ArgumentError(f"{folder}: holds episodes; allowed is an empty or new folder")


def condition_folder(folder: Path, suite: FlightSuite, condition: str) -> Path:
    """Return where the flights of one condition of a suite are recorded, such as ``06-other-art``."""
    number = list(suite.conditions).index(condition)
    return folder / f"{number:02d}-{_NOT_IN_NAMES.sub('-', condition)}"
