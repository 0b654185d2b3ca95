"""The network drawn: neurons in columns by role, synapses that excite and inhibit, activity as strips."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.wirings.wiring import Neuron, Role, Synapse, Wiring
from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.report.svg_style import INK, MUTED, SERIES, STYLE, svg

with needs_extra("report"):
    import matplotlib
    from matplotlib.figure import Figure

__all__ = ["activity_plot", "wiring_svg"]

_SETTLE_S = 0.5
"""Time in which neurons come up from their start at zero [s]; it is shown, but sets no range."""

_COLUMNS: tuple[Role, ...] = ("sensory", "inter", "command", "motor")
_WIDTH, _HEIGHT, _TOP = 640.0, 440.0, 34.0
_X = {"sensory": 36.0, "inter": 230.0, "command": 436.0, "motor": 596.0}
_RADIUS = {"sensory": 3.5, "inter": 10.0, "command": 13.0, "motor": 17.0}


def wiring_svg(wiring: Wiring, effect: NDArray[np.floating] | None = None) -> str:
    """Draw a wiring as an ``<svg>`` element that follows the page's colours.

    Excitatory synapses are solid, inhibitory ones dashed, so that the difference does not hang on colour.
    ``effect`` (E,), in the synapses' order, is what training made of each synapse: weight times reversal potential. Its
    sign says whether the synapse excites, its size how opaque it is drawn; without it the wiring's polarity holds.
    """
    place = {neuron.name: position for neuron, position in _positions(wiring.neurons)}
    role = {neuron.name: neuron.role for neuron in wiring.neurons}
    if effect is None:
        effect = 0.6 * wiring.polarities
    shade = 0.12 + 0.78 * np.abs(effect) / max(float(np.abs(effect).max(initial=0.0)), 1e-9)
    parts = [
        f'<svg class="wiring" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" '
        f'aria-label="{len(wiring.state_neurons)} neurons and {len(wiring.synapses)} synapses">'
    ]
    for synapse, opacity, sign in zip(wiring.synapses, shade, effect, strict=True):
        parts.append(_synapse(synapse, place, role, float(opacity), excites=bool(sign > 0)))
    parts += [_neuron(neuron, *place[neuron.name]) for neuron in wiring.neurons]
    for column in _COLUMNS:
        count = sum(neuron.role == column for neuron in wiring.neurons)
        parts.append(f'<text x="{_X[column]:.0f}" y="14" text-anchor="middle" class="column">{count} {column}</text>')
    parts.append("</svg>")
    return "".join(parts)


def activity_plot(
    activity: NDArray[np.floating], wiring: Wiring, curvature: NDArray[np.floating], dt_s: float, name: str
) -> str:
    """Draw the road's curvature over each neuron's state in one drive, a strip a neuron, each over its own range.

    ``activity`` (T, N) in state order, ``curvature`` (T,) [1/m].
    """
    order = [i for role in _COLUMNS for i, neuron in enumerate(wiring.state_neurons) if neuron.role == role]
    states = activity[:, order].T.astype(np.float64)
    settled = states[:, min(round(_SETTLE_S / dt_s), states.shape[1] - 1) :]
    low, high = np.percentile(settled, (1, 99), axis=1, keepdims=True)
    strips = np.clip((states - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    seconds = len(curvature) * dt_s
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 1.3 + 0.17 * len(order)), layout="constrained")
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.0, 0.18 * len(order)))
        top.plot(np.arange(len(curvature)) * dt_s, 1000.0 * curvature, color=SERIES[0], linewidth=1.4)
        top.set_ylabel("curvature\n[1/km]")
        below.imshow(
            strips,
            aspect="auto",
            cmap="cividis",
            extent=(0.0, seconds, len(order) - 0.5, -0.5),
            interpolation="nearest",
        )
        roles = [wiring.state_neurons[i].role for i in order]
        for k in range(1, len(order)):
            thick = 2.5 if roles[k] != roles[k - 1] else 0.6
            below.axhline(k - 0.5, color=INK, linewidth=thick)
        below.set_yticks(range(len(order)), [wiring.state_neurons[i].name.replace("_", " ") for i in order], fontsize=7)
        below.tick_params(length=0)
        below.set_xlabel("time [s]", color=MUTED)
        return svg(figure, f"activity-{name}", "Activity of each neuron over time")


def _positions(neurons: tuple[Neuron, ...]) -> list[tuple[Neuron, tuple[float, float]]]:
    placed = []
    for column in _COLUMNS:
        held = [neuron for neuron in neurons if neuron.role == column]
        room = (_HEIGHT - _TOP) / max(len(held), 1)
        placed += [(neuron, (_X[column], _TOP + (k + 0.5) * room)) for k, neuron in enumerate(held)]
    return placed


def _synapse(
    synapse: Synapse, place: dict[str, tuple[float, float]], role: dict[str, Role], opacity: float, *, excites: bool
) -> str:
    (x0, y0), (x1, y1) = place[synapse.source], place[synapse.target]
    kind = "excite" if excites else "inhibit"
    if synapse.source == synapse.target:
        path = f"M{x0 + 8:.0f} {y0 - 8:.0f}c30 -26 30 42 0 16"
    elif role[synapse.source] == role[synapse.target]:
        bulge = 30.0 + 0.25 * abs(y1 - y0)
        path = f"M{x0:.0f} {y0:.0f}C{x0 + bulge:.0f} {y0:.0f} {x1 + bulge:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    else:
        middle = 0.5 * (x0 + x1)
        path = f"M{x0:.0f} {y0:.0f}C{middle:.0f} {y0:.0f} {middle:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    width = 0.7 if role[synapse.source] == "sensory" else 1.4
    return f'<path class="{kind}" d="{path}" stroke-width="{width}" opacity="{opacity:.2f}"/>'


def _neuron(neuron: Neuron, x: float, y: float) -> str:
    title = f"<title>{escape(neuron.name.replace('_', ' '))}</title>"
    circle = f'<circle class="{neuron.role}" cx="{x:.0f}" cy="{y:.1f}" r="{_RADIUS[neuron.role]}">{title}</circle>'
    if neuron.role == "sensory":
        return circle
    label = neuron.name.rsplit("_", 1)[-1] if neuron.role != "motor" else "m"
    return circle + f'<text x="{x:.0f}" y="{y + 3.5:.1f}" text-anchor="middle" class="label">{escape(label[:3])}</text>'
