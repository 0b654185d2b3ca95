from __future__ import annotations

import inspect

import gymnasium as gym
import pytest

from wormdrive.envs.lane_keeping.environment import LaneKeepingEnv
from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv

ID = "wormdrive/LaneKeeping-v0"
DEFAULTS = {
    "map": "country_loop", "season": "summer", "weather": "day", "conditions": None, "route_length": 400.0,
    "routes": 256, "seed": None, "observation": "camera", "action": "steer", "camera": None, "traffic": 0,
    "time_limit": None, "departure": "centre", "threads": 1, "simulator": "embedded", "host": "localhost", "port": 2000,
    "timeout": 20.0, "render_mode": None, "disturbances": None, "channel_axis": False,
    "reward": None, "target_speed": 10.0,
}  # fmt: skip


def test_every_keyword_and_its_default_are_shown() -> None:
    single = inspect.signature(LaneKeepingEnv).parameters
    assert {name: parameter.default for name, parameter in single.items()} == DEFAULTS
    assert {parameter.kind for parameter in single.values()} == {inspect.Parameter.KEYWORD_ONLY}
    vector = inspect.signature(LaneKeepingVectorEnv).parameters
    autoreset = gym.vector.AutoresetMode.NEXT_STEP
    wanted = {**DEFAULTS, "num_envs": 1, "autoreset_mode": autoreset, "max_episode_steps": None}
    assert {name: parameter.default for name, parameter in vector.items()} == wanted
    positional = [name for name, p in vector.items() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == ["num_envs"]


def test_a_keyword_that_is_none_is_a_type_error_that_names_it() -> None:
    unknown = r"\.__init__\(\) got an unexpected keyword argument 'zoom'"
    with pytest.raises(TypeError, match=f"^LaneKeepingEnv{unknown}$"):
        LaneKeepingEnv(zoom=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=f"^LaneKeepingVectorEnv{unknown}$"):
        LaneKeepingVectorEnv(2, zoom=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=f"LaneKeepingEnv{unknown} was raised from the environment creator"):
        gym.make(ID, zoom=2)
    with pytest.raises(TypeError, match=f"LaneKeepingVectorEnv{unknown}"):
        gym.make_vec(ID, 2, zoom=2)


def test_an_environment_is_made_again_from_its_spec() -> None:
    first = gym.make(ID, season="winter", observation="state", routes=3, seed=5)
    assert first.spec is not None
    again = gym.make(gym.envs.registration.EnvSpec.from_json(first.spec.to_json()))
    assert again.spec == first.spec
    scenarios = [env.reset()[1]["scenario"] for env in (first, again)]
    assert scenarios[0] == scenarios[1]
    assert scenarios[0].conditions.season.name == "winter"
