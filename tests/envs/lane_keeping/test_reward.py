from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.lane_keeping.reward import REWARD_TERMS, Step, lane_keeping_reward, parse_reward
from wormdrive.envs.simulation.observation import VehicleState

DT_S = 1.0 / 30.0


def step(speed_mps: float = 10.0, *, offset_m: float = 0.0, yaw_radps: float = 0.0, gain: float = 0.0) -> Step:
    values = dict.fromkeys(VehicleState.__dataclass_fields__, np.zeros(1))
    values |= {"lateral_offset_m": np.array([offset_m]), "speed_mps": np.array([speed_mps])}
    values |= {"yaw_rate_radps": np.array([yaw_radps])}
    state = VehicleState(**values)
    return Step(DT_S, np.array([speed_mps * DT_S]), np.array([gain]), state, np.array([False]))


def paid(name: str, a_step: Step, target_mps: float = 10.0) -> float:
    return float(parse_reward({name: 1.0}, target_mps)(a_step)[0])


@pytest.mark.parametrize(
    ("speed_mps", "worth"), [(0.0, 0.0), (4.0, 0.5), (8.0, 1.0), (12.0, 0.5), (24.0, -1.0), (60.0, -1.0), (-8.0, -1.0)]
)
def test_progress_is_worth_most_at_the_target_speed(speed_mps: float, worth: float) -> None:
    assert paid("progress", step(speed_mps), 8.0) == pytest.approx(worth, abs=1e-12)


def test_offset_comfort_and_failure_cost() -> None:
    assert paid("offset", step(offset_m=-0.4)) == pytest.approx(-0.4)
    assert paid("comfort", step(10.0, yaw_radps=0.3)) == pytest.approx(-1.0)  # 3 m/s² across
    assert paid("comfort", step(10.0, gain=-3.0 * DT_S)) == pytest.approx(-1.0)  # and along
    assert paid("terminal", step()) == 0.0


def test_terms_are_summed_by_weight() -> None:
    weights = {"progress": 2.0, "offset": 0.5, "comfort": 0.1}
    a_step = step(7.0, offset_m=0.2, yaw_radps=0.1)
    whole = sum(weight * paid(name, a_step) for name, weight in weights.items())
    assert float(parse_reward(weights, 10.0)(a_step)[0]) == pytest.approx(whole)


def test_without_terms_it_is_the_formula_of_v0() -> None:
    a_step = step(13.0, offset_m=0.3)
    expected = lane_keeping_reward(a_step.progress_m, a_step.state.lateral_offset_m, DT_S)
    np.testing.assert_array_equal(parse_reward(None, 10.0)(a_step), expected)


@pytest.mark.parametrize(
    ("terms", "target", "message"),
    [
        ({"speed": 1.0}, 10.0, "reward='speed': allowed are progress, offset, comfort, terminal"),
        ({"offset": np.nan}, 10.0, r"reward\['offset'\]=nan: allowed is a finite number"),
        ({"offset": "much"}, 10.0, r"reward\['offset'\]='much': allowed"),
        ({}, 10.0, r"reward={}: allowed is None or a mapping from progress"),
        ("progress", 10.0, "reward='progress': allowed is None or a mapping"),
        (None, 0.0, "target_speed=0.0: allowed is 1 to 50"),
    ],
)
def test_what_is_not_allowed_is_named(terms: Any, target: float, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        parse_reward(terms, target)


@pytest.mark.parametrize("version", ["v0", "v1"])
def test_many_are_paid_like_single_ones(version: str) -> None:
    options: dict[str, Any] = {"observation": "state", "action": "steer_acceleration", "route_length": 30.0}
    many = gym.make_vec(f"wormdrive/LaneKeeping-{version}", 3, autoreset_mode="Disabled", **options)
    ones = [gym.make(f"wormdrive/LaneKeeping-{version}", **options) for _ in range(3)]
    many.reset(seed=5)
    for k, env in enumerate(ones):
        env.reset(seed=5 + k)
    actions, over = np.array([[0.9, 1.0], [0.0, 0.5], [0.0, -1.0]], np.float32), np.zeros(3, np.bool_)
    for _ in range(60):
        _, reward, terminated, truncated, _ = many.step(actions)
        for k in np.flatnonzero(~over):
            assert reward[k] == ones[k].step(actions[k])[1]
        over |= terminated | truncated
    assert over.any()


def test_v1_pays_speed_up_to_a_limit_and_leaving_the_lane_is_dear() -> None:
    env = gym.make("wormdrive/LaneKeeping-v1", observation="state", action="steer_acceleration")
    assert env.spec is not None
    assert set(env.spec.kwargs["reward"]) == set(REWARD_TERMS)
    env.reset(seed=0)
    rewards, terminated = [], False
    while not terminated:
        _, reward, terminated, _, info = env.step([0.3, 1.0])
        rewards.append(float(reward))
    assert info["end_reason"] == "lane_departure"
    assert max(rewards) <= 1.0
    assert rewards[-1] < -18.0
    assert gym.make(gym.envs.registration.EnvSpec.from_json(env.spec.to_json())).spec == env.spec
