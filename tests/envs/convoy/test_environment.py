from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pettingzoo
import pytest
from gymnasium.utils.env_checker import data_equivalence
from pettingzoo.test import parallel_api_test, parallel_seed_test

from wormdrive import ConvoyEnv, ConvoyScenario, Scenario
from wormdrive.envs.common.errors import ArgumentError

QUICK = {"duration": 2.0, "camera": {"width": 64, "height": 24}}
BRAKE = np.array([0.0, -1.0], np.float32)


def test_it_passes_pettingzoos_own_api_test(recwarn: pytest.WarningsRecorder) -> None:
    env = ConvoyEnv(**QUICK)
    parallel_api_test(env, 100)
    env.close()
    assert not recwarn.list


def test_it_passes_pettingzoos_own_seed_test() -> None:
    parallel_seed_test(lambda: ConvoyEnv(**QUICK), 100)


@pytest.mark.parametrize("observation", ["camera", "state", ("camera", "speed", "state")])
def test_what_agents_see_is_in_their_spaces(observation: str | tuple[str, ...]) -> None:
    env = ConvoyEnv(observation=observation, **QUICK)
    seen, _ = env.reset(seed=1)
    assert set(seen) == {"car_1", "car_2", "car_3"}
    for _ in range(3):
        assert all(env.observation_space(agent).contains(seen[agent]) for agent in env.agents)
        seen, *_ = env.step({agent: env.action_space(agent).sample() for agent in env.agents})
    assert env.state().shape == (24,)


def test_pettingzoo_makes_it_by_name() -> None:
    env = pettingzoo.make("parallel", "wormdrive/Convoy-v0", cars=2, **QUICK)
    assert isinstance(env, ConvoyEnv)
    assert env.possible_agents == ["car_1"]


def test_whoever_runs_into_the_car_ahead_is_terminated_and_the_others_are_truncated() -> None:
    env = ConvoyEnv(cars=3, profile="constant", duration=20.0, observation="state", seed=4)
    env.reset()
    terminated = truncated = dict.fromkeys(env.agents, False)
    infos: dict = {}
    rewards: dict = {}
    while env.agents:
        _, rewards, terminated, truncated, infos = env.step({"car_1": BRAKE, "car_2": -BRAKE})
    assert terminated == {"car_1": False, "car_2": True}
    assert truncated == {"car_1": True, "car_2": False}
    assert {info["end_reason"] for info in infos.values()} == {"collision"}
    assert not any(info["is_success"] for info in infos.values())
    assert rewards["car_2"] < -10.0 < rewards["car_1"]
    assert env.step({}) == ({}, {}, {}, {}, {})


def test_a_drive_that_is_named_begins_anew_to_the_bit() -> None:
    env = ConvoyEnv(**QUICK)
    road = Scenario(route_seed=3, seed=5, route_length_m=200.0, time_limit_s=3.0)
    scenario = ConvoyScenario(road=road, profile="braking")
    first = env.reset(options={"scenario": scenario})
    env.step(dict.fromkeys(env.agents, BRAKE))
    assert data_equivalence(first, env.reset(options={"scenario": scenario}))
    assert first[1]["car_1"]["scenario"] is scenario


def test_a_copy_goes_on_to_the_bit() -> None:
    env = ConvoyEnv(**QUICK)
    env.reset(seed=7)
    env.step(dict.fromkeys(env.agents, BRAKE))
    for copied in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        ours, theirs = (one.step(dict.fromkeys(one.agents, -BRAKE)) for one in (copy.deepcopy(env), copied))
        assert data_equivalence(ours, theirs)


def test_render_shows_followers_and_the_birds_view() -> None:
    env = ConvoyEnv(render_mode="rgb_array", **QUICK)
    env.reset(seed=0)
    picture = env.render()
    assert picture is not None
    assert picture.shape[1:] == (1200, 3)
    assert (picture.dtype, picture.shape[0] % 2) == (np.uint8, 0)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"cars": 1}, "cars=1: allowed are 2 to 8"),
        ({"profile": "racing"}, "profile='racing': allowed are constant"),
        ({"observation": "radar"}, "observation='radar'"),
        ({"duration": 0.0}, "duration=0.0: allowed is 1 to 600"),
        ({"action_repeat": 0}, "action_repeat=0"),
        ({"render_mode": "human"}, "render_mode='human'"),
    ],
)
def test_what_is_not_allowed_is_named(option: dict, told: str) -> None:
    with pytest.raises(ArgumentError, match=told):
        ConvoyEnv(**option)


def test_actions_are_checked() -> None:
    env = ConvoyEnv(**QUICK)
    env.reset(seed=0)
    with pytest.raises(ArgumentError, match="lack 'car_2'"):
        env.step({"car_1": BRAKE})
    with pytest.raises(ArgumentError, match="NaN"):
        env.step(dict.fromkeys(env.agents, np.array([np.nan, 0.0])))


def test_without_pettingzoo_a_line_says_what_to_install() -> None:
    code = "import sys; sys.modules['pettingzoo'] = None; import wormdrive; wormdrive.ConvoyEnv"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'wormdrive[convoy]'" in done.stderr.strip().splitlines()[-1]
