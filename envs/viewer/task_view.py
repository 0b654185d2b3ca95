"""Task view: what the window shows of one task that it does not of another, such as which charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.theme import Colour
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.place import Place

__all__ = ["Chart", "ChartView", "Curves", "TaskView", "Trace"]


@dataclass(frozen=True, eq=False)
class ChartView:
    """What a chart is drawn of: the samples ``shown`` of a history, of which number ``now`` is the present one.

    ``ghost`` is another drive at the same place.
    """

    history: History
    shown: slice
    now: int
    place: Place | None = None
    ghost: History | None = None

    def __getitem__(self, column: str) -> NDArray[np.float64]:
        """Return the shown samples of a column."""
        return self.history[column][self.shown]

    def current(self, column: str) -> float:
        """Return a column's present sample."""
        return float(self.history[column][self.now])


class Trace(NamedTuple):
    """A line: ``values`` at the shown samples, NaN for none there; ``faint`` for what is there to compare with."""

    values: NDArray[np.float64]
    colour: Colour
    faint: bool = False


class Curves(NamedTuple):
    """Lines of a chart that reaches from ``middle - reach`` to ``middle + reach``, the first ones beneath the others.

    ``limits`` are marked by dashes; ``value`` is what to write beside: a number, and below it a word.
    """

    traces: tuple[Trace, ...]
    middle: float
    reach: float
    value: tuple[str, str]
    limits: tuple[float, ...] = ()

    @classmethod
    def between(
        cls,
        low: float,
        high: float,
        traces: tuple[Trace, ...],
        value: tuple[str, str],
        limits: tuple[float, ...] = (),
    ) -> Curves:
        """Return lines of a chart that reaches from ``low`` to ``high``."""
        return cls(traces, 0.5 * (low + high), max(0.5 * (high - low), 1e-9), value, limits)


class Chart(NamedTuple):
    """A strip chart: its name, words below it, each in a colour, and how its lines are read."""

    name: str
    notes: tuple[tuple[str, Colour], ...]
    read: Callable[[ChartView], Curves]


@dataclass(frozen=True, eq=False)
class TaskView:
    """What is shown of a task.

    Attributes
    ----------
    charts, chart_columns:
        Charts, row by row, so many in each row.
    driver:
        What who acts is called: a driver, a pilot.
    speed:
        Writes a speed [m/s]: number and unit.
    wheel:
        Where the wheel stands at a sample of a history, from -1, left, to 1, right.
    """

    charts: tuple[Chart, ...]
    chart_columns: int
    driver: str
    speed: Callable[[float], tuple[str, str]]
    wheel: Callable[[History, int], float]
