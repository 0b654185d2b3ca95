"""Convoy view: what the window shows of a car in a convoy, and what can be asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from wormdrive.envs.convoy.speed_profile import TOP_MPS
from wormdrive.envs.viewer.drawing.theme import BLUE, GHOST, GREEN, MUTED, ORANGE
from wormdrive.envs.viewer.history import DRIVE_COLUMNS
from wormdrive.envs.viewer.lane_view import OFFSET_CHART, STEERING_CHART, kilometres_an_hour, steering_of
from wormdrive.envs.viewer.task_view import Chart, ChartView, Curves, TaskView, Trace
from wormdrive.envs.viewer.user_commands import BUTTONS, SEASON_KEYS, Button, Controls

__all__ = ["CONVOY", "convoy_columns", "convoy_view"]

_USUAL_GAP_M: Final = 15.0


def convoy_columns(cars: int) -> tuple[str, ...]:
    """Return the columns of a car's history beyond those of every one.

    Those of a drive; ``gap_m`` and ``wanted_m`` [m], NaN for the first car; and the speeds of all cars [m/s].
    """
    return (*DRIVE_COLUMNS, "gap_m", "wanted_m", *(_speed_column(car) for car in range(cars)))


def _speed_column(car: int) -> str:
    return f"speed_{car}_mps"


def _gap(view: ChartView) -> Curves:
    gap, wanted, now = view["gap_m"], view["wanted_m"], view.current("gap_m")
    most = max(_USUAL_GAP_M, 1.1 * float(np.nan_to_num(np.stack([gap, wanted])).max()))
    value = ("-", "drives ahead") if np.isnan(now) else (f"{now:.1f} m", f"{now - view.current('wanted_m'):+.1f} m")
    return Curves.between(0.0, most, (Trace(wanted, GHOST), Trace(gap, BLUE)), value)


def _speeds(cars: int, view: ChartView) -> Curves:
    others = [Trace(view[_speed_column(car)], MUTED, faint=True) for car in range(1, cars)]
    traces = (*others, Trace(view[_speed_column(0)], ORANGE), Trace(view["speed_mps"], GREEN))
    return Curves.between(0.0, 1.1 * TOP_MPS, traces, (f"{3.6 * view.current('speed_mps'):.0f}", "km/h"))


def convoy_view(cars: int) -> TaskView:
    """Return what is shown of a convoy of so many cars."""
    return TaskView(
        charts=(
            Chart("GAP", (("gap", BLUE), ("wanted", GHOST)), _gap),
            Chart("SPEEDS", (("first", ORANGE), ("this car", GREEN)), partial(_speeds, cars)),
            OFFSET_CHART,
            STEERING_CHART,
        ),
        chart_columns=2,
        driver="driver",
        speed=kilometres_an_hour,
        wheel=steering_of,
    )


CONVOY: Final = Controls(
    (
        BUTTONS["pause"],
        replace(BUTTONS["step"], help_text="one step of 1/10 s, then pause"),
        BUTTONS["fast"],
        replace(BUTTONS["restart"], help_text="the same drive from its start"),
        replace(BUTTONS["next"], help_text="another road"),
        Button("Car", "Tab", "follow", "the next car back; after the last one the first"),
        BUTTONS["saliency"],
        BUTTONS["film"],
        BUTTONS["help"],
    ),
    (SEASON_KEYS, ("[ ]", "the car ahead, the car behind")),
)
"""What can be asked for."""
