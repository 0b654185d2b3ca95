"""Episode kinds: recorded drives and recorded flights, told apart by what their files say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wormdrive.envs.common.checksummed import read_kind
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.episodes import episode as drive
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.episodes.summary import episode_summary
from wormdrive.envs.find_target import flight_episode as flight
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.training.episode_export.frame_columns import Columns, flight_columns, frame_columns
from wormdrive.training.episode_pictures import under

__all__ = ["EpisodeKind", "kind_of"]


class EpisodeKind(NamedTuple):
    """What one can do with the files of a kind.

    Attributes
    ----------
    called:
        What a message calls them.
    load:
        Reads one; raises ``EpisodeError``.
    under:
        Shows one under other conditions, or as it was (None); raises ``EpisodeError`` if it cannot be.
    summary, ending:
        What a list says of one, JSON values, and of these what stands at the end of its line.
    columns:
        One, with its number, as a table with a row for each frame.
    about:
        What a table does not hold: JSON values.
    formats:
        What it can be exported to.
    """

    called: str
    load: Callable[[Path], Any]
    under: Callable[[Any, Conditions | None], Any]
    summary: Callable[[Any], dict[str, Any]]
    ending: Callable[[Mapping[str, Any]], str]
    columns: Callable[[Any, int], Columns]
    about: Callable[[Any], dict[str, Any]]
    formats: frozenset[str]


def kind_of(files: Sequence[Path]) -> EpisodeKind:
    """Return the kind of some files.

    Raises
    ------
    EpisodeError
        One cannot be read, or they are not all of one kind.
    """
    kinds = [_KINDS.get(read_kind(file, EpisodeError), _DRIVES) for file in files]
    for file, kind in zip(files, kinds, strict=True):
        if kind is not kinds[0]:
            raise EpisodeError(f"{file}: one of {kind.called}; allowed are {kinds[0].called}, as {files[0].name} is")
    return kinds[0]


def _about_drive(episode: Episode) -> dict[str, Any]:
    return {
        "scenario": episode.scenario.model_dump(mode="json"),
        "camera": asdict(episode.camera),
        "dt_s": episode.dt_s,
        "first_step": episode.first_step,
        "simulator": episode.simulator,
    }


def _same_flight(episode: FlightEpisode, conditions: Conditions | None) -> FlightEpisode:
    if conditions is not None:
        raise EpisodeError("a flight holds its own pictures; allowed are those of its own season")
    return episode


_DRIVES: Final = EpisodeKind(
    "drives",
    Episode.load,
    under,
    episode_summary,
    lambda found: f"interventions in {found['interventions']} frames",
    frame_columns,
    _about_drive,
    frozenset({"minari", "lerobot", "parquet", "csv"}),
)
_FLIGHTS: Final = EpisodeKind(
    "flights",
    FlightEpisode.load,
    _same_flight,
    FlightEpisode.summary,
    lambda found: f"{found['target']}: {found['end_reason'] or 'cut off'}",
    flight_columns,
    FlightEpisode.about,
    frozenset({"parquet", "csv"}),
)
_KINDS: Final = MappingProxyType({drive.KIND: _DRIVES, flight.KIND: _FLIGHTS})
