from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.cockpit.takeover import GRACE_S, Takeover

DT, SPEED = 1.0 / 30.0, 10.0
NONE, LEFT, RIGHT = (
    DriverCommand(),
    DriverCommand(-1.0, 0.0, on=True, keys=True),
    DriverCommand(1.0, 0.0, on=True, keys=True),
)


def drive(takeover: Takeover, driver_command: DriverCommand, seconds: float, own: float = 0.05) -> np.ndarray:
    return np.array([takeover.advance(driver_command, own, SPEED, DT).steer for _ in range(round(seconds / DT))])


def test_untouched_it_is_the_drivers_steer_to_the_last_bit() -> None:
    takeover = Takeover(VehicleParameters())
    for own in (0.0, 0.1234567, -0.9):
        steering = takeover.advance(NONE, own, SPEED, DT)
        assert steering.steer == own
        assert math.isnan(steering.pedal)
        assert steering.authority == 0.0


def test_taking_over_and_letting_go_never_jerk() -> None:
    takeover = Takeover(VehicleParameters())
    steer = np.concatenate([drive(takeover, driver_command, 2.0) for driver_command in (NONE, LEFT, NONE, RIGHT, NONE)])
    assert np.abs(np.diff(steer)).max() < 0.03  # of the lock that suits 10 m/s, some 0.25
    assert steer.min() < -0.15
    assert steer.max() > 0.15
    assert steer[-1] == 0.05
    kept = Takeover(VehicleParameters())
    assert kept.advance(RIGHT, 0.05, SPEED, DT).steer == pytest.approx(0.05, abs=0.01)  # where the driver held it


def test_the_wheel_is_given_back_a_second_after_the_last_touch() -> None:
    takeover = Takeover(VehicleParameters())
    drive(takeover, LEFT, 1.0)
    states = [takeover.advance(NONE, 0.05, SPEED, DT) for _ in range(round(3.0 / DT))]
    held = np.array([state.held for state in states])
    assert held.sum() * DT == pytest.approx(GRACE_S, abs=2 * DT)
    assert not any(state.touched for state in states)
    authority = np.array([state.authority for state in states])
    assert authority[0] == 1.0
    assert (np.diff(authority) <= 0.0).all()
    assert authority[-1] == 0.0


def test_kept_it_stays_until_let_go() -> None:
    takeover = Takeover(VehicleParameters())
    takeover.keep()
    drive(takeover, NONE, 5.0)
    assert takeover.advance(NONE, 0.5, SPEED, DT).authority == 1.0
    takeover.keep()
    drive(takeover, NONE, 1.0)
    assert takeover.advance(NONE, 0.5, SPEED, DT).steer == 0.5


def test_the_lock_suits_the_speed() -> None:
    parameters = VehicleParameters()
    for speed in (5.0, 10.0, 20.0):
        takeover = Takeover(parameters, always=True)
        for _ in range(60):
            steer = takeover.advance(LEFT, 0.0, speed, DT).steer
        bend = curvature_for_steer(np.array([steer]), np.array([speed]), parameters)[0]
        assert 0.0 < bend * speed**2 < 5.0


def test_an_axis_is_followed_and_the_pedals_are_passed_on() -> None:
    takeover = Takeover(VehicleParameters(), always=True)
    half = DriverCommand(0.5, -0.3, on=True)
    steps = [takeover.advance(half, 0.0, SPEED, DT) for _ in range(30)]
    full = Takeover(VehicleParameters(), always=True)
    most = [full.advance(DriverCommand(1.0, on=True), 0.0, SPEED, DT) for _ in range(30)][-1].steer
    assert steps[-1].steer == pytest.approx(0.5 * most)
    assert steps[-1].pedal == -0.3
    assert steps[-1].authority == 1.0
