"""Map: the road from above, where the car has been on it, and the car; north is up."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.strokes import polygon, polyline, spot
from wormdrive.envs.viewer.drawing.theme import BLUE, EDGE, FAINT, INK, MUTED, ORANGE, PANEL
from wormdrive.envs.viewer.history import DriveHistory
from wormdrive.envs.viewer.scene import Course, Scene

__all__ = ["MapPanel"]

_CAR: Final = ((7.0, 0.0), (-4.5, 4.2), (-2.5, 0.0), (-4.5, -4.2))
"""An arrow's corners, forward and left [px]."""


class MapPanel:
    """A map that fits the whole drive; what does not change is drawn once."""

    def __init__(self, pen: Pen, box: PanelBox) -> None:
        self._pen, self._box = pen, box
        self._inner = PanelBox(*box)
        self._course: Course | None = None
        self._ground: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
        self._origin = np.zeros(2)
        self._zoom = 1.0

    def draw(self, scene: Scene, course: Course | None) -> None:
        """Draw the map with the car where the scene's cursor stands; without one before the first step."""
        pen, history, now = self._pen, scene.history, scene.cursor
        if course is None:
            pen.title(self._box, "Map")
            return
        station = float(history["station_m"][now]) if len(history) else course.start_m
        done = np.clip((station - course.start_m) / max(course.end_m - course.start_m, 1e-9), 0.0, 1.0)
        self._inner = pen.title(self._box, "Map", f"{100 * done:.0f} %")
        if course is not self._course:
            self._survey(course)
        canvas = self._ground.copy()
        if len(history):
            self._drive(canvas, history, now)
        pen.picture(canvas, self._inner)

    def _drive(self, canvas: NDArray[np.uint8], history: DriveHistory, now: int) -> None:
        """Draw the way so far, and the car at its end."""
        pen = self._pen
        path = np.stack([history["x_m"][: now + 1], history["y_m"][: now + 1]], axis=1)
        person = history["person"][: now + 1] > 0.5
        polyline(canvas, self._on_paper(path), BLUE, pen.px(2))
        for begin, end in _stretches(person):
            polyline(canvas, self._on_paper(path[max(begin - 1, 0) : end]), ORANGE, pen.px(2))
        heading = float(history["heading_rad"][now])
        forward, left = np.array([np.cos(heading), -np.sin(heading)]), np.array([-np.sin(heading), -np.cos(heading)])
        corners = self._on_paper(path[-1:]) + pen.scale * np.array([f * forward + a * left for f, a in _CAR])
        polygon(canvas, corners, INK)

    def _survey(self, course: Course) -> None:
        """Choose the part of the world to show, and draw its road."""
        self._course = course
        box, pen = self._inner, self._pen
        first, last = (int(s / course.spacing_m) for s in (course.start_m, course.end_m))
        road = np.stack([course.x_m, course.y_m], axis=1)
        driven = road[max(first, 0) : last + 1]
        low, high = driven.min(axis=0), driven.max(axis=0)
        margin = 14 * pen.scale
        self._zoom = float(np.min((np.array([box.width, box.height]) - 2 * margin) / np.maximum(high - low, 20.0)))
        self._origin = 0.5 * (low + high)
        self._ground = np.empty((box.height, box.width, 3), np.uint8)
        self._ground[:] = PANEL
        polyline(self._ground, self._on_paper(road), EDGE, pen.px(3))
        polyline(self._ground, self._on_paper(driven), FAINT, pen.px(5))
        polyline(self._ground, self._on_paper(driven), EDGE, pen.px(3))
        for end, colour in ((driven[:1], MUTED), (driven[-1:], INK)):
            spot(self._ground, self._on_paper(end)[0], 4 * pen.scale, colour, pen.px(1.5))

    def _on_paper(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (n, 2) [m] to pixels (n, 2)."""
        box = self._inner
        moved = (points - self._origin) * self._zoom
        return np.stack([0.5 * box.width + moved[:, 0], 0.5 * box.height - moved[:, 1]], axis=1)


def _stretches(flag: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
