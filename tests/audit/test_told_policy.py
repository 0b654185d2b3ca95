from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.told_policy import told_policy
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.pure_pursuit import PURSUIT_S


def steered(offset_m: float, heading_rad: float, curvature: float) -> float:
    policy = told_policy()
    found, _ = policy.act(np.array([[offset_m, heading_rad, curvature]]), policy.initial_state(1))
    return float(found[0])


def test_it_steers_back_and_along_with_the_lane() -> None:
    ahead = PURSUIT_S * CRUISING_MPS
    assert steered(0.0, 0.0, 0.0) == 0.0
    assert steered(0.3, 0.0, 0.0) == pytest.approx(-2 * 0.3 / ahead**2, rel=1e-5)
    assert steered(0.0, 0.05, 0.0) == pytest.approx(-2 * 0.05 / ahead, rel=1e-5)
    assert 0.5 < steered(0.0, 0.0, 0.01) / 0.01 < 1.5


def test_it_is_linear_and_knows_no_side() -> None:
    parts = steered(0.3, 0.0, 0.0) + steered(0.0, 0.05, 0.0) + steered(0.0, 0.0, -0.01)
    assert steered(0.3, 0.05, -0.01) == pytest.approx(parts, rel=1e-4)
    assert steered(-0.3, -0.05, 0.01) == pytest.approx(-parts, rel=1e-4)
