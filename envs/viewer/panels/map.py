"""Map: a place from above, the way so far, who is on it now, and what else moves; north is up."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.strokes import polygon, polyline, spot
from wormdrive.envs.viewer.drawing.theme import BLUE, EDGE, FAINT, INK, MUTED, ORANGE, PANEL, WOOD
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.place import MapPlan, Marker, Place
from wormdrive.envs.viewer.scene import Scene

__all__ = ["MapPanel"]

_ARROW: Final = ((7.0, 0.0), (-4.5, 4.2), (-2.5, 0.0), (-4.5, -4.2))
"""An arrow's corners, forward and left [px]."""
_LEAST_M: Final = 20.0
"""A map shows no less than this."""
_BEYOND_M: Final = 5.0
"""Who leaves a map is followed by it, with so much room."""


class MapPanel:
    """A map that fits the whole way, or what is around those that move; what does not change is drawn once."""

    def __init__(self, pen: Pen, box: PanelBox) -> None:
        self._pen, self._box = pen, box
        self._inner = PanelBox(*box)
        self._place: Place | None = None
        self._plan: MapPlan | None = None
        self._area = np.zeros((2, 2))
        self._ground: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
        self._origin = np.zeros(2)
        self._zoom = 1.0

    def draw(self, scene: Scene, place: Place | None) -> None:
        """Draw the map as of the scene's cursor; of nobody before the first step."""
        pen, history, now = self._pen, scene.history, scene.cursor
        if place is None:
            pen.title(self._box, "Map")
            return
        self._inner = pen.title(self._box, "Map", place.progress(history, now))
        if place is not self._place:
            self._place, self._plan = place, place.plan
            self._area = self._plan.area
            self._survey(self._plan)
        assert self._plan is not None  # noqa: S101  (of the place)
        if len(history):
            self._keep_up(self._plan, scene)
        canvas = self._ground.copy()
        if len(history):
            self._way(canvas, history, now)
        for marker in scene.markers:
            self._mark(canvas, marker)
        if len(history):
            self._arrow(canvas, history, now)
        pen.picture(canvas, self._inner)

    def _keep_up(self, plan: MapPlan, scene: Scene) -> None:
        """Move the map, or enlarge it, so that those are on it who should be."""
        here = [float(scene.history[name][scene.cursor]) for name in ("x_m", "y_m")]
        if plan.around_m is not None:
            moving = np.array([here, *((marker.x_m, marker.y_m) for marker in scene.markers)])
            middle = 0.5 * (moving.min(axis=0) + moving.max(axis=0))
            size_m = max(plan.around_m, float((moving.max(axis=0) - moving.min(axis=0)).max()) + 2.0 * _BEYOND_M)
            self._area = middle + 0.5 * size_m * np.array([[-1.0], [1.0]])
            self._survey(plan)
        elif not PanelBox(0, 0, *self._inner[2:]).holds(self._spot(here)):
            low, high = np.minimum(self._area[0], here), np.maximum(self._area[1], here)
            self._area = np.stack([low - _BEYOND_M, high + _BEYOND_M])
            self._survey(plan)

    def _way(self, canvas: NDArray[np.uint8], history: History, now: int) -> None:
        """Draw the way so far."""
        pen = self._pen
        path = np.stack([history["x_m"][: now + 1], history["y_m"][: now + 1]], axis=1)
        person = history["person"][: now + 1] > 0.5
        polyline(canvas, self._on_paper(path), BLUE, pen.px(2))
        for begin, end in _stretches(person):
            polyline(canvas, self._on_paper(path[max(begin - 1, 0) : end]), ORANGE, pen.px(2))

    def _arrow(self, canvas: NDArray[np.uint8], history: History, now: int) -> None:
        """Draw who is watched."""
        here = np.array([[history["x_m"][now], history["y_m"][now]]])
        axes = _axes(float(history["heading_rad"][now]))
        polygon(canvas, self._on_paper(here) + self._pen.scale * np.array(_ARROW) @ axes, INK)

    def _mark(self, canvas: NDArray[np.uint8], marker: Marker) -> None:
        """Draw a spot, or a body of its true size."""
        at = self._on_paper(np.array([[marker.x_m, marker.y_m]]))
        if marker.size_m is None:
            spot(canvas, at[0], 5.0 * self._pen.scale, marker.colour)
            return
        half = 0.5 * self._zoom * np.array(marker.size_m)
        corners = half * np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
        polygon(canvas, at + corners @ _axes(marker.heading_rad), marker.colour)

    def _survey(self, plan: MapPlan) -> None:
        """Choose the part of the world to show, and draw its ground."""
        box, pen = self._inner, self._pen
        low, high = self._area
        margin = 14 * pen.scale
        room = np.array([box.width, box.height]) - 2 * margin
        self._zoom = float(np.min(room / np.maximum(high - low, _LEAST_M)))
        self._origin = 0.5 * (low + high)
        self._ground = np.empty((box.height, box.width, 3), np.uint8)
        self._ground[:] = PANEL
        true_px = 0 if plan.around_m is None else round(self._zoom * plan.road_m)
        if not true_px:
            polyline(self._ground, self._on_paper(plan.road), EDGE, pen.px(3))
        polyline(self._ground, self._on_paper(plan.way), FAINT, max(pen.px(5), true_px + pen.px(2)))
        polyline(self._ground, self._on_paper(plan.way), EDGE, max(pen.px(3), true_px))
        for trunk in self._on_paper(plan.trunks):
            spot(self._ground, trunk, max(self._zoom * plan.trunk_m, 2.6 * pen.scale), WOOD)
        for end, colour in ((plan.start, MUTED), (plan.end, INK)):
            if end is not None:
                spot(self._ground, self._on_paper(end[None])[0], 4 * pen.scale, colour, pen.px(1.5))

    def _spot(self, point: list[float]) -> tuple[float, float]:
        x, y = self._on_paper(np.array([point]))[0].tolist()
        return x, y

    def _on_paper(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (n, 2) [m] to pixels (n, 2)."""
        box = self._inner
        moved = (points - self._origin) * self._zoom
        return np.stack([0.5 * box.width + moved[:, 0], 0.5 * box.height - moved[:, 1]], axis=1)


def _axes(heading_rad: float) -> NDArray[np.float64]:
    """Return the directions forward and to the left on paper, (2, 2)."""
    return np.array([
        [np.cos(heading_rad), -np.sin(heading_rad)], [-np.sin(heading_rad), -np.cos(heading_rad)]
    ])  # fmt: skip


def _stretches(flag: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
