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


def observe(
    count: int, seed: int = 0, speed_mps: float = 12.0, camera: bool = True, interval_s: float = 1 / 30
) -> Observation:
    nothing = np.zeros(count)
    state = VehicleState(*(nothing,) * 4, np.full(count, speed_mps), *(nothing,) * 6)
    frames = np.random.default_rng(seed).integers(0, 256, (count, 78, 200, 3), np.uint8)
    clock = np.ones(count, np.bool_), np.full(count, interval_s)
    return Observation(state, frames if camera else None, None, None, np.zeros(count, np.int8), *clock)


def make(kind: str = "ncp", dt_s: float | None = None, tell_elapsed: bool = True) -> PolicyDriver:
    torch.manual_seed(0)
    return PolicyDriver(build_policy({"kind": kind}), dt_s, tell_elapsed=tell_elapsed)


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
    seldom = quick.act(observe(2, interval_s=1 / 5))
    assert (slow.act(observe(2))[:, 0] != seldom[:, 0]).all()
    deaf = make(dt_s=1 / 30, tell_elapsed=False)
    np.testing.assert_array_equal(deaf.act(observe(2, interval_s=1 / 5)), make(dt_s=1 / 30).act(observe(2)))


def test_without_a_new_frame_the_network_rests_and_the_wheel_stays() -> None:
    driver, beside = make(dt_s=1 / 30), make(dt_s=1 / 30)
    for each in (driver, beside):
        each.act(observe(3, 1))
    assert driver.state is not None
    before = driver.state.clone()
    seen = replace(observe(3, 2), new_frame=np.array([True, False, True]))
    commands = driver.act(seen)
    np.testing.assert_array_equal(commands[[0, 2]], beside.act(observe(3, 2))[[0, 2]])
    assert torch.equal(driver.state[1], before[1])
    held = driver.curvature[1]
    slower = driver.act(replace(observe(3, 3, speed_mps=20.0), new_frame=np.zeros(3, np.bool_)))
    assert driver.curvature[1] == held
    assert curvature_for_steer(slower[1, 0], 20.0, VehicleParameters()) == pytest.approx(held)


def test_each_world_is_told_its_own_time() -> None:
    told, alone = make(dt_s=1 / 30), [make(dt_s=1 / 30) for _ in range(3)]
    intervals = np.array([1 / 30, 0.5, 0.1])
    seen = replace(observe(3, 5), frame_interval_s=intervals)
    together = told.act(seen)
    for world, (driver, interval) in enumerate(zip(alone, intervals, strict=True)):
        same = driver.act(replace(observe(3, 5), frame_interval_s=np.full(3, interval)))
        assert together[world, 0] == same[world, 0]
    assert together[1, 0] != alone[0].act(observe(3, 5))[1, 0]


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
