from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from tests.envs.lane_keeping.sameness import same
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario

ID = "wormdrive/LaneKeeping-v0"
SHORT: dict[str, Any] = {
    "season": ("summer", "winter"),
    "route_length": 30.0,
    "routes": 4,
    "traffic": 1,
    "observation": ("camera", "state"),
}


@pytest.mark.slow
def test_64_at_once_are_64_single_ones_bit_for_bit() -> None:
    many = gym.make_vec(ID, 64, threads=2, **SHORT)
    ones = [gym.make(ID, **SHORT) for _ in range(64)]
    seen, info = many.reset(seed=100)
    for k, one in enumerate(ones):
        first, its_info = one.reset(seed=100 + k)
        same({name: seen[name][k] for name in seen}, first)
        same({name: info[name][k] for name in its_info}, its_info)
    random = np.random.default_rng(0)
    over = np.zeros(64, np.bool_)
    for _ in range(40):
        actions = random.uniform(-0.5, 1.0, (64, 1)).astype(np.float32)
        seen, reward, terminated, truncated, info = many.step(actions)
        for k in np.flatnonzero(~over):
            step = ones[k].step(actions[k])
            same({name: seen[name][k] for name in seen}, step[0])
            assert (reward[k], terminated[k], truncated[k]) == step[1:4]
            same({name: info[name][k] for name in step[4]}, step[4])
        over |= terminated | truncated
    assert over.sum() > 3
    many.close()


