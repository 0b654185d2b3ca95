from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from wormdrive.agents.driver import Driver
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer


def observe(count: int, seed: int = 0, speed_mps: float = 12.0, camera: bool = True) -> Observation:
    nothing = np.zeros(count)
    state = VehicleState(*(nothing,) * 4, np.full(count, speed_mps), *(nothing,) * 6)
    frames = np.random.default_rng(seed).integers(0, 256, (count, 78, 200, 3), np.uint8)
    return Observation(state, frames if camera else None, None, None, np.zeros(count, np.int8))


def make(kind: str = "ncp", dt_s: float | None = None) -> PolicyDriver:
    torch.manual_seed(0)
    return PolicyDriver(build_policy({"kind": kind}), dt_s)


@pytest.mark.parametrize("speed_mps", [3.0, 12.0, 25.0])
def test_steers_for_the_curvature_and_leaves_speed_to_the_cruise_control(speed_mps: float) -> None:
    driver: Driver = make()
    driver.reset(np.ones(5, bool))
    seen = observe(5, speed_mps=speed_mps)
    command = driver.act(seen)
    assert command.shape == (5, 2)
    assert command.dtype == np.float64
    assert np.isnan(command[:, 1]).all()
    assert (np.abs(command[:, 0]) <= 1).all()
    curvature = driver.policy.act(seen.camera, driver.policy.initial_state(5))[0]
    back = curvature_for_steer(command[:, 0], np.full(5, speed_mps), VehicleParameters())
    np.testing.assert_allclose(back, curvature, rtol=1e-5)
    # +1 is full right, left is positive curvature.
    assert (np.sign(command[:, 0]) == -np.sign(curvature)).all()


def test_remembers_each_world_and_forgets_those_that_begin_anew() -> None:
    driver, alone = make(), make()
    driver.reset(np.ones(3, bool))
    for seed in range(4):
        driver.act(observe(3, seed))
    driver.reset(np.array([False, True, False]))
    assert driver.state is not None
    assert not driver.state[1].any()
    assert driver.state[0].any()
    after = driver.act(observe(3, 9))
    alone.reset(np.ones(3, bool))
    anew = alone.act(observe(3, 9))
    assert after[1, 0] == anew[1, 0]
    assert after[0, 0] != anew[0, 0]


def test_repeats_itself() -> None:
    first, second = make(), make()
    for driver in (first, second):
        driver.reset(np.ones(2, bool))
    for seed in range(3):
        np.testing.assert_array_equal(first.act(observe(2, seed)), second.act(observe(2, seed)))


def test_elapsed_follows_from_the_time_step() -> None:
    assert make().elapsed == 1.0
    assert make(dt_s=1 / 30).elapsed == pytest.approx(0.5)
    slow, quick = make(dt_s=1 / 30), make(dt_s=1 / 5)
    for driver in (slow, quick):
        driver.reset(np.ones(2, bool))
    assert (slow.act(observe(2))[:, 0] != quick.act(observe(2))[:, 0]).all()


def test_number_of_worlds_may_change() -> None:
    driver = make()
    for count in (2, 5, 1):
        driver.reset(np.ones(count, bool))
        assert driver.act(observe(count)).shape == (count, 2)
    assert make().act(observe(3)).shape == (3, 2), "no reset is a reset of all"


def test_a_memoryless_policy_drives_too() -> None:
    driver = make("feedforward")
    driver.reset(np.ones(2, bool))
    first = driver.act(observe(2))
    np.testing.assert_array_equal(driver.act(observe(2)), first)


def test_needs_a_camera_and_a_time_step() -> None:
    with pytest.raises(ArgumentError, match="camera"):
        make().act(observe(1, camera=False))
    for dt_s in (0.0, -1.0, float("nan")):
        with pytest.raises(ArgumentError, match="dt_s"):
            make(dt_s=dt_s)


def test_worlds_whose_episode_has_ended_rest_and_change_nothing_for_the_others() -> None:
    driver, beside = make(), make()
    for each in (driver, beside):
        each.reset(np.ones(4, bool))
        each.act(observe(4, 1))
    assert driver.state is not None
    before, curvature = driver.state.clone(), driver.curvature.copy()
    seen = observe(4, 2)
    ended = np.array([0, 2, 0, 1], np.int8)
    commands = driver.act(replace(seen, end_reason=ended))
    expected = beside.act(seen)
    assert beside.state is not None
    np.testing.assert_array_equal(commands[ended == 0], expected[ended == 0])
    assert torch.equal(driver.state[ended == 0], beside.state[ended == 0])
    assert torch.equal(driver.state[ended != 0], before[ended != 0])
    np.testing.assert_array_equal(driver.curvature[ended != 0], curvature[ended != 0])
    everybody = driver.act(replace(seen, end_reason=np.ones(4, np.int8)))
    np.testing.assert_array_equal(everybody[:, 0], driver.act(replace(seen, end_reason=np.ones(4, np.int8)))[:, 0])
