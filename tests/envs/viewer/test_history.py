from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.viewer.history import DriveHistory

COLUMNS = (
    "time_s", "station_m", "offset_m", "heading_error_rad", "curvature", "steer", "speed_mps", "x_m", "y_m",
    "heading_rad", "person",
)  # fmt: skip


def test_samples_come_back_in_order_however_many() -> None:
    history = DriveHistory()
    for k in range(1300):
        history.append(**{name: float(k + place) for place, name in enumerate(COLUMNS)})
    assert len(history) == 1300
    for place, name in enumerate(COLUMNS):
        np.testing.assert_array_equal(history[name], np.arange(1300.0) + place)


def test_a_whole_trace_is_made_of_columns() -> None:
    history = DriveHistory.of(**{name: np.full(4, float(place)) for place, name in enumerate(COLUMNS)})
    assert len(history) == 4
    assert history["steer"].tolist() == [5.0] * 4


def test_a_sample_needs_every_column() -> None:
    with pytest.raises(KeyError):
        DriveHistory().append(time_s=0.0)
