"""Stages: show on the terminal how far long work has come, and what is left of it."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as TimeLeftColumn

__all__ = ["Stages"]

_LINE_EVERY_S = 10.0
_LEAST_SHARE = 0.04


class Stages:
    """Headings and, below each, bars with the time taken and the time left; a context manager.

    Where output is no terminal, a line now and then takes the bars' place. ``begin`` and ``advance`` are those of
    ``training.progress.Progress``.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bars = Progress(
            TextColumn("  {task.description:<22}", markup=False),
            BarColumn(bar_width=28),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeLeftColumn(),
            TextColumn("{task.fields[figures]}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._phase, self._total, self._unit = "", 1.0, ""
        self._begun = self._printed = time.monotonic()

    def __enter__(self) -> Stages:
        if self.console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.end()
        if self.console.is_terminal:
            self._bars.stop()

    def heading(self, text: str) -> None:
        """Begin a stage: a line that stays."""
        self.end()
        self.console.print(text, style="bold", highlight=False, markup=False, emoji=False)

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.console.print(f"  {text}", highlight=False, soft_wrap=True)

    def begin(self, phase: str, total: int, unit: str = "") -> None:
        """Start a phase of ``total`` units; the one before it is over."""
        self.end()
        self._phase, self._total, self._unit = phase, float(max(total, 1)), unit
        self._begun = self._printed = time.monotonic()
        self._task = self._bars.add_task(phase, total=self._total, figures="")
        if not self.console.is_terminal:
            self._line(f"  {phase} ...")

    def advance(self, done: float, **figures: float) -> None:
        """Say how many units of the phase are done in all, with figures worth showing."""
        if self._task is None:
            return
        shown = "  ".join(f"{name.replace('_', ' ')} {value:,.4g}" for name, value in figures.items())
        self._bars.update(self._task, completed=done, figures=shown)
        now = time.monotonic()
        if not self.console.is_terminal and now - self._printed >= _LINE_EVERY_S and done > 0:
            self._printed = now
            share = done / self._total
            # The first steps compile and load: no time left can be estimated from them.
            left = f", {(now - self._begun) * (1.0 - share) / share:.0f} s left" if share > _LEAST_SHARE else ""
            self._line(f"  {self._phase}: {100.0 * share:.0f} %{left}  {shown}".rstrip())

    def drives(self, done: int, total: int, share: float) -> None:
        """Show how an evaluation gets on: see ``scenarios.drive.Progress``."""
        # All drives begin together and end almost together: their metres count on where their number does not.
        self.advance(share * self._total, **({"drives ended": done} if done else {}))

    def end(self) -> None:
        """End the phase under way, if there is one."""
        if self._task is None:
            return
        self._bars.update(self._task, completed=self._total)
        self._task = None
        if not self.console.is_terminal:
            self._line(f"  {self._phase}: done in {time.monotonic() - self._begun:.1f} s")

    def _line(self, text: str) -> None:
        """Print a line as it is: names of phases may be a user's."""
        self.console.print(text, markup=False, emoji=False)
