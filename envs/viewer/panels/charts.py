"""Strip charts: what a task shows over time, the person's share of what is done as a band behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.strokes import polyline
from wormdrive.envs.viewer.drawing.theme import EDGE, FAINT, INK, MUTED, ORANGE, RED, SUNKEN
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.place import Place
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.task_view import Chart, ChartView, Curves, TaskView, Trace

__all__ = ["ChartsPanel"]

_SPAN_S: Final = 20.0
"""A live chart shows the latest so many seconds."""


class ChartsPanel:
    """A task's charts; ``whole`` shows all of a drive with a cursor instead of its latest seconds."""

    def __init__(self, pen: Pen, box: PanelBox, view: TaskView, *, whole: bool) -> None:
        self._pen, self._box, self._view, self._whole = pen, box, view, whole
        pad, gap, columns = pen.px(12), pen.px(20), view.chart_columns
        height = (box.height - 2 * pad) // -(-len(view.charts) // columns)
        width = (box.width - 2 * pad - (columns - 1) * gap) // columns
        label, value = pen.px(108), pen.px(70)
        self._rows = [
            PanelBox(box.x + pad + (k % columns) * (width + gap), box.y + pad + (k // columns) * height, width, height)
            for k in range(len(view.charts))
        ]
        self._strips = [
            PanelBox(row.x + label, row.y + pen.px(3), row.width - label - value, row.height - pen.px(6))
            for row in self._rows
        ]

    def draw(self, scene: Scene, place: Place | None, ghost: History | None) -> None:
        """Draw all charts; ``ghost`` is another drive at the same place."""
        history, now = scene.history, scene.cursor
        self._pen.panel(self._box)
        if not len(history):
            return
        begin, end = self._span(history, now)
        view = ChartView(history, slice(begin, end), now, place, ghost)
        time = view["time_s"]
        left = time[0] if self._whole else max(0.0, time[-1] - _SPAN_S)
        right = max(time[-1], left + (1e-3 if self._whole else _SPAN_S))
        x = (time - left) / (right - left)
        for row, strip, chart in self._places():
            curves = chart.read(view)
            canvas = _ground(strip, curves)
            _bands(canvas, x, view["person"])
            for trace in curves.traces:
                _line(canvas, x, trace, curves, self._pen.px(1.6))
            if self._whole:
                _cursor(canvas, float(x[now - begin]))
            self._pen.picture(canvas, strip)
            self._words(row, chart, curves)

    def _places(self) -> Iterator[tuple[PanelBox, PanelBox, Chart]]:
        return zip(self._rows, self._strips, self._view.charts, strict=True)

    def _words(self, row: PanelBox, chart: Chart, curves: Curves) -> None:
        pen, middle = self._pen, row.y + row.height / 2
        pen.text(chart.name, (row.x, middle - pen.px(7)), colour=MUTED, size=13)
        x = row.x
        for note, colour in chart.notes:
            x += pen.text(note, (x, middle + pen.px(7)), colour=colour, size=13) + pen.px(5)
        pen.text(curves.value[0], (row.x + row.width, middle - pen.px(5)), colour=INK, size=18, anchor="right")
        pen.text(curves.value[1], (row.x + row.width, middle + pen.px(10)), colour=FAINT, size=13, anchor="right")

    def _span(self, history: History, now: int) -> tuple[int, int]:
        if self._whole:
            return 0, len(history)
        time = history["time_s"]
        return int(np.searchsorted(time, time[now] - _SPAN_S)), now + 1


def _ground(strip: PanelBox, curves: Curves) -> NDArray[np.uint8]:
    """Return an empty chart: a line in its middle, and lines at the limits."""
    canvas = np.empty((strip.height, strip.width, 3), np.uint8)
    canvas[:] = SUNKEN
    canvas[strip.height // 2] = EDGE
    dashes = np.arange(strip.width) % 8 < 4
    for limit in curves.limits:
        row = round((0.5 - 0.5 * (limit - curves.middle) / curves.reach) * (strip.height - 1))
        if 0 <= row < strip.height:
            canvas[row, dashes] = np.array(RED) * 0.7
    return canvas


def _bands(canvas: NDArray[np.uint8], x: NDArray[np.float64], person: NDArray[np.float64]) -> None:
    """Tint where the person steered, as strongly as they did."""
    if not person.any():
        return
    width = canvas.shape[1]
    share = np.interp((np.arange(width) + 0.5) / width, x, person, left=0.0, right=0.0)[None, :, None]
    canvas[:] = canvas * (1.0 - 0.30 * share) + np.array(ORANGE) * (0.30 * share)
    canvas[: max(2, canvas.shape[0] // 24), share[0, :, 0] > 0.0] = ORANGE


def _line(canvas: NDArray[np.uint8], x: NDArray[np.float64], trace: Trace, curves: Curves, thickness: int) -> None:
    height, width = canvas.shape[:2]
    every = max(1, len(x) // (2 * width))
    share = np.clip((trace.values - curves.middle) / curves.reach, -1.0, 1.0)
    points = np.stack([x * (width - 1), (0.5 - 0.5 * share) * (height - 1)], axis=1)[::every]
    polyline(canvas, points[np.isfinite(points).all(axis=1)], trace.colour, 1 if trace.faint else thickness)


def _cursor(canvas: NDArray[np.uint8], x: float) -> None:
    column = round(np.clip(x, 0.0, 1.0) * (canvas.shape[1] - 1))
    canvas[:, max(0, column - 1) : column + 1] = INK
