from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.task_view import ChartView
from wormdrive.find_target.cockpit.flight_view import COLUMNS, FLIGHT_VIEW, Woods


def flown() -> History:
    history = History(COLUMNS)
    for k in range(50):
        history.append(
            time_s=0.1 * k, speed_mps=2.0, x_m=0.2 * k, y_m=0.0, heading_rad=0.0, person=0.0,
            distance_m=20.0 - 0.2 * k, height_m=3.0, visible_px=float(k * k), forward=0.7, lateral=-0.2, climb=0.1,
            yaw_rate=0.4,
        )  # fmt: skip
    return history


@pytest.mark.parametrize("chart", FLIGHT_VIEW.charts, ids=lambda chart: f"{chart.name}-{chart.notes[0][0]}")
def test_every_line_lies_within_its_chart(chart: object) -> None:
    curves = chart.read(ChartView(flown(), slice(10, 40), 39))
    for trace in curves.traces:
        assert trace.values.shape == (30,)
        assert (np.abs(trace.values - curves.middle) <= curves.reach).all()


def test_values_are_those_of_now() -> None:
    values = [chart.read(ChartView(flown(), slice(10, 40), 39)).value for chart in FLIGHT_VIEW.charts]
    assert values == [
        ("12.2 m", ""), ("1521", "pixels"), ("3.0 m", ""), ("2.0", "m/s"), ("+70 %", "-20 %"), ("+40 %", "+10 %")
    ]  # fmt: skip
    assert FLIGHT_VIEW.wheel(flown(), 39) == -0.4  # to the left
    assert FLIGHT_VIEW.speed(2.04) == ("2.0", "m/s")


def test_the_map_holds_start_and_target_with_room_around() -> None:
    woods = Woods(np.zeros((3, 2)), np.array([5.0, 40.0]), np.array([20.0, 30.0]))
    (west, south), (east, north) = woods.plan.area
    assert west < 0.0 < 26.0 < east
    assert south < 25.0 < 45.0 < north
    assert woods.progress(flown(), 39) == "12 m to go"
    assert woods.progress(History(COLUMNS), 0) == ""
