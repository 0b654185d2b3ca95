"""ExportRequest: which drives are to be written in which way, and who is told how far that has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.training.episode_export.frame_columns import Columns
from wormdrive.training.episode_kinds import EpisodeKind
from wormdrive.training.progress import Progress

__all__ = ["ExportRequest", "Loaded"]


@dataclass(frozen=True)
class Loaded:
    """An episode of some kind, its place among those that are exported, and the file it was read from."""

    index: int
    file: Path
    episode: Any
    kind: EpisodeKind

    def columns(self) -> Columns:
        """Return it as a table with a row for each frame."""
        return self.kind.columns(self.episode, self.index)

    def about(self) -> dict[str, Any]:
        """Return what a table of numbers does not hold of it: JSON values."""
        return {"file": self.file.name, **self.kind.about(self.episode)}


@dataclass
class ExportRequest:
    """What is to be exported, and how.

    Attributes
    ----------
    files:
        The episodes' files.
    kind:
        What they are.
    lengths:
        How many frames each has.
    observation:
        What Minari's observations are, by the names of the environment: ``camera``, ``state`` and others.
    lossless:
        Minari keeps pictures as they are, not as JPEG.
    task:
        What LeRobot is told that the driver does, in words.
    conditions:
        Show the drives under these; None: under those they were driven in.
    threads:
        Threads to draw with; they do not change the result.
    progress:
        Told how many frames are done.
    """

    files: Sequence[Path]
    kind: EpisodeKind
    lengths: Sequence[int]
    observation: str | Sequence[str]
    lossless: bool
    task: str
    conditions: Conditions | None
    threads: int
    progress: Progress
    _done: int = field(default=0, init=False)

    def load(self, index: int = 0) -> Loaded:
        """Read one of the episodes, shown under the conditions that are asked for.

        Raises
        ------
        EpisodeError
            It is corrupt, or cannot be shown so.
        """
        file = self.files[index]
        try:
            return Loaded(index, file, self.kind.under(self.kind.load(file), self.conditions), self.kind)
        except EpisodeError as error:
            raise error if str(error).startswith(str(file)) else EpisodeError(f"{file}: {error}") from error

    def episodes(self) -> Iterator[Loaded]:
        """Read the episodes one after the other."""
        self.progress.begin("export", sum(self.lengths), "frames")
        return map(self.load, range(len(self.files)))

    def advance(self, frames: int) -> None:
        """Say that so many more frames are done."""
        self._done += frames
        self.progress.advance(self._done)
