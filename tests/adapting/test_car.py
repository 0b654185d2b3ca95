from __future__ import annotations

import numpy as np
import pytest

from tests.adapting.toys import Doubles, frames_of, liquid, unchanged, weights_of
from wormdrive.adapting.car import Car, Cars
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters


def test_cars_that_only_drive_steer_as_the_policys_own_driver_does() -> None:
    policy = liquid()
    simulator = EmbeddedSimulator(2, camera=policy.camera)
    observation = simulator.reset([Scenario(seed=1), Scenario(seed=2)])
    cars = Cars([Car(policy), Car(policy)], simulator.dt_s, simulator.parameters)
    driver = PolicyDriver(policy, simulator.dt_s, simulator.parameters)
    for _ in range(4):
        command = driver.act(observation)
        assert np.array_equal(cars.act(observation), command, equal_nan=True)
        observation = simulator.step(command)
    simulator.close()


def test_a_car_learns_on_a_copy_and_begins_every_drive_anew() -> None:
    policy = liquid()
    before, frame = weights_of(policy), frames_of(1)
    car = Car(policy, Doubles)
    car.see(frame, 1.0)
    first = car.curvature
    car.see(frame, 1.0)
    assert not unchanged(car.policy, before)
    assert unchanged(policy, before)
    assert car.habit.counts == {"updates": 2}
    car.reset()
    assert unchanged(car.policy, before)
    assert car.habit.counts == {"updates": 0}
    car.see(frame, 1.0)
    assert car.curvature == first


def test_no_car_is_refused() -> None:
    with pytest.raises(ArgumentError, match="cars: none; allowed is one a world"):
        Cars([], 1 / 30, VehicleParameters())
