from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audit.toys import DT_S, drive_of, ltc, some_features
from wormdrive.audit.dynamics.trajectory import trajectory


def test_neurons_on_a_line_have_one_component() -> None:
    time = np.linspace(0, 1, 31)
    line = np.stack([time, -2 * time, np.full(31, 3.0)], axis=1).astype(np.float32)
    policy = ltc(weight=0.1)
    found = trajectory([replace(drive_of(policy, some_features(31)), activity=line)])
    assert found.principal_shares == pytest.approx([1, 0, 0], abs=1e-6)
    assert found.range_ == pytest.approx([1, 2, 0])
    assert found.fastest_per_s == pytest.approx([1 / 30 / DT_S, 1 / 30 / DT_S, 0], rel=1e-4)
    assert np.abs(found.phase[0][:, 1]).max() < 1e-5
    assert np.ptp(found.phase[0][:, 0]) == pytest.approx(5**0.5, rel=1e-5)


def test_a_circle_has_two_equal_ones() -> None:
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    drive = drive_of(ltc(weight=0.1), some_features(100))
    parts = [replace(drive, activity=circle[:50]), replace(drive, activity=circle[50:])]
    assert trajectory(parts).principal_shares == pytest.approx([0.5, 0.5], abs=1e-6)


def test_what_stands_still_has_no_direction() -> None:
    drive = replace(drive_of(ltc(weight=0.1), some_features(10)), activity=np.ones((10, 3), np.float32))
    found = trajectory([drive])
    assert not found.principal_shares.any()
    assert not found.fastest_per_s.any()
