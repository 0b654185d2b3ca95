"""Strip charts: steering and lateral offset over time, the person's share of the steering as a band behind them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.strokes import polyline
from wormdrive.envs.viewer.drawing.theme import BLUE, EDGE, FAINT, GHOST, GREEN, INK, MUTED, ORANGE, RED, SUNKEN, Colour
from wormdrive.envs.viewer.history import DriveHistory
from wormdrive.envs.viewer.scene import Course, Scene

__all__ = ["ChartsPanel"]

_SPAN_S: Final = 20.0
"""A live chart shows the latest so many seconds."""


class ChartsPanel:
    """Two charts, one over the other; ``whole`` shows all of a drive with a cursor instead of its latest seconds."""

    def __init__(self, pen: Pen, box: PanelBox, *, whole: bool) -> None:
        self._pen, self._box, self._whole = pen, box, whole
        pen_pad = pen.px(12)
        half = (box.height - 2 * pen_pad) // 2
        label, value = pen.px(108), pen.px(70)
        self._rows = [
            PanelBox(box.x + pen_pad, box.y + pen_pad + k * half, box.width - 2 * pen_pad, half) for k in (0, 1)
        ]
        self._strips = [
            PanelBox(row.x + label, row.y + pen.px(3), row.width - label - value, row.height - pen.px(6))
            for row in self._rows
        ]

    def draw(self, scene: Scene, course: Course | None, ghost: DriveHistory | None) -> None:
        """Draw both charts; ``ghost`` is another drive on the same road, laid beneath by station."""
        pen, history, now = self._pen, scene.history, scene.cursor
        pen.panel(self._box)
        if not len(history):
            return
        begin, end = self._span(history, now)
        shown = slice(begin, end)
        time = history["time_s"][shown]
        left = time[0] if self._whole else max(0.0, time[-1] - _SPAN_S)
        right = max(time[-1], left + (1e-3 if self._whole else _SPAN_S))
        steer = -np.where(np.isnan(history["steer"][shown]), 0.0, history["steer"][shown])  # left is up, as the offset
        offset = history["offset_m"][shown]
        person = history["person"][shown]
        beneath = None if ghost is None or not len(ghost) else _by_station(history["station_m"][shown], ghost)
        reach = max(0.1, 1.1 * float(np.abs(steer).max(initial=0.0)))
        lane = 1.75 if course is None else _lane(course, float(history["station_m"][now]))
        wide = max(1.05 * lane, 1.05 * float(np.abs(offset).max(initial=0.0)))
        rows = (
            ("STEERING", "left is up", steer, reach, None, None if beneath is None else beneath[0]),
            ("LATERAL OFFSET", "from the lane's centre", offset, wide, lane, None if beneath is None else beneath[1]),
        )
        values = (_side(100 * steer[now - begin], "%"), _side(100 * offset[now - begin], "cm"))
        for row, strip, (name, note, series, most, limit, under), value in zip(
            self._rows, self._strips, rows, values, strict=True
        ):
            x = (time - left) / (right - left)
            canvas = _ground(strip, limit, most)
            _bands(canvas, x, person)
            if under is not None:
                _line(canvas, x, under, most, GHOST, 1)
            _line(canvas, x, series, most, BLUE if name == "STEERING" else GREEN, pen.px(1.6))
            if self._whole:
                _cursor(canvas, float(x[now - begin]))
            pen.picture(canvas, strip)
            middle = row.y + row.height / 2
            pen.text(name, (row.x, middle - pen.px(7)), colour=MUTED, size=13)
            pen.text(note, (row.x, middle + pen.px(7)), colour=FAINT, size=13)
            pen.text(value[0], (row.x + row.width, middle - pen.px(5)), colour=INK, size=18, anchor="right")
            pen.text(value[1], (row.x + row.width, middle + pen.px(10)), colour=FAINT, size=13, anchor="right")

    def _span(self, history: DriveHistory, now: int) -> tuple[int, int]:
        if self._whole:
            return 0, len(history)
        time = history["time_s"]
        return int(np.searchsorted(time, time[now] - _SPAN_S)), now + 1


def _ground(strip: PanelBox, limit: float | None, most: float) -> NDArray[np.uint8]:
    """Return an empty chart: the zero line, and lines at the limits."""
    canvas = np.empty((strip.height, strip.width, 3), np.uint8)
    canvas[:] = SUNKEN
    canvas[strip.height // 2] = EDGE
    if limit is not None:
        dashes = np.arange(strip.width) % 8 < 4
        for side in (-1.0, 1.0):
            canvas[round((0.5 - 0.5 * side * limit / most) * (strip.height - 1)), dashes] = np.array(RED) * 0.7
    return canvas


def _bands(canvas: NDArray[np.uint8], x: NDArray[np.float64], person: NDArray[np.float64]) -> None:
    """Tint where the person steered, as strongly as they did."""
    if not person.any():
        return
    width = canvas.shape[1]
    share = np.interp((np.arange(width) + 0.5) / width, x, person, left=0.0, right=0.0)[None, :, None]
    canvas[:] = canvas * (1.0 - 0.30 * share) + np.array(ORANGE) * (0.30 * share)
    canvas[: max(2, canvas.shape[0] // 24), share[0, :, 0] > 0.0] = ORANGE


def _line(
    canvas: NDArray[np.uint8],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    most: float,
    colour: Colour,
    thickness: int,
) -> None:
    height, width = canvas.shape[:2]
    every = max(1, len(x) // (2 * width))
    points = np.stack([x * (width - 1), (0.5 - 0.5 * np.clip(y / most, -1.0, 1.0)) * (height - 1)], axis=1)[::every]
    polyline(canvas, points[np.isfinite(points).all(axis=1)], colour, thickness)


def _cursor(canvas: NDArray[np.uint8], x: float) -> None:
    column = round(np.clip(x, 0.0, 1.0) * (canvas.shape[1] - 1))
    canvas[:, max(0, column - 1) : column + 1] = INK


def _by_station(station_m: NDArray[np.float64], ghost: DriveHistory) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steering (left up) and offset of another drive at the same places; NaN where it has not been."""
    at = ghost["station_m"]
    steer = np.interp(station_m, at, -ghost["steer"], left=np.nan, right=np.nan)
    return steer, np.interp(station_m, at, ghost["offset_m"], left=np.nan, right=np.nan)


def _side(value: float, unit: str) -> tuple[str, str]:
    """Write a number whose sign is a side: how much, and where to."""
    rounded = round(value)
    return f"{abs(rounded)} {unit}", "left" if rounded > 0 else "right" if rounded < 0 else ""


def _lane(course: Course, station_m: float) -> float:
    """Half the lane's width at a station [m]."""
    i = min(max(int(station_m / course.spacing_m), 0), len(course.left_m) - 1)
    return float(0.5 * (course.left_m[i] + course.right_m[i]))
