from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.lane_keeping.actions import MOST_CURVATURE
from wormdrive.envs.simulation.vehicle import steer_for_curvature

ID = "wormdrive/LaneKeeping-v0"


def after(given: Any, steps: int = 6, **options: Any) -> np.ndarray:
    env = gym.make(ID, observation="state", disable_env_checker=True, **options)
    env.reset(seed=3)
    return np.stack([env.step(given)[0] for _ in range(steps)])


@pytest.mark.parametrize(
    "action",
    [
        [0.25],
        (0.25,),
        np.array([0.25], np.float32),
        torch.tensor([0.25], requires_grad=True),
        torch.nn.Parameter(torch.tensor([0.25])),
        [torch.tensor(0.25, requires_grad=True)],
        torch.tensor([0.25], dtype=torch.bfloat16),
    ],
    ids=lambda action: type(action).__name__,
)
def test_whatever_bears_the_number_gives_the_same_answer(action: Any) -> None:
    np.testing.assert_array_equal(after(action), after(np.array([0.25])))


def test_tensors_of_many_environments() -> None:
    steer = np.array([[0.25], [-0.5]], np.float32)
    rewards = []
    for actions in (steer, torch.tensor(steer, requires_grad=True), [torch.tensor(one) for one in steer]):
        env = gym.make_vec(ID, 2, observation="state")
        env.reset(seed=3)
        rewards.append(np.stack([env.step(actions)[1] for _ in range(4)]))
    np.testing.assert_array_equal(rewards[0], rewards[1])
    np.testing.assert_array_equal(rewards[0], rewards[2])


def test_the_action_curvature_turns_the_wheels_as_drivers_do() -> None:
    """With the expert's curvature the car drives as with the expert's steering, to the bit."""
    by_curvature = gym.make(ID, observation="state", action="curvature", route_length=60.0)
    by_steer = gym.make(ID, observation="state", route_length=60.0)
    assert by_curvature.action_space == gym.spaces.Box(-MOST_CURVATURE, MOST_CURVATURE, (1,), np.float32)
    shown = [env.reset(seed=3)[0] for env in (by_curvature, by_steer)]
    simulator: Any = by_curvature.unwrapped.simulator  # type: ignore[attr-defined]
    expert, over = Expert(simulator), False
    while not over:
        np.testing.assert_array_equal(*shown)
        seen = simulator.last_observation
        curvature = expert.curvature(seen).astype(np.float32)
        steer = steer_for_curvature(curvature, seen.state.speed_mps, simulator.parameters)
        (one, _, *ended, info), other = by_curvature.step(curvature), by_steer.step(steer)
        shown, over = [one, other[0]], any(ended)
    assert info["is_success"]


def test_curvature_beyond_the_space_is_cut_off() -> None:
    np.testing.assert_array_equal(after([5.0], action="curvature"), after([MOST_CURVATURE], action="curvature"))
    env = gym.make(ID, observation="state", action="curvature", disable_env_checker=True)
    env.reset(seed=0)
    with pytest.raises(ArgumentError, match=r"action: NaN, allowed are numbers in \[-0.2, 0.2\]"):
        env.step(np.full(1, np.nan))
    with pytest.raises(ArgumentError, match=r"shape \(2,\), allowed is \(1,\)"):
        env.step(np.zeros(2))
