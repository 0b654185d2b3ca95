from __future__ import annotations

import gymnasium
import numpy as np
import pytest

import wormdrive  # noqa: F401  (registers)
from tests.envs.find_target.flights import SCENARIO
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.environment import FindTargetEnv
from wormdrive.envs.find_target.vector_environment import FindTargetVectorEnv


def test_the_registry_makes_it() -> None:
    envs = gymnasium.make_vec("wormdrive/FindTarget-v0", num_envs=2, vectorization_mode="vector_entry_point", sites=1)
    shown, _ = envs.reset(seed=0)
    assert isinstance(envs, FindTargetVectorEnv)
    assert envs.observation_space.contains(shown)


def test_bit_for_bit_what_single_ones_do_whatever_the_threads() -> None:
    envs = FindTargetVectorEnv(3, sites=1, threads=2, time_limit=0.4)
    single = FindTargetEnv(sites=1, time_limit=0.4)
    shown, _ = envs.reset(seed=7)
    alone, _ = single.reset(seed=9)
    assert (shown[2] == alone).all()
    random = np.random.default_rng(0)
    ended = False
    for _ in range(7):
        actions = random.uniform(-1, 1, (3, 4)).astype(np.float32)
        shown, rewards, over, late, infos = envs.step(actions)
        if ended:
            alone, info = single.reset()
            reward, ended = 0.0, False
        else:
            alone, reward, one_over, one_late, info = single.step(actions[2])
            assert (bool(over[2]), bool(late[2])) == (one_over, one_late)
            ended = one_over or one_late
        assert (shown[2] == alone).all()
        assert rewards[2] == reward
        assert infos["distance"][2] == info["distance"]
        assert infos["_distance"].all()


def test_scenarios_are_flown_as_given() -> None:
    envs = FindTargetVectorEnv(2)
    _, infos = envs.reset(seed=0, options={"scenario": [SCENARIO, SCENARIO]})
    assert list(infos["scenario"]) == [SCENARIO, SCENARIO]
    with pytest.raises(ArgumentError, match="sequence of 2"):
        envs.reset(options={"scenario": [SCENARIO]})
    with pytest.raises(ArgumentError, match="allowed are 2"):
        envs.reset(seed=[1, 2, 3])
    with pytest.raises(ArgumentError, match="num_envs"):
        FindTargetVectorEnv(0)
