"""Lane view: what the window shows of a car that keeps its lane: steering, and where in the lane it is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.theme import BLUE, FAINT, GHOST, GREEN
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.scene import Course
from wormdrive.envs.viewer.task_view import Chart, ChartView, Curves, TaskView, Trace

__all__ = ["LANE_VIEW", "OFFSET_CHART", "STEERING_CHART", "kilometres_an_hour", "steering_of"]

_USUAL_HALF_M: Final = 1.75


def _steering(view: ChartView) -> Curves:
    """Left is up, as of the offset."""
    steer = -np.where(np.isnan(view["steer"]), 0.0, view["steer"])
    reach = max(0.1, 1.1 * float(np.abs(steer).max(initial=0.0)))
    beneath = _at_same_stations(view, "steer", -1.0)
    now = float(steer[view.now - view.shown.start])
    return Curves((*beneath, Trace(steer, BLUE)), 0.0, reach, _side(100 * now, "%"))


def _offset(view: ChartView) -> Curves:
    offset = view["offset_m"]
    lane = view.place.half_lane(view.current("station_m")) if isinstance(view.place, Course) else _USUAL_HALF_M
    reach = max(1.05 * lane, 1.05 * float(np.abs(offset).max(initial=0.0)))
    beneath = _at_same_stations(view, "offset_m", 1.0)
    value = _side(100 * view.current("offset_m"), "cm")
    return Curves((*beneath, Trace(offset, GREEN)), 0.0, reach, value, (lane, -lane))


def _at_same_stations(view: ChartView, column: str, sign: float) -> tuple[Trace, ...]:
    """Return what another drive did at the same places; NaN where it has not been."""
    ghost = view.ghost
    if ghost is None or not len(ghost):
        return ()
    found: NDArray[np.float64] = np.interp(
        view["station_m"], ghost["station_m"], sign * ghost[column], left=np.nan, right=np.nan
    )
    return (Trace(found, GHOST, faint=True),)


def _side(value: float, unit: str) -> tuple[str, str]:
    """Write a number whose sign is a side: how much, and where to."""
    rounded = round(value)
    return f"{abs(rounded)} {unit}", "left" if rounded > 0 else "right" if rounded < 0 else ""


def kilometres_an_hour(speed_mps: float) -> tuple[str, str]:
    """Write a speed."""
    return f"{3.6 * speed_mps:.0f}", "km/h"


def steering_of(history: History, index: int) -> float:
    """Return where the wheel stands; half of full lock fills the bar."""
    return float(np.nan_to_num(history["steer"][index]) * 2.0)


STEERING_CHART: Final = Chart("STEERING", (("left is up", FAINT),), _steering)
OFFSET_CHART: Final = Chart("LATERAL OFFSET", (("from the lane's centre", FAINT),), _offset)

LANE_VIEW: Final = TaskView(
    charts=(STEERING_CHART, OFFSET_CHART),
    chart_columns=1,
    driver="driver",
    speed=kilometres_an_hour,
    wheel=steering_of,
)