@pytest.mark.parametrize(
    ("mode", "departure"),
    [(AutoresetMode.NEXT_STEP, "centre"), (AutoresetMode.SAME_STEP, "centre"), (AutoresetMode.NEXT_STEP, "wheel")],
)
def test_autoreset_is_gymnasiums_own(mode: AutoresetMode, departure: str) -> None:
    """Through several episodes our batch and Gymnasium's loop over single environments are the same, infos too."""
    options = {**SHORT, "departure": departure}
    ours = gym.make_vec(ID, 4, autoreset_mode=mode, **options)
    theirs = SyncVectorEnv([lambda: gym.make(ID, **options)] * 4, autoreset_mode=mode)
    assert ours.metadata["autoreset_mode"] == theirs.metadata["autoreset_mode"] == mode
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    same(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
    random = np.random.default_rng(1)
    ends = 0
    for _ in range(120):
        actions = random.uniform(-0.3, 0.7, (4, 1)).astype(np.float32)
        a, b = ours.step(actions), theirs.step(actions)
        same(a[:4], b[:4])
        assert a[1].dtype == b[1].dtype == np.float64
        for key, value in b[4].items():
            told = b[4].get(f"_{key}")
            if key.startswith("_"):
                np.testing.assert_array_equal(a[4][key], value, err_msg=key)
            elif key == "final_info":
                ended = b[4]["_final_info"]
                for name in value:
                    same(np.asarray(a[4][key][name])[ended].tolist(), value[name][ended].tolist())
            else:
                same(list(a[4][key][told]), list(value[told]))
        ends += int((a[2] | a[3]).sum())
    assert ends >= 8
    theirs.close()
    ours.close()


def test_without_autoreset_finished_environments_wait_for_a_mask() -> None:
    env = gym.make_vec(ID, 3, autoreset_mode="Disabled", observation="state", route_length=30.0)
    env.reset(seed=0)
    actions = np.array([[0.9], [0.0], [0.0]], np.float32)
    terminated = np.zeros(3, np.bool_)
    while not terminated[0]:
        seen, _, terminated, _, info = env.step(actions)
    again, reward, terminated, _, info = env.step(actions)
    np.testing.assert_array_equal(again[0], seen[0])
    assert reward[0] == 0.0
    assert terminated.tolist() == [True, False, False]
    fresh, info = env.reset(options={"reset_mask": np.array([True, False, False])})
    np.testing.assert_array_equal(fresh[1:], again[1:])
    assert abs(fresh[0, 0]) < 0.31
    assert info["_station"].tolist() == [True, False, False]
    assert env.step(actions)[2].tolist() == [False, False, False]


def test_seeds_one_by_one_and_repeated() -> None:
    env = gym.make_vec(ID, 3, observation="state", seed=4)
    first, _ = env.reset()
    np.testing.assert_array_equal(first, env.reset(seed=[4, 5, 6])[0])
    other, _ = env.reset()
    assert (other != first).any()
    np.testing.assert_array_equal(first, env.reset(seed=4)[0])
    np.testing.assert_array_equal(other, env.reset()[0])


def test_disturbed_ones_at_once_are_single_ones_bit_for_bit() -> None:
    options = {"disturbances": {"drop": {"probability": 0.4}, "noise": {"deviation": 0.1}, "steering": {"play": 0.1}}}
    many = gym.make_vec(ID, 3, **options)
    alone = [gym.make(ID, **options) for _ in range(3)]
    seen, _ = many.reset(seed=4)
    single = [env.reset(seed=4 + k)[0] for k, env in enumerate(alone)]
    for step in range(12):
        np.testing.assert_array_equal(seen, np.stack(single))
        action = np.full((3, 1), 0.1 * np.sin(step), np.float32)
        seen = many.step(action)[0]
        single = [env.step(action[k])[0] for k, env in enumerate(alone)]
    many.close()


def test_scenarios_may_be_given() -> None:
    env = gym.make_vec(ID, 2, observation="state")
    winter = Scenario(conditions=Conditions.preset("winter"))
    _, info = env.reset(options={"scenario": [winter, Scenario()]})
    assert info["season"].tolist() == ["winter", "summer"]
    _, info = env.reset(options={"scenario": winter})
    assert info["season"].tolist() == ["winter", "winter"]
    assert info["scenario"][1] == winter


def test_a_reset_may_name_seasons_for_some() -> None:
    env = gym.make_vec(ID, 3, observation="state")
    assert env.reset(seed=np.uint8(255), options={"season": "winter"})[1]["season"].tolist() == ["winter"] * 3
    same(env.reset(seed=255)[0], env.reset(seed=[255, 256, 257])[0])
    mask = np.array([False, True, False])
    _, info = env.reset(options={"season": "autumn", "map": "suburb", "reset_mask": mask})
    assert info["season"].tolist() == ["summer", "autumn", "summer"]
    assert [scenario.map for scenario in info["scenario"]] == ["country_loop", "suburb", "country_loop"]


def test_infos_of_a_reset_have_the_keys_of_a_step() -> None:
    env = gym.make_vec(ID, 2, observation="state")
    _, first = env.reset(seed=0)
    info = env.step(np.zeros((2, 1), np.float32))[4]
    assert list(info) == list(first)
    assert {key: value.dtype for key, value in info.items()} == {key: value.dtype for key, value in first.items()}


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_episodes_of_so_many_steps_are_those_of_gymnasiums_time_limit(mode: AutoresetMode) -> None:
    options = {**SHORT, "observation": "state"}
    ours = gym.make_vec(ID, 3, autoreset_mode=mode, max_episode_steps=20, **options)
    theirs = SyncVectorEnv([lambda: gym.make(ID, max_episode_steps=20, **options)] * 3, autoreset_mode=mode)
    assert ours.spec is not None
    same(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
    random, truncations = np.random.default_rng(1), 0
    for _ in range(70):
        actions = random.uniform(-0.3, 0.9, (3, 1)).astype(np.float32)
        a, b = ours.step(actions), theirs.step(actions)
        same(a[:4], b[:4])
        truncations += int(a[3].sum())
    assert truncations > 5


def test_time_is_up_after_so_many_steps_and_a_world_stands_still_then() -> None:
    env = gym.make_vec(ID, 2, autoreset_mode="Disabled", observation="state", max_episode_steps=np.int64(5))
    env.reset(seed=0)
    actions = np.zeros((2, 1), np.float32)
    for step in range(1, 6):
        seen, _, terminated, truncated, info = env.step(actions)
        assert truncated.tolist() == [step == 5] * 2
    assert not terminated.any()
    assert info["end_reason"].tolist() == ["time_limit"] * 2
    assert not info["is_success"].any()
    again, reward, _, truncated, _ = env.step(actions)
    same(again, seen)
    assert reward.tolist() == [0.0, 0.0]
    env.reset(options={"reset_mask": np.array([True, False])})
    assert env.step(actions)[3].tolist() == [False, True]


def test_rendered_pictures() -> None:
    env = gym.make_vec(ID, 2, observation="state", render_mode="rgb_array")
    env.reset(seed=0)
    pictures = env.render()
    assert pictures is not None
    assert [picture.shape for picture in pictures] == [(234, 600, 3)] * 2
    assert (pictures[0] != pictures[1]).any()
    assert gym.make_vec(ID, 1, observation="state").render() is None


def test_errors_name_what_is_allowed() -> None:
    with pytest.raises(ArgumentError, match="autoreset_mode='never': allowed are NextStep"):
        LaneKeepingVectorEnv(2, autoreset_mode="never")
    with pytest.raises(ArgumentError, match="render_mode='human'"):
        LaneKeepingVectorEnv(2, render_mode="human")
    with pytest.raises(ArgumentError, match="num_envs=0"):
        LaneKeepingVectorEnv(0)
    env = LaneKeepingVectorEnv(2, observation="state")
    with pytest.raises(ArgumentError, match="first reset of all"):
        env.reset(options={"reset_mask": np.array([True, False])})
    with pytest.raises(ArgumentError, match="3 seeds"):
        env.reset(seed=[1, 2, 3])
    with pytest.raises(ArgumentError, match="reset_mask"):
        env.reset(options={"reset_mask": np.array([1, 0])})
    with pytest.raises(ArgumentError, match="sequence of 2"):
        env.reset(options={"scenario": [Scenario()]})
    with pytest.raises(ArgumentError, match=r"options='speed': allowed are scenario, season.*reset_mask"):
        env.reset(options={"speed": 3})
    with pytest.raises(ArgumentError, match="max_episode_steps=0: allowed"):
        LaneKeepingVectorEnv(2, max_episode_steps=0)
    env.reset(seed=0)
    with pytest.raises(ArgumentError, match="3, allowed are 2"):
        env.step(np.zeros((3, 1), np.float32))
    env.close()
    env.close()
