"""Whatever an environment hands out is the caller's: changing it changes nothing that comes after."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from tests.envs.lane_keeping.sameness import same
from wormdrive.envs.lane_keeping.task import OBSERVATIONS

ID = "wormdrive/LaneKeeping-v0"
STATE: dict[str, Any] = {"observation": ("speed", "state"), "route_length": 30.0, "routes": 3, "map": ["country_loop"]}
PICTURES: dict[str, Any] = {**STATE, "observation": OBSERVATIONS, "camera": {"width": 40, "height": 16}}


def arrays(held: Any, seen: set[int] | None = None) -> Iterator[np.ndarray]:
    """Every array that can be reached from an object by attributes and items."""
    seen = set() if seen is None else seen
    if id(held) in seen or isinstance(held, type | str | bytes):
        return
    seen.add(id(held))
    if isinstance(held, np.ndarray):
        yield held
        inner: Any = held.tolist() if held.dtype == object else ()
    elif isinstance(held, dict):
        inner = held.values()
    elif isinstance(held, list | tuple | set | frozenset):
        inner = held
    else:
        inner = [*getattr(held, "__dict__", {}).values()]
    for one in inner:
        yield from arrays(one, seen)


def scribbled(shown: Any) -> None:
    """Write over every array in what was handed out, and empty every mapping and list."""
    for array in list(arrays(shown)):
        assert array.flags.writeable
        array[...] = array[::-1].copy() if array.dtype == object else np.zeros((), array.dtype)
    for mapping in [part for part in (shown if isinstance(shown, tuple) else (shown,)) if isinstance(part, dict)]:
        for value in mapping.values():
            if isinstance(value, dict | list):
                value.clear()
        mapping.clear()


def rollout(env: Any, scribble: bool) -> Iterator[Any]:
    actions = np.full(env.action_space.shape, 0.4, np.float32)
    spaces = (env.action_space, env.observation_space)
    for shown in (env.reset(seed=2), *(env.step(actions) for _ in range(45)), env.reset()):
        yield copy.deepcopy(shown)
        if scribble:
            scribbled(shown)
            scribbled(spaces)
            env.spec.kwargs.clear()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("options", [STATE, pytest.param(PICTURES, marks=pytest.mark.slow)], ids=["state", "pictures"])
def test_a_vector_environment_goes_on_as_if_nothing_were_changed(options: dict[str, Any], mode: str) -> None:
    envs = [gym.make_vec(ID, 3, autoreset_mode=mode, **options) for _ in range(2)]
    for one, other in zip(rollout(envs[0], False), rollout(envs[1], True), strict=True):
        same(one, other)


@pytest.mark.parametrize("options", [STATE, pytest.param(PICTURES, marks=pytest.mark.slow)], ids=["state", "pictures"])
def test_a_single_environment_goes_on_as_if_nothing_were_changed(options: dict[str, Any]) -> None:
    envs = [gym.make(ID, disable_env_checker=True, **options) for _ in range(2)]
    for one, other in zip(rollout(envs[0], False), rollout(envs[1], True), strict=True):
        same(one, other)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("options", [STATE, pytest.param(PICTURES, marks=pytest.mark.slow)], ids=["state", "pictures"])
def test_no_array_that_is_handed_out_is_held(options: dict[str, Any], mode: str) -> None:
    env = gym.make_vec(ID, 3, autoreset_mode=mode, **options)
    mask = np.array([True, False, True])
    shown = [env.reset(seed=2), *(env.step(np.full((3, 1), 0.4, np.float32)) for _ in range(45))]
    shown += [env.reset(options={"reset_mask": mask}), mask, env.step(np.zeros((3, 1), np.float32))]
    held = [array for array in arrays(vars(env)) if array.size]
    for array in arrays(shown):
        assert not any(np.shares_memory(array, one) for one in held if array.dtype != object)
    given = [array for array in arrays(shown) if array.dtype == object]
    assert given
    assert not any(array is one for array in given for one in held)


def test_writing_into_infos_does_not_change_the_reward() -> None:
    rewards = []
    for write in (False, True):
        env = gym.make_vec(ID, 2, observation="state")
        env.reset(seed=0)
        infos = env.step(np.zeros((2, 1), np.float32))[4]
        if write:
            infos["station"] -= infos["station"]
        rewards.append(env.step(np.zeros((2, 1), np.float32))[1])
    np.testing.assert_array_equal(*rewards)
    assert (np.abs(rewards[0]) < 1.1).all()
