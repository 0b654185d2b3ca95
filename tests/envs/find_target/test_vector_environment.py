from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

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


def test_nothing_handed_out_is_the_environments_own() -> None:
    def flown(meddle: bool) -> list[tuple[np.ndarray[Any, Any], ...]]:
        envs = FindTargetVectorEnv(2, sites=1)
        shown, infos = envs.reset(seed=1)
        found = []
        for _ in range(4):
            if meddle:
                infos["distance"] -= 5.0
                infos["visible"] += 100.0
                infos["is_success"][:] = True
                shown[:] = 0
            shown, rewards, over, late, infos = envs.step(np.full((2, 4), 0.3, np.float32))
            found.append((shown.copy(), rewards.copy(), over.copy(), late.copy()))
            if meddle:
                rewards[:], over[:], late[:] = 9.0, True, True
        return found

    for ours, theirs in zip(flown(False), flown(True), strict=True):
        assert all((one == other).all() for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda envs: pickle.loads(pickle.dumps(envs))])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_copy_in_the_middle_of_a_flight_goes_on_to_the_bit(again: Callable[[Any], Any], threads: int) -> None:
    envs = FindTargetVectorEnv(2, sites=1, threads=threads, time_limit=0.5)
    envs.reset(seed=3)
    actions = np.full((2, 4), 0.2, np.float32)
    envs.step(actions)
    other = again(envs)
    for _ in range(6):  # past the flights' end and the next ones' beginning
        ours, theirs = envs.step(actions), other.step(actions)
        assert all((one == same).all() for one, same in zip(ours[:4], theirs[:4], strict=True))


def test_its_keywords_are_those_of_the_single_one_and_how_many() -> None:
    single, many = (inspect.signature(kind).parameters for kind in (FindTargetEnv, FindTargetVectorEnv))
    assert {name: one.default for name, one in many.items()} == {
        "num_envs": 1, **{name: one.default for name, one in single.items()}
    }  # fmt: skip
    positional = [name for name, one in many.items() if one.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == ["num_envs"]
    with pytest.raises(
        TypeError, match=r"^FindTargetVectorEnv\.__init__\(\) got an unexpected keyword argument 'zoom'"
    ):
        FindTargetVectorEnv(2, zoom=2)  # type: ignore[call-arg]
