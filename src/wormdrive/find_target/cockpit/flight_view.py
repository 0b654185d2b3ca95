"""Flight view: what the window shows of a flight, and what can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.dynamics import ACTION_NAMES, ALTITUDES_M, TOP_RATES
from wormdrive.envs.find_target.wood import TRUNK_M
from wormdrive.envs.find_target.worlds import REACH_M
from wormdrive.envs.viewer.drawing.theme import BLUE, FAINT, GREEN
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.place import MapPlan, Place
from wormdrive.envs.viewer.task_view import Chart, ChartView, Curves, TaskView, Trace
from wormdrive.envs.viewer.user_commands import BUTTONS, SEASON_KEYS, Controls

__all__ = ["COLUMNS", "FLIGHT", "FLIGHT_VIEW", "Woods"]

COLUMNS: Final = ("distance_m", "height_m", "visible_px", *ACTION_NAMES)
"""Of a flight's history, beyond those of every one: to the target's box [m], above ground [m], how much of the target
shows [pixel], and the actions in [-1, 1]."""
_ROOM_M: Final = 9.0
"""What the map shows around start and target."""


@dataclass(frozen=True, eq=False)
class Woods(Place):
    """The wood of a flight: ``trunks`` (K, 2), ``start`` and ``target`` (2,), x and y [m]."""

    trunks: NDArray[np.float64]
    start: NDArray[np.float64]
    target: NDArray[np.float64]

    @property
    def plan(self) -> MapPlan:
        """See ``Place``."""
        ends = np.stack([self.start, self.target])
        area = np.stack([ends.min(axis=0) - _ROOM_M, ends.max(axis=0) + _ROOM_M])
        return MapPlan(area, self.start, trunks=self.trunks, trunk_m=TRUNK_M)

    def progress(self, history: History, index: int) -> str:
        """Return how far it is to the target."""
        return f"{history['distance_m'][index]:.0f} m to go" if len(history) else ""


def _distance(view: ChartView) -> Curves:
    most = float(view.history["distance_m"].max())
    value = f"{view.current('distance_m'):.1f} m", ""
    return Curves.between(0.0, 1.1 * most, (Trace(view["distance_m"], BLUE),), value, (REACH_M,))


def _visible(view: ChartView) -> Curves:
    visible = view["visible_px"]
    value = f"{view.current('visible_px'):.0f}", "pixels"
    return Curves.between(0.0, max(20.0, 1.1 * float(visible.max())), (Trace(visible, GREEN),), value)


def _height(view: ChartView) -> Curves:
    low, high = ALTITUDES_M
    value = f"{view.current('height_m'):.1f} m", ""
    return Curves.between(low - 1.0, high + 1.0, (Trace(view["height_m"], BLUE),), value, ALTITUDES_M)


def _speed(view: ChartView) -> Curves:
    value = f"{view.current('speed_mps'):.1f}", "m/s"
    return Curves.between(0.0, 1.1 * TOP_RATES[0], (Trace(view["speed_mps"], GREEN),), value)


def _actions(first: str, second: str, view: ChartView) -> Curves:
    traces = Trace(view[second], GREEN), Trace(view[first], BLUE)
    return Curves(traces, 0.0, 1.1, (_percent(view.current(first)), _percent(view.current(second))))


def _percent(share: float) -> str:
    return f"{100 * share:+.0f} %"


FLIGHT_VIEW: Final = TaskView(
    charts=(
        Chart("DISTANCE", (("to the target", FAINT),), _distance),
        Chart("IN VIEW", (("of the target", FAINT),), _visible),
        Chart("HEIGHT", (("above the ground", FAINT),), _height),
        Chart("SPEED", (("with climbing", FAINT),), _speed),
        Chart("COMMANDS", (("forward", BLUE), ("to the left", GREEN)), partial(_actions, "forward", "lateral")),
        Chart("COMMANDS", (("turn left", BLUE), ("climb", GREEN)), partial(_actions, "yaw_rate", "climb")),
    ),
    chart_columns=2,
    driver="pilot",
    speed=lambda speed_mps: (f"{speed_mps:.1f}", "m/s"),
    wheel=lambda history, index: -float(history["yaw_rate"][index]),
)

FLIGHT: Final = Controls(
    (
        BUTTONS["pause"],
        replace(BUTTONS["step"], help_text="one step of 1/10 s, then pause"),
        BUTTONS["fast"],
        replace(BUTTONS["restart"], help_text="the same flight from its start"),
        replace(BUTTONS["next"], help_text="another flight"),
        BUTTONS["saliency"],
        BUTTONS["film"],
        BUTTONS["help"],
    ),
    (
        SEASON_KEYS,
        ("Arrows", "fly forward or back, and turn, until you let go; the pilot keeps the height"),
        ("Gamepad", "left stick and triggers, the same way"),
        ("Mouse", "everything; pressed on the large picture it turns"),
    ),
)
"""What can be asked for."""
