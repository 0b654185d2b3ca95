"""Exporting: write a folder of recorded drives in a format of others, aside first, then under its name."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.episodes.episode import episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.scenarios.folder_lock import require_complete
from wormdrive.training.episode_export.export_request import ExportRequest
from wormdrive.training.episode_export.lerobot_folder import write_lerobot
from wormdrive.training.episode_export.minari_folder import minari_id, write_minari
from wormdrive.training.episode_export.table_files import write_csv, write_parquet
from wormdrive.training.episode_kinds import kind_of
from wormdrive.training.progress import Progress, Silent

__all__ = ["FORMATS", "Export", "export_episodes"]


@dataclass(frozen=True)
class Export:
    """What was exported: where it lies, episodes, frames, bytes, and the time it took [s]."""

    out: Path
    episodes: int
    frames: int
    bytes: int
    seconds: float


def export_episodes(
    episodes: str | Path,
    to: str,
    out: str | Path,
    *,
    observation: str | Sequence[str] = "camera",
    lossless: bool = False,
    task: str = "Keep the car in its lane.",
    conditions: Conditions | None = None,
    overwrite: bool = False,
    threads: int = 1,
    progress: Progress | None = None,
) -> Export:
    """Write recorded drives, or flights, in a format of others; drives' pictures are drawn as they are written.

    Parameters
    ----------
    episodes:
        A folder of episodes, or one episode's file.
    to:
        ``minari`` (a folder; see ``write_minari``), ``lerobot`` (a folder; see ``write_lerobot``), ``parquet`` or
        ``csv`` (a file with a row for each frame; see ``frame_columns``). Flights: tables alone.
    out:
        Where it goes; that of a Minari data set ends in a version, such as ``summer-v0``.
    observation:
        For Minari: what its observations are, by the names of ``LaneKeepingEnv``: ``camera``, ``state``, several.
    lossless:
        For Minari: keep pictures as they are, 47 KB each, and not as JPEG, 4 KB each.
    task:
        For LeRobot: what the driver does, in words.
    conditions:
        Show the same drives in another season or weather.
    overwrite:
        Replace what ``out`` holds.
    threads:
        Threads to draw with; they do not change the result.
    progress:
        Told how many frames are done.

    Raises
    ------
    ArgumentError
        An argument is not allowed, or ``out`` exists and ``overwrite`` is not set.
    MissingPackageError
        The format's library is not installed.
    EpisodeError
        There are no episodes, one is corrupt, or they do not fit together.
    """
    if to not in FORMATS:
        raise ArgumentError(one_of("to", to, FORMATS))
    episodes, out = Path(episodes), Path(out).absolute()
    if out.exists() and not overwrite:
        raise ArgumentError(f"{out}: exists; allowed is another name, or overwrite=True")
    if out.exists() and not FORMATS[to].is_one(out):
        raise ArgumentError(f"{out}: is no {to} data set to replace; allowed is another name")
    require_complete(episodes)
    began = time.monotonic()
    files = [episodes] if episodes.is_file() else episode_files(episodes)
    kind = kind_of(files)
    if to not in kind.formats:
        raise ArgumentError(f"{one_of('to', to, sorted(kind.formats))} for {kind.called}")
    lengths = [len(kind.load(file)) for file in files]
    request = ExportRequest(
        files, kind, lengths, observation, lossless, task, conditions, threads, progress or Silent()
    )
    aside = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        FORMATS[to].write(request, out, aside)
        _remove(out)
        aside.replace(out)
    finally:
        _remove(aside)
    return Export(out, len(files), sum(lengths), _bytes(out), time.monotonic() - began)


@dataclass(frozen=True)
class Format:
    """A format of others.

    Attributes
    ----------
    write:
        Writes a request, meant for ``out``, into ``aside``.
    mark:
        What lies in a folder of this format; none: it is a file.
    """

    write: Callable[[ExportRequest, Path, Path], None]
    mark: str = ""

    def is_one(self, path: Path) -> bool:
        """Whether something on the disk looks like this format."""
        return (path / self.mark).is_file() if self.mark else path.is_file()


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "minari": Format(
            lambda request, out, aside: write_minari(request, aside, minari_id(out)), "data/metadata.json"
        ),
        "lerobot": Format(lambda request, out, aside: write_lerobot(request, aside), mark="meta/info.json"),
        "parquet": Format(lambda request, out, aside: write_parquet(request, aside)),
        "csv": Format(lambda request, out, aside: write_csv(request, aside)),
    }
)
"""By name."""


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
