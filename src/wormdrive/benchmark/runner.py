"""Runner: does the cells that are not done yet, in order; several at once do not get into each other's way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wormdrive.benchmark.cell import Cell, in_order
from wormdrive.envs.common.errors import ArgumentError, is_whole
from wormdrive.scenarios.folder_lock import FolderInUseError, locked_folder
from wormdrive.training.progress import Progress

__all__ = ["Shard", "publish", "run_cells"]

_ASIDE: Final = ".in-work"
_WAIT_S: Final = 1.0


@dataclass(frozen=True)
class Shard:
    """Part ``index`` of ``count`` of a benchmark: a policy and its drives are always in one.

    Raises
    ------
    ArgumentError
        There is no such part.
    """

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not is_whole(self.count) or self.count < 1:
            raise ArgumentError(f"shard={self.index}/{self.count}: allowed is a positive number of shards")
        if not is_whole(self.index) or not 0 <= self.index < self.count:
            allowed = f"0/{self.count} to {self.count - 1}/{self.count}"
            raise ArgumentError(f"shard={self.index}/{self.count}: allowed are {allowed}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``, counted from 0.

        Raises
        ------
        ArgumentError
            It is none.
        """
        index, _, count = text.partition("/")
        if not (index.isdecimal() and count.isdecimal()):
            raise ArgumentError(f"shard={text!r}: allowed is i/n, such as 0/4 for the first of four")
        return cls(int(index), int(count))

    def takes(self, cells: Sequence[Cell]) -> list[Cell]:
        """Choose this shard's of ``cells``, with what they need."""
        groups = sorted({cell.group for cell in cells})
        mine = set(groups[self.index :: self.count])
        return in_order(cell for cell in cells if cell.group in mine)


def run_cells(
    cells: Iterable[Cell], results: Path, progress: Progress, *, stopped: Callable[[], bool] = lambda: False
) -> int:
    """Do what is missing of ``cells``; return how many were done by this call.

    A cell's result is made aside and renamed, so that ``results`` holds whole ones only; what an interrupted cell has
    made so far is handed to it when it is tried again. Cells that another process works on are left to it and waited
    for. After every cell ``stopped`` may say that it is enough.

    Raises
    ------
    ArgumentError
        ``results`` cannot be written into.
    """
    done, missing = 0, [cell for cell in in_order(cells) if not cell.is_done(results)]
    while missing and not stopped():
        before = len(missing)
        for cell in missing:
            if not stopped() and all(need.is_done(results) for need in cell.needs):
                done += publish(cell, results, partial(cell.work, results, progress=progress))
        missing = [cell for cell in missing if not cell.is_done(results)]
        if len(missing) == before:
            time.sleep(_WAIT_S)
    return done


def publish(cell: Cell, results: Path, fill: Callable[[Path], None]) -> bool:
    """Let ``fill`` make a cell's folder unless it is done or somebody else is at it; tell whether it was made here.

    The folder that is handed to ``fill`` may hold what an earlier, interrupted call left there.
    """
    aside = results / _ASIDE / cell.name
    try:
        with locked_folder(aside):
            if cell.is_done(results):
                aside.rmdir()
                return False
            fill(aside)
            _sync(aside)
            aside.rename(results / cell.name)
            return True
    except FolderInUseError:
        return False


def _sync(folder: Path) -> None:
    """See that files are on disk before the folder's name says that they are."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
