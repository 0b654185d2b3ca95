from __future__ import annotations

import numpy as np
import pytest

from wormdrive.convoy.cockpit.convoy_view import convoy_columns, convoy_view
from wormdrive.envs.viewer.drawing.theme import ORANGE
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.task_view import ChartView


def driven(gap_m: float) -> ChartView:
    history = History(convoy_columns(3))
    for k in range(30):
        history.append(
            time_s=0.1 * k, speed_mps=7.0, x_m=0.0, y_m=0.0, heading_rad=0.0, person=0.0, station_m=0.7 * k,
            offset_m=-0.2, heading_error_rad=0.0, curvature=0.0, steer=0.05, gap_m=gap_m + 0.1 * k, wanted_m=gap_m,
            speed_0_mps=8.0, speed_1_mps=7.0, speed_2_mps=6.0,
        )  # fmt: skip
    return ChartView(history, slice(5, 30), 29)


@pytest.mark.parametrize("chart", convoy_view(3).charts, ids=lambda chart: chart.name)
@pytest.mark.parametrize("gap_m", [11.0, 50.0, np.nan])
def test_every_line_lies_within_its_chart(chart: object, gap_m: float) -> None:
    curves = chart.read(driven(gap_m))
    for trace in curves.traces:
        assert trace.values.shape == (25,)
        assert (np.isnan(trace.values) | (np.abs(trace.values - curves.middle) <= curves.reach)).all()


def test_values_are_those_of_now_and_of_the_first_car_none() -> None:
    gap, speeds, offset, steering = (chart.read(driven(11.0)).value for chart in convoy_view(3).charts)
    assert gap == ("13.9 m", "+2.9 m")
    assert speeds == ("25", "km/h")
    assert offset == ("20 cm", "right")
    assert steering == ("5 %", "right")
    assert convoy_view(3).charts[0].read(driven(np.nan)).value == ("-", "drives ahead")


def test_the_speeds_of_all_cars_are_there() -> None:
    traces = convoy_view(3).charts[1].read(driven(11.0)).traces
    assert [float(trace.values[-1]) for trace in traces] == [7.0, 6.0, 8.0, 7.0]
    assert traces[2].colour == ORANGE
