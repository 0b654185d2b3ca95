from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.disturbances.worn_steering import WornSteering
from wormdrive.envs.simulation.disturbances import Steering


def test_the_wheels_stand_askew_by_the_offset() -> None:
    steering = WornSteering(Steering(offset=0.1))
    for steer in (-1.0, -0.3, 0.0, 0.5):
        assert steering.turn(steer) == pytest.approx(steer + 0.1)
    assert steering.turn(0.95) == steering.turn(1.0) == steering.turn(3.0) == 1.0


def test_the_steering_follows_behind_its_play() -> None:
    steering = WornSteering(Steering(play=0.2))
    assert [steering.turn(steer) for steer in (0.05, 0.1, -0.1)] == [0.0, 0.0, 0.0]
    assert steering.turn(0.5) == pytest.approx(0.4)
    for back in (0.45, 0.35, 0.31):
        assert steering.turn(back) == pytest.approx(0.4), "turned back within the play"
    assert steering.turn(0.2) == pytest.approx(0.3)
    wheel = np.sin(np.linspace(0.0, 20.0, 400))
    follows = np.array([steering.turn(float(value)) for value in wheel])
    assert np.abs(follows - wheel).max() <= 0.1 + 1e-12
    assert follows.max() == pytest.approx(0.9, abs=0.01)
