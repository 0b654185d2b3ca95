"""Copies and pickles of environments in the middle of a drive: they go on to the bit, or are refused at once."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle
import gymnasium as gym
import numpy as np
import pytest

from tests.envs.lane_keeping.sameness import same
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.simulation.scenario import Scenario

ID = "wormdrive/LaneKeeping-v0"
STATE: dict[str, Any] = {"observation": "state", "route_length": 30.0, "routes": 3, "season": ("summer", "winter")}
CAMERA: dict[str, Any] = {
    **STATE,
    "observation": ("camera", "segmentation", "depth", "speed"),
    "camera": {"width": 40, "height": 16},
    "traffic": 2,
    "disturbances": {"latency": {"delay_s": 0.1}, "drop": {"probability": 0.3}, "steering": {"play": 0.1}},
}
WAYS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda env: pickle.loads(pickle.dumps(env)),
    "cloudpickle": lambda env: pickle.loads(cloudpickle.dumps(env)),
}
Again = Callable[[Any], Any]


def goes_on_alike(one: Any, other: Any, action: Any, steps: int) -> None:
    """See that both show the same for some steps, through resets with and without a seed."""
    for seed in (None, 5, None):
        for _ in range(steps):
            same(one.step(action), other.step(action))
        same(one.reset(seed=seed), other.reset(seed=seed))


@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_single_environment(again: Again, threads: int) -> None:
    env = gym.make(ID, threads=threads, **STATE)
    env.reset(seed=7)
    env.step([0.1])
    twin = again(env)
    env.reset()
    twin.reset()
    goes_on_alike(env, twin, np.array([0.1], np.float32), 12)


@pytest.mark.slow
@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_single_environment_with_disturbed_pictures(again: Again, threads: int) -> None:
    env = gym.make(ID, threads=threads, **CAMERA)
    env.reset(seed=7)
    for _ in range(5):
        env.step([0.1])
    twin = again(env)
    goes_on_alike(env, twin, np.array([0.1], np.float32), 8)


@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_a_vector_environment_through_its_own_resets(again: Again, mode: str) -> None:
    env = gym.make_vec(ID, 3, autoreset_mode=mode, **STATE)
    env.reset(seed=7)
    actions = np.array([[0.8], [0.0], [-0.8]], np.float32)
    for _ in range(40):
        env.step(actions)
    twin = again(env)
    goes_on_alike(env, twin, actions, 60)


@pytest.mark.slow
@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
def test_a_vector_environment_of_many_threads(again: Again) -> None:
    env = gym.make_vec(ID, 512, threads=2, **STATE)
    env.reset(seed=7)
    actions = np.linspace(-0.5, 0.5, 512, dtype=np.float32)[:, None]
    env.step(actions)
    twin = again(env)
    env.close()
    fresh = gym.make_vec(ID, 512, threads=1, **STATE)
    fresh.reset(seed=7)
    fresh.step(actions)
    goes_on_alike(fresh, twin, actions, 5)


@pytest.mark.slow
@pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
def test_a_vector_environment_with_pictures_on_two_threads(again: Again) -> None:
    env = gym.make_vec(ID, 3, threads=2, **CAMERA)
    env.reset(seed=7)
    actions = np.full((3, 1), 0.1, np.float32)
    env.step(actions)
    goes_on_alike(env, again(env), actions, 5)


def test_copies_of_copies_leave_the_original_its_roads() -> None:
    """What routes are found by outlives them: no copy may be shown the road of another that is gone."""
    env = gym.make(ID, **STATE)
    env.reset(seed=1)
    expected = [env.reset(seed=seed)[0] for seed in range(6)]
    for seed in range(6):
        env = copy.deepcopy(env)
        np.testing.assert_array_equal(env.reset(seed=seed)[0], expected[seed])
        table = env.unwrapped.simulator.unwrapped._batch.roads
        assert len(table._users) == len(table._start) == 1


def test_a_copy_before_the_first_reset_and_of_a_closed_one() -> None:
    env = gym.make(ID, seed=3, **STATE)
    twin = copy.deepcopy(env)
    same(env.reset(), twin.reset())
    env.close()
    closed = copy.deepcopy(env)
    with pytest.raises(SimulatorError, match="closed"):
        closed.reset()


def test_a_window_is_not_copied() -> None:
    env = gym.make(ID, **STATE).unwrapped
    env._window = object()
    assert copy.deepcopy(env)._window is None


@pytest.mark.parametrize("again", [*WAYS.values(), copy.copy], ids=[*WAYS, "copy"])
def test_what_drives_on_a_server_is_refused_in_a_line(again: Again) -> None:
    with pytest.raises(SimulatorError, match=r"^simulator='carla': cannot be copied or pickled.*$"):
        again(CarlaSimulator.__new__(CarlaSimulator))


def test_a_scenario_is_its_own_copy_but_not_where_it_is_to_be_changed() -> None:
    scenario = Scenario(seed=3)
    assert copy.deepcopy([scenario])[0] is scenario
    other = scenario.model_copy(deep=True, update={"seed": 4})
    assert (scenario.seed, other.seed) == (3, 4)
