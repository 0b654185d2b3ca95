"""Dynamics on the page: time constants, the neurons' way, what they forget, and what frame rate and solver change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from wormdrive.audit.dynamics.contraction import Contraction
from wormdrive.audit.dynamics.section import DynamicsSection
from wormdrive.audit.page.along_road import paint_road
from wormdrive.audit.page.fragments import figures, fragment, percent, times
from wormdrive.scenarios.report.canvas import Canvas, Scale

__all__ = ["draw_forgetting", "dynamics_finding", "dynamics_fragment"]

_WIDTH: Final = 480.0
_LEFT: Final = 52.0
_LEAST_LEFT: Final = 1e-3
"""Where the curve of what is left of a wrong state is cut off."""

_SHORTEST_S: Final = 0.2
"""Of the time axis [s]."""


def dynamics_finding(found: DynamicsSection) -> str:
    """Say how fast a wrong state is forgotten, and by how much time constants move."""
    if found.forgetting is None:
        return "it has no memory that could be wrong"
    half = found.to_json()["half_life_s"]
    said = "a wrong state is not halved" if half is None else f"a wrong state is halved within {figures(half, 2)} s"
    if found.constants is None:
        return said
    moved = float(np.median(np.max([one.liquidity for one in found.constants], axis=0)))
    return f"{said}, and along a drive a neuron's longest time constant is {times(moved)} its shortest (median)"


def dynamics_fragment(found: DynamicsSection) -> str:
    """Tell all figures; draw the way of the neurons and how a wrong state fades."""
    data: dict[str, Any] = found.to_json()
    along = found.along
    frames = [(stride, told, found.untold_strides[stride]) for stride, told in sorted(found.frame_strides.items())]
    return fragment(
        "dynamics.html.jinja",
        data=data,
        frames=frames,
        has_constants=found.constants is not None,
        active_drawn=paint_road(along.place, along.activity, found.names, "Each neuron's activity along a drive"),
        quick_drawn=""
        if along.time_constant is None or found.constants is None
        else paint_road(
            along.place, along.time_constant, found.constants[0].names, "Each neuron's time constant along a drive"
        ),
        phase_drawn=_phase(found),
        forgetting_drawn="" if found.forgetting is None else draw_forgetting(found.forgetting),
    )


def _phase(found: DynamicsSection) -> str:
    """Draw each drive's way in the plane of the first two principal components."""
    ways = found.trajectory.phase
    if not ways or ways[0].shape[1] < 2:
        return ""
    canvas = Canvas(_WIDTH, 330.0, "The neurons' way in the plane of their first two principal components")
    points = np.concatenate(ways)
    centre, reach = (points.max(0) + points.min(0)) / 2, max(float(np.ptp(points, axis=0).max()) / 2, 1e-9)
    across = Scale(centre[0] - reach, centre[0] + reach, _LEFT, _WIDTH - 8.0)
    narrow = reach * 290.0 / (_WIDTH - 8.0 - _LEFT)
    up = Scale(centre[1] - narrow, centre[1] + narrow, 298.0, 8.0)
    shares = found.trajectory.principal_shares
    for value in np.linspace(across.low, across.high, 5):
        canvas.line((across(value), 8.0), (across(value), 298.0), "grid-line")
    canvas.text((_WIDTH / 2, 318.0), f"first component ({percent(float(shares[0]))} of the variance)", "axis", "middle")
    canvas.text((_LEFT, 22.0), f"up: second ({percent(float(shares[1]))})", "axis")
    for way in ways:
        canvas.curve([(across(x), up(y)) for x, y in way], "curve faint s0")
        canvas.mark((across(way[0, 0]), up(way[0, 1])), 1, "beginning of a drive", "mark small")
    return canvas.svg


def draw_forgetting(forgetting: Sequence[Contraction]) -> str:
    """Draw what is left of a wrong state over time, a line each, on a logarithmic scale."""
    canvas = Canvas(_WIDTH, 330.0, "What is left of a wrong state over time")
    longest = 1.1 * max(float(one.time_s[one.state >= _LEAST_LEFT].max(initial=0.0)) for one in forgetting)
    across = Scale(0.0, max(longest, _SHORTEST_S), _LEFT, _WIDTH - 12.0)
    up = Scale(np.log10(_LEAST_LEFT), 0.3, 288.0, 8.0)
    ticks = [(second, f"{second:g}") for second in np.linspace(0.0, across.high, 5).round(2)]
    canvas.across(across, ticks, 8.0, 288.0, "seconds since the state was made wrong")
    canvas.up(up, [(0.0, "100 %"), (-1.0, "10 %"), (-2.0, "1 %"), (-3.0, "0.1 %")], _LEFT, _WIDTH - 12.0)
    for one in forgetting:
        share = np.log10(np.maximum(one.state, _LEAST_LEFT))
        canvas.curve([(across(t), up(y)) for t, y in zip(one.time_s, share, strict=True)], "curve faint s0")
    return canvas.svg
