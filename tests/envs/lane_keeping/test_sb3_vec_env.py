from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv

from tests.envs.lane_keeping.sameness import same
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.lane_keeping.sb3_vec_env import SB3VecEnv
from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv
from wormdrive.envs.simulation.scenario import Scenario

ID = "wormdrive/LaneKeeping-v1"
SHORT: dict[str, Any] = {"season": ("summer", "winter"), "route_length": 30.0, "routes": 4}


def batch(count: int, **options: Any) -> SB3VecEnv:
    made = gym.make_vec(ID, count, autoreset_mode="SameStep", **{**SHORT, **options}).unwrapped
    assert isinstance(made, LaneKeepingVectorEnv)
    return SB3VecEnv(made)


@pytest.mark.parametrize("observation", ["camera", ("camera", "state")])
def test_it_is_stable_baselines_own_loop_over_single_environments(observation: Any) -> None:
    """Through several episodes observations, rewards, ends and infos are the same, what is told of ends included."""
    ours = batch(3, observation=observation)
    theirs = DummyVecEnv([lambda: gym.make(ID, observation=observation, **SHORT)] * 3)
    assert (ours.observation_space, ours.action_space) == (theirs.observation_space, theirs.action_space)
    assert ours.seed(5) == theirs.seed(5)
    same(ours.reset(), theirs.reset())
    same(ours.reset_infos, theirs.reset_infos)
    random, ends, timed_out = np.random.default_rng(0), 0, 0
    for step in range(150):
        actions = random.uniform(-0.05, 0.4 * (step % 50 > 30), (3, 1)).astype(np.float32)
        shown = ours.step(actions)
        assert shown[1].dtype == np.float32
        same(shown, theirs.step(actions))
        ends += int(shown[2].sum())
        timed_out += sum(info["TimeLimit.truncated"] for info in shown[3])
    assert ends > timed_out > 0
    same(ours.reset(), theirs.reset())  # goes on from where the seeds have come to
    ours.close()


def test_infos_say_what_was_seen_last_and_why_it_ended() -> None:
    env = batch(2, observation="state", action="steer_acceleration")
    env.seed(0)
    env.reset()
    for _ in range(100):
        seen, _, done, infos = env.step(np.array([[0.6, 0.5], [0.0, 0.0]], np.float32))
        if done[0]:
            break
    assert infos[0]["end_reason"] == "lane_departure"
    assert not infos[0]["is_success"]
    assert not infos[0]["TimeLimit.truncated"]
    assert abs(infos[0]["terminal_observation"][0]) > 1.0 > abs(seen[0, 0])
    assert infos[1]["end_reason"] == ""
    assert "terminal_observation" not in infos[1]


def test_options_of_the_next_episodes() -> None:
    env = batch(2, observation="state")
    env.set_options({"season": "autumn"})
    env.reset()
    assert {info["season"] for info in env.reset_infos} == {"autumn"}
    scenarios = [Scenario(route_seed=k, route_length_m=30.0) for k in (3, 4)]
    env.set_options([{"scenario": scenario} for scenario in scenarios])
    env.reset()
    assert [info["scenario"] for info in env.reset_infos] == scenarios
    env.set_options([{"season": "autumn"}, {"season": "winter"}])
    with pytest.raises(ArgumentError, match="the same options for all"):
        env.reset()


def test_attributes_and_methods() -> None:
    env = batch(2, observation="state", render_mode="rgb_array")
    env.reset()
    assert env.get_attr("action_space") == [env.action_space] * 2
    assert env.get_attr("render_mode", indices=1) == ["rgb_array"]
    assert not env.has_attr("horse")
    assert env.env_is_wrapped(gym.Wrapper) == [False, False]
    pictures = env.get_images()
    (second,) = env.env_method("render", indices=[1])
    np.testing.assert_array_equal(second, pictures[1])
    tiled = env.render()
    assert tiled is not None
    assert tiled.size == sum(picture.size for picture in pictures if picture is not None)
    assert env.env_method("get_wrapper_attr", "observation_space") == [env.observation_space] * 2
    with pytest.raises(ArgumentError, match="env_method='fly': allowed are render"):
        env.env_method("fly")
    with pytest.raises(ArgumentError, match=r"set_attr\('season'\)"):
        env.set_attr("season", "winter")


def test_another_way_to_begin_anew_is_refused() -> None:
    made = gym.make_vec(ID, 2, observation="state", **SHORT).unwrapped
    assert isinstance(made, LaneKeepingVectorEnv)
    with pytest.raises(ArgumentError, match="autoreset_mode='NextStep': allowed are SameStep"):
        SB3VecEnv(made)
