"""Audit cell: the audit of one training as a piece of work that is done once, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from wormdrive import __version__
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.audit import audit
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.sections import SECTIONS, Section
from wormdrive.audit.writing import FIGURES, write_audit
from wormdrive.audited_trainings.audit_row import AuditedTraining, AuditRow
from wormdrive.audited_trainings.figures import figures_of
from wormdrive.benchmark.cell import Cell
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text
from wormdrive.training.progress import Progress

__all__ = ["TRAINING", "AuditCell", "AuditSettings", "folder_name", "read_audit"]

TRAINING: Final = "training.json"
"""Says of which training the audit beside it is."""


@dataclass(frozen=True)
class AuditSettings:
    """What decides the figures of a training: ``routes`` in each season of so many ``frames``, drawn by ``seed``."""

    routes: int = 3
    frames: int = 300
    seed: int = 0
    sections: tuple[Section, ...] = SECTIONS

    def to_text(self) -> str:
        """Return all of it in words."""
        measured = ", ".join(section.name for section in self.sections)
        drives = f"{self.routes} held-out routes a season, {self.frames} frames each, drawn by seed {self.seed}"
        return f"wormdrive {__version__}\n{drives}\nmeasured: {measured}\n"


class AuditCell(Cell):
    """Audit one training; its folder is called by kind, recipe and seed.

    ``load`` brings its policy, and ``command`` is what a page says of how to get it again.
    """

    kind = "audit"

    def __init__(
        self,
        training: AuditedTraining,
        load: Callable[[], Policy],
        settings: AuditSettings,
        *,
        command: str = "",
        threads: int = 1,
    ) -> None:
        self.training, self.settings = training, settings
        self._load, self._command, self._threads = load, command, threads

    @property
    def label(self) -> str:
        """Say which training it is."""
        return self.training.label

    @property
    def name(self) -> str:
        """The folder: readable, since one folder of audits holds those of one setting."""
        return folder_name(self.training)

    def determined_by(self) -> Mapping[str, Any]:
        """Return the training with its weights, and the settings."""
        return {"training": asdict(self.training), "settings": self.settings.to_text()}

    def is_done(self, results: Path) -> bool:
        """Whether the audit is there, whole, and of these very weights.

        Raises
        ------
        ArgumentError
            It is of others.
        """
        folder = results / self.name
        if not folder.is_dir():
            return False
        held = _read(folder / TRAINING)
        if held != asdict(self.training):
            raise ArgumentError(
                f"{folder / TRAINING}: is of other weights (SHA-256 {str(held.get('weights_sha256'))[:12]}...) than "
                f"{self.label}'s, {self.training.weights_sha256[:12]}...; allowed are the same ones, or another folder"
            )
        return True

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Let it drive, measure all, and write page and figures."""
        policy, settings = self._load(), self.settings
        progress.begin(self.label, 1, "audit")
        episodes = held_out_episodes(
            policy,
            routes=settings.routes,
            frames=settings.frames,
            seed=settings.seed,
            threads=self._threads,
            progress=progress,
        )
        found = audit(
            policy,
            episodes,
            model=self.label,
            threads=self._threads,
            sections=settings.sections,
            progress=progress,
        )
        write_text(aside / TRAINING, json.dumps(asdict(self.training), indent=1) + "\n")
        write_audit(found, aside, self._command, threads=self._threads)


def folder_name(training: AuditedTraining) -> str:
    """Return what the folder of a training's audit is called."""
    if not training.recipe:
        return training.kind.replace(" ", "-")
    return f"{training.kind}-{training.recipe}-{training.seed}"


def read_audit(folder: Path) -> AuditRow:
    """Read what the folder of a done cell says.

    Raises
    ------
    ArgumentError
        It is none.
    """
    try:
        return AuditRow(AuditedTraining(**_read(folder / TRAINING)), figures_of(_read(folder / FIGURES)))
    except TypeError as error:
        raise ArgumentError(f"{folder}: no audit of a training: {error}") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ArgumentError(f"{file}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ArgumentError(f"{file}: allowed is a table")
    return data
