"""Guests: who was trained elsewhere and drives a benchmark's drives, the same that its own trainings drive."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import nn

from wormdrive import __version__
from wormdrive.benchmark.course import Course
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_table import DriveTable, read_drives
from wormdrive.benchmark.drives_cell import CourseCell, Training
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.import_path import is_import_path
from wormdrive.scenarios.candidate import Candidate

__all__ = ["GUEST", "GUESTS", "Guest", "GuestDrivesCell", "guest_cells", "guest_table"]

GUEST: Final = "guest"
"""What stands where a recipe's name would."""

GUESTS: Final = "drives-guests.csv"
"""Their drives, in a folder of results."""


@dataclass(frozen=True, eq=False)
class Guest:
    """A candidate, and ``described``, what tells it from others of its name."""

    candidate: Candidate
    described: Mapping[str, Any]

    @classmethod
    def of(cls, model: str, candidate: Candidate) -> Guest:
        """Describe a candidate that was loaded by ``model``: by its files or source, its numbers and its mount."""
        mount = candidate.mount and candidate.mount.model_dump(mode="json")
        files = {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in _files(model)}
        return cls(candidate, {"model": model, "mount": mount, "files": files, "numbers": _numbers(candidate)})


class GuestDrivesCell(CourseCell):
    """Drive a guest over a course."""

    kind = "guest"

    def __init__(self, guest: Guest, course: Course, *, threads: int = 1) -> None:
        self.guest, self.course, self.threads = guest, course, threads

    @property
    def label(self) -> str:
        """Say who drives what."""
        return f"{self.guest.candidate.name}: {self.course.shift or 'conditions'}"

    def determined_by(self) -> Mapping[str, Any]:
        """Return what the course is, who drives, and the version in whose simulator."""
        return {**self.course.described, "version": __version__, "guest": self.guest.described}

    def candidate(self, results: Path) -> Candidate:
        """Return the guest."""
        return self.guest.candidate

    @property
    def training(self) -> Training:
        """The guest's name; nothing is known of how it was trained."""
        return Training(self.guest.candidate.name, GUEST, 0)


def guest_cells(benchmark: Benchmark, guests: Sequence[Guest], *, threads: int = 1) -> list[GuestDrivesCell]:
    """Return what guests drive: each course of a benchmark once, whoever else drives it.

    Raises
    ------
    ArgumentError
        Two guests have one name; or as from ``Benchmark.cells``.
    """
    names = [guest.candidate.name for guest in guests]
    for k, name in enumerate(names):
        if name in names[:k]:
            raise ArgumentError(f"guest {name!r}: is there twice: allowed are different ones")
    courses = {
        (course.suite, course.shift): course
        for drives in reversed(benchmark.drives)
        if drives.tell_elapsed
        for course in drives.courses()
    }
    return [GuestDrivesCell(guest, courses[key], threads=threads) for guest in guests for key in sorted(courses)]


def guest_table(cells: Iterable[GuestDrivesCell], results: Path, file: Path) -> DriveTable:
    """Join the drives of all cells that are done, and those of ``file`` by other guests or in other suites."""
    cells = [cell for cell in cells if cell.is_done(results)]
    driven = {(cell.training.model, cell.course.suite) for cell in cells}
    before = read_drives(file).rows if file.exists() else ()
    kept = [row for row in before if (row.model, row.suite) not in driven]
    return DriveTable((*kept, *(row for cell in cells for row in read_drives(cell.file(results)))))


def _files(model: str) -> Iterator[Path]:
    """Yield the file that is named, or that the named code stands in."""
    if Path(model).is_file():
        yield Path(model)
    elif is_import_path(model):
        source = getattr(sys.modules.get(model.partition(":")[0]), "__file__", None)
        if source is not None:
            yield Path(source)


def _numbers(candidate: Candidate) -> str | None:
    """Return a digest of all numbers of a policy or a torch module; of others these are in their files."""
    module = candidate.policy or getattr(candidate.network, "module", None)
    if not isinstance(module, nn.Module):
        return None
    digest = hashlib.sha256(repr(candidate.policy and candidate.policy.config).encode())
    for name, tensor in module.state_dict().items():
        if hasattr(tensor, "numpy"):
            digest.update(name.encode() + tensor.detach().cpu().numpy().tobytes())
    return digest.hexdigest()
