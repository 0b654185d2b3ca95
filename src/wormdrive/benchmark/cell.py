"""Cell: a piece of the benchmark's work, named by the digest of all that determines its result.

So a benchmark that was killed and is started again does what is missing, and nothing twice; pieces that were made
elsewhere are told by their names alone.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from wormdrive.training.progress import Progress

__all__ = ["Cell", "in_order"]


class Cell(ABC):
    """One piece of work.

    A sub-class says in ``determined_by`` what its result depends on, in ``needs`` which other cells must be done
    before, and does it in ``work``.
    """

    kind: ClassVar[str]
    """First part of the result's name, such as ``policy``."""

    needs: tuple[Cell, ...] = ()

    @abstractmethod
    def determined_by(self) -> Mapping[str, Any]:
        """JSON values that decide the result, to the bit on one kind of processor."""

    @abstractmethod
    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Do it: fill the new folder ``aside``; what it needs lies in ``results``, under ``name`` of each need."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Say in a few words what it is, for a progress bar."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what determines this cell and those that it needs."""
        whole = {"kind": self.kind, "by": self.determined_by(), "needs": [need.digest for need in self.needs]}
        return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The result's folder: kind and digest."""
        return f"{self.kind}-{self.digest[:24]}"

    @property
    def group(self) -> str:
        """Digest of the first cell of the chain: who shares one belongs on one machine."""
        return self.needs[0].group if self.needs else self.digest

    def is_done(self, results: Path) -> bool:
        """Whether the result is there: whole, for it is renamed when it is."""
        return (results / self.name).is_dir()


def in_order(cells: Iterable[Cell]) -> list[Cell]:
    """All cells and what they need, each once, what is needed first."""
    found: dict[str, Cell] = {}

    def add(cell: Cell) -> None:
        if cell.name not in found:
            for need in cell.needs:
                add(need)
            found[cell.name] = cell

    for cell in cells:
        add(cell)
    return list(found.values())
