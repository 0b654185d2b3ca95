from __future__ import annotations

import copy
import inspect
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import wormdrive  # noqa: F401  (registers)
from tests.envs.find_target.flights import SCENARIO
from wormdrive.envs.common.errors import ArgumentError, ConditionsError, MapError
from wormdrive.envs.find_target.environment import FindTargetEnv


@pytest.mark.slow
def test_gymnasium_has_nothing_to_say() -> None:
    check_env(gymnasium.make("wormdrive/FindTarget-v0", sites=1, render_mode="rgb_array").unwrapped)


def test_a_seed_decides_every_bit() -> None:
    def flight() -> list[Any]:
        env = FindTargetEnv(sites=1)
        shown, info = env.reset(seed=5)
        told = [shown.tobytes(), info["distance"]]
        for action in np.random.default_rng(0).uniform(-1, 1, (5, 4)).astype(np.float32):
            shown, reward, *_ = env.step(action)
            told += [shown.tobytes(), reward]
        return told

    assert flight() == flight()


def test_coming_nearer_pays_by_the_metre() -> None:
    env = FindTargetEnv()
    _, info = env.reset(options={"scenario": SCENARIO})
    before, paid = info["distance"], 0.0
    for _ in range(10):
        _, reward, over, late, info = env.step(np.array([1.0, 0.0, 0.0, 0.0], np.float32))
        paid += reward
    assert not over
    assert not late
    assert paid == pytest.approx(before - info["distance"])
    assert paid > 1.0
    assert info["scenario"] == SCENARIO


def test_segmentation_and_render() -> None:
    env = FindTargetEnv(observation="segmentation", render_mode="rgb_array", sites=1)
    shown, _ = env.reset(seed=0)
    assert env.observation_space.contains(shown)
    picture = env.render()
    assert picture is not None
    assert picture.shape == (320, 480, 3)
    assert picture.std() > 10.0


@pytest.mark.parametrize(
    "options",
    [
        {"season": "monsoon"}, {"target": "sofa"}, {"colour": ()}, {"distance": (30, 10)}, {"distance": "far"},
        {"sites": 0}, {"observation": "smell"}, {"render_mode": "human"}, {"conditions": "winter"}, {"seed": -1},
        {"time_limit": -1.0}, {"width": 145},
    ],
)  # fmt: skip
def test_options_that_are_not_allowed_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises((ArgumentError, ConditionsError), match="allowed"):
        FindTargetEnv(**options)


def test_actions_that_are_none_are_refused() -> None:
    env = FindTargetEnv()
    env.reset(options={"scenario": SCENARIO})
    for action in ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0, np.nan], "up"):
        with pytest.raises(ArgumentError, match="action"):
            env.step(action)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="allowed is scenario"):
        env.reset(options={"season": "winter"})


def test_a_map_that_is_not_there_is_named() -> None:
    env = FindTargetEnv(map="atlantis")
    with pytest.raises(MapError, match="atlantis"):
        env.reset(seed=0)


def test_a_copy_of_it_goes_on_to_the_bit() -> None:
    env = FindTargetEnv(sites=1)
    env.reset(seed=3)
    env.step(np.full(4, 0.2, np.float32))
    other = copy.deepcopy(env)
    for _ in range(3):
        (ours, reward, *_), (theirs, same, *_) = (one.step(np.full(4, 0.1, np.float32)) for one in (env, other))
        assert (ours == theirs).all()
        assert reward == same
    assert (env.reset()[0] == other.reset()[0]).all()


def test_its_keywords_are_shown_and_others_are_refused_by_its_own_name() -> None:
    keywords = inspect.signature(FindTargetEnv).parameters
    assert {"map", "season", "target", "occluders", "disturbances", "threads"} <= set(keywords)
    assert keywords["time_limit"].default == 30.0
    with pytest.raises(TypeError, match=r"FindTargetEnv\.__init__\(\) got an unexpected keyword argument 'seasons'"):
        FindTargetEnv(seasons="winter")  # type: ignore[call-arg]
