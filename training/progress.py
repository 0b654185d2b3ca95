"""Progress: how long work tells whoever watches how far it has come."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichBars

__all__ = ["Progress", "RichProgress", "Silent"]


class Progress(Protocol):
    """Told of phases one after the other, and of how much of each is done."""

    def begin(self, phase: str, total: int, unit: str) -> None:
        """Start a phase of ``total`` units; the one before it is over."""

    def advance(self, done: int, **figures: float) -> None:
        """Say that ``done`` units of the phase are done in all, with figures worth showing, such as ``loss``."""


class Silent:
    """Tells nobody."""

    def begin(self, phase: str, total: int, unit: str) -> None:
        """Do nothing."""

    def advance(self, done: int, **figures: float) -> None:
        """Do nothing."""


class RichProgress:
    """Bars on a terminal (standard error), one a phase; plain lines where there is no terminal.

    Use as a context manager.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = RichBars(
            TextColumn("{task.description}", table_column=None),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
        )
        self._task: TaskID | None = None
        self._total = 0

    def __enter__(self) -> RichProgress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._bars.stop()

    def begin(self, phase: str, total: int, unit: str) -> None:
        """Add a bar."""
        self._finish()
        self._total = total
        self._task = self._bars.add_task(f"{phase:<18}", total=total, unit=unit, figures="")

    def advance(self, done: int, **figures: float) -> None:
        """Move the last bar."""
        if self._task is not None:
            shown = "  ".join(f"{name.replace('_', ' ')} {value:,.4g}" for name, value in figures.items())
            self._bars.update(self._task, completed=done, figures=shown)

    def _finish(self) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=self._total)
