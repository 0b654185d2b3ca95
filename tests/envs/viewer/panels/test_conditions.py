from __future__ import annotations

import pytest

from wormdrive.envs.viewer.panels.conditions import clock


@pytest.mark.parametrize(
    ("hour", "written"),
    [(0.0, "00:00"), (13.5, "13:30"), (6.0 + 7.4 / 60.0, "06:07"), (23.999, "00:00"), (24.0, "00:00")],
)
def test_the_hour_is_written_as_on_a_clock(hour: float, written: str) -> None:
    assert clock(hour) == written
