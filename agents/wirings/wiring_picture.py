"""A wiring as a picture: roles in columns from left to right, synapses as curves between them."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.wirings.wiring import ROLES, Role, Wiring
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, PathPatch
    from matplotlib.path import Path as MplPath

__all__ = ["PICTURE_FORMATS", "draw_wiring"]

PICTURE_FORMATS = (".png", ".svg")

MAX_DRAWN = 20_000
"""Synapses; more of them would be a black square."""

Point = tuple[float, float]

_EXCITES, _INHIBITS, _INK = "#1f77b4", "#d62728", "#222222"
_FILL: dict[Role, str] = {"sensory": "#dfe6d3", "inter": "#d8e4f2", "command": "#f6e0c4", "motor": "#ead4ea"}
_RADIUS: dict[Role, float] = {"sensory": 0.15, "inter": 0.32, "command": 0.36, "motor": 0.4}
_X: dict[Role, float] = {"sensory": 0.0, "inter": 3.2, "command": 6.0, "motor": 8.4}
_APART: dict[Role, float] = {"sensory": 0.38, "inter": 0.95, "command": 1.7, "motor": 1.3}


def draw_wiring(
    wiring: Wiring, file: str | Path, *, effect: NDArray[np.floating] | None = None, title: str = ""
) -> Path:
    """Draw to ``file``, PNG or SVG by its ending, which is replaced; the same wiring gives the same bytes.

    Blue synapses excite, red ones inhibit and end in a dot. ``effect`` (E,), in the synapses' order, is what training
    made of them (``Inspection.effect``): its sign decides then, its size how dark they are.

    Raises
    ------
    ArgumentError
        When the ending is another, the wiring has too many synapses to be seen, or the file cannot be written.
    """
    file = Path(file)
    if file.suffix not in PICTURE_FORMATS:
        raise ArgumentError(f"{file}: allowed endings are {', '.join(PICTURE_FORMATS)}")
    if len(wiring.synapses) > MAX_DRAWN:
        raise ArgumentError(f"wiring: {len(wiring.synapses)} synapses, at most {MAX_DRAWN} can be drawn")
    values = wiring.polarities.astype(float) if effect is None else np.asarray(effect, float)
    if values.shape != (len(wiring.synapses),):
        raise ArgumentError(f"effect: shape {values.shape}: allowed is ({len(wiring.synapses)},)")
    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "wormdrive", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure = _draw(wiring, values, title)
        metadata = {"Date": None} if file.suffix == ".svg" else {"Software": None}
        figure.savefig(content, format=file.suffix[1:], dpi=120, metadata=metadata)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(file, content.getvalue())
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be written: {error.strerror}") from error
    return file


def _draw(wiring: Wiring, effect: NDArray[np.float64], title: str) -> Figure:
    place = _places(wiring)
    top = max(abs(y) for _, y in place.values()) + 0.6
    figure = Figure(figsize=(10.0, min(10.0 * (2 * top + 1.4) / 10.0, 40.0)))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(-0.8, 9.2), ylim=(-top - 0.4, top + 1.0), aspect="equal")
    axes.axis("off")
    strength = np.abs(effect) / max(float(np.abs(effect).max(initial=0.0)), 1e-12)
    crowded = 1.0 / max(1.0, (len(wiring.synapses) / 400.0) ** 0.5)
    role = {neuron.name: neuron.role for neuron in wiring.neurons}
    for k in np.argsort(strength, kind="stable"):  # the strongest on top
        synapse = wiring.synapses[k]
        a, b = role[synapse.source], role[synapse.target]
        colour = _EXCITES if effect[k] > 0 else _INHIBITS
        points = _curve(place[synapse.source], place[synapse.target], _RADIUS[a], _RADIUS[b])
        alpha = (0.15 + 0.8 * float(strength[k])) * crowded
        axes.add_patch(PathPatch(_bezier(points), fill=False, edgecolor=colour, alpha=alpha, linewidth=1.0))
        axes.add_patch(Circle(points[-1], 0.04, color=colour, alpha=alpha, linewidth=0, fill=effect[k] <= 0))
    for neuron in wiring.neurons:
        x, y = place[neuron.name]
        axes.add_patch(Circle((x, y), _RADIUS[neuron.role], facecolor=_FILL[neuron.role], edgecolor=_INK, zorder=3))
        label = neuron.name.removeprefix(f"{neuron.role}_")[:4]
        axes.text(x, y, label, ha="center", va="center", fontsize=6 if neuron.role == "sensory" else 9, zorder=4)
    for name in ROLES:
        count = sum(neuron.role == name for neuron in wiring.neurons)
        if count:
            axes.text(_X[name], top + 0.1, f"{count} {name}", ha="center", fontsize=11, color=_INK)
    inner = len(wiring.synapses) - wiring.sensory_synapse_count
    below = f"{len(wiring.synapses)} synapses, {inner} of them between neurons with a state"
    axes.text(4.2, -top - 0.3, below + "; blue excite, red (with a dot) inhibit", ha="center", fontsize=9, color=_INK)
    axes.text(4.2, top + 0.55, title, ha="center", fontsize=13, color=_INK)
    return figure


def _places(wiring: Wiring) -> dict[str, Point]:
    """Where neurons lie: each role's column centred on y = 0, first neuron on top."""
    place: dict[str, Point] = {}
    for role in ROLES:
        column = [neuron.name for neuron in wiring.neurons if neuron.role == role]
        for k, name in enumerate(column):
            place[name] = (_X[role], ((len(column) - 1) / 2 - k) * _APART[role])
    return place


def _curve(a: Point, b: Point, from_radius: float, to_radius: float) -> list[Point]:
    """From the edge of one neuron to that of another: level at both ends between columns, a bow within one."""
    (x0, y0), (x1, y1) = a, b
    if a == b:
        points = [(x0, y0 + from_radius), (x0 - 0.2, y0 + 0.9), (x0 + 0.8, y0 + 0.6), (x0 + from_radius, y0)]
    elif x0 == x1:
        bow = x0 + 0.45 + 0.14 * abs(y1 - y0)
        points = [(x0 + from_radius, y0), (bow, y0), (bow, y1), (x1 + to_radius, y1)]
    else:
        way, reach = (1.0 if x1 > x0 else -1.0), 0.45 * (x1 - x0)
        angle = math.atan(0.4 * (y0 - y1))  # what comes from above ends above, so that ends can be told apart
        end = (x1 - way * to_radius * math.cos(angle), y1 + to_radius * math.sin(angle))
        points = [(x0 + way * from_radius, y0), (x0 + reach, y0), (x1 - reach, end[1]), end]
    return points


def _bezier(points: list[Point]) -> MplPath:
    return MplPath(points, [MplPath.MOVETO, MplPath.CURVE4, MplPath.CURVE4, MplPath.CURVE4])
