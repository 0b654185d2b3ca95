"""Network: the wiring as a graph from left to right, its fibres glowing with current, its neurons with activity."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.strokes import polyline, spot
from wormdrive.envs.viewer.drawing.theme import BLUE, FAINT, INK, MUTED, ORANGE, PANEL
from wormdrive.envs.viewer.scene import NetworkGraph, Neural, Scene

__all__ = ["NetworkPanel"]

_COLUMNS: Final = ("sensory", "inter", "command", "motor")
_AT: Final = {"sensory": 0.03, "inter": 0.36, "command": 0.70, "motor": 0.95}
_RADIUS: Final = {"sensory": 2.2, "inter": 5.5, "command": 7.5, "motor": 11.0}
_REST: Final = 0.10
"""How bright a fibre without current is."""
_FORGET: Final = 0.02
"""How fast the scales of currents and activities follow what is met."""


class NetworkPanel:
    """The graph's fibres are drawn once, pixel by pixel; a frame then only weighs them by current."""

    def __init__(self, pen: Pen, box: PanelBox, graph: NetworkGraph) -> None:
        self._pen, self._box, self._graph = pen, box, graph
        self._inner = PanelBox(*box)
        self._places: NDArray[np.float64] = np.zeros((0, 2))
        self._pixel: NDArray[np.int64] = np.zeros(0, np.int64)
        self._synapse: NDArray[np.int64] = np.zeros(0, np.int64)
        self._cover: NDArray[np.float32] = np.zeros(0, np.float32)
        self._most_current: float = 1e-6
        self._most_activity: NDArray[np.float64] = np.zeros(0)

    def draw(self, scene: Scene) -> None:
        """Draw the graph and what goes on in it."""
        graph, pen = self._graph, self._pen
        states = sum(role != "sensory" for role in graph.roles)
        self._inner = pen.title(self._box, "Network", f"{states} neurons, {len(graph.sources)} synapses")
        if not len(self._places):
            self._lay(graph)
        neural = scene.neural or Neural(
            np.zeros(len(graph.roles), np.float32), np.zeros(len(graph.sources), np.float32)
        )
        canvas = self._fibres(graph, neural.current)
        self._neurons(canvas, graph, neural.activity)
        pen.picture(canvas, self._inner)
        bottom = self._box.y + self._box.height - pen.px(9)
        for column in _COLUMNS:
            count = sum(role == column for role in graph.roles)
            if not count:
                continue
            x = self._inner.x + _AT[column] * self._inner.width
            anchor = {"sensory": "left", "motor": "right"}.get(column, "middle")
            x = self._inner.x if column == "sensory" else self._inner.x + self._inner.width if column == "motor" else x
            pen.text(f"{count} {column}", (x, bottom), colour=FAINT, size=13, anchor=anchor)

    def _lay(self, graph: NetworkGraph) -> None:
        """Find the neurons' places and every fibre's pixels."""
        box, pen = self._inner, self._pen
        roles = np.array(graph.roles)
        self._most_activity = np.full(len(roles), 1e-3)
        self._places = np.zeros((len(roles), 2))
        for column in _COLUMNS:
            held = np.flatnonzero(roles == column)
            room = (box.height - pen.px(10)) / max(len(held), 1)
            self._places[held, 0] = _AT[column] * box.width
            self._places[held, 1] = (np.arange(len(held)) + 0.5) * room
        pixels, covers, owners = [], [], []
        blank = np.zeros((box.height, box.width), np.uint8)
        for synapse, (source, target) in enumerate(zip(graph.sources, graph.targets, strict=True)):
            blank[:] = 0
            polyline(blank, _curve(self._places[source], self._places[target], pen.scale), (255,))
            found = np.flatnonzero(blank)
            pixels.append(found)
            covers.append(blank.ravel()[found].astype(np.float32) / 255.0)
            owners.append(np.full(len(found), synapse))
        if pixels:
            self._pixel, self._cover = np.concatenate(pixels), np.concatenate(covers)
            self._synapse = np.concatenate(owners)

    def _fibres(self, graph: NetworkGraph, current: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Weigh the fibres: blue where current excites, orange where it inhibits."""
        box = self._inner
        size = np.abs(current)
        peak = float(np.percentile(size, 97)) if len(size) else 0.0
        self._most_current += (0.3 if peak > self._most_current else _FORGET) * (peak - self._most_current)
        glow = np.clip(size / max(self._most_current, 1e-6), 0.0, 1.3) ** 1.5
        colours = np.where((current >= 0.0)[:, None], np.array(BLUE), np.array(ORANGE))
        rest = np.where(graph.excites[:, None], np.array(BLUE), np.array(ORANGE))
        light = _REST * 0.5 * (rest + np.array(MUTED)) + 0.75 * glow[:, None] * colours
        canvas = np.empty((box.height * box.width, 3), np.float32)
        for channel in range(3):
            weight = self._cover * light[self._synapse, channel]
            canvas[:, channel] = np.bincount(self._pixel, weight, len(canvas))
        canvas = 255.0 * (1.0 - np.exp(-canvas / 255.0))  # many fibres over each other saturate, as film does
        ground = np.array(PANEL, np.float32)
        canvas = ground + canvas * (1.0 - ground / 255.0)
        return np.ascontiguousarray(canvas.reshape(box.height, box.width, 3).astype(np.uint8))

    def _neurons(self, canvas: NDArray[np.uint8], graph: NetworkGraph, activity: NDArray[np.float32]) -> None:
        """Fill each neuron by its activity over the largest met so far, blue above zero and orange below."""
        size = np.abs(activity.astype(np.float64))
        grow = np.where(size > self._most_activity, 1.0, 0.002)
        self._most_activity = self._most_activity + grow * (size - self._most_activity)
        share = size / np.maximum(self._most_activity, 1e-3)
        for at, role, value, part in zip(self._places, graph.roles, activity, share, strict=True):
            radius = _RADIUS[role] * self._pen.scale
            colour = np.array(BLUE if value >= 0.0 else ORANGE, np.float64)
            fill = 0.16 * colour + 0.84 * part * colour + 14
            spot(canvas, at, radius + 1.5, PANEL)
            spot(canvas, at, radius, _int(fill))
            if role != "sensory":
                spot(canvas, at, radius, _int((0.45 + 0.3 * part) * np.array(INK)), 1)


def _curve(a: NDArray[np.float64], b: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Return the points (24, 2) of a fibre: level at both ends, a bow within a column, a loop onto itself."""
    if np.array_equal(a, b):
        turn = np.linspace(0.0, 2.0 * np.pi, 24)
        return np.asarray(a + 9.0 * scale * np.stack([1.0 - np.cos(turn), -0.8 * np.sin(turn)], axis=1))
    if a[0] == b[0]:
        bow = (14.0 * scale + 0.22 * abs(b[1] - a[1])) * np.array([1.0, 0.0])
        controls = a + bow, b + bow
    else:
        middle = 0.5 * (a[0] + b[0])
        controls = np.array([middle, a[1]]), np.array([middle, b[1]])
    t = np.linspace(0.0, 1.0, 24)[:, None]
    s = 1.0 - t
    return np.asarray(s**3 * a + 3 * s * s * t * controls[0] + 3 * s * t * t * controls[1] + t**3 * b)


def _int(colour: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(c) for c in np.clip(colour, 0, 255))
