"""Traced drives: the same frames give what was driven, to the bit; held-out drives and situations along with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.situation import NAMES, situation_of
from wormdrive.audit.traced_drive import trace_episode
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("ncp")


@pytest.fixture(scope="module")
def episodes(policy: Policy) -> list[Episode]:
    return held_out_episodes(policy, seasons=("summer", "winter"), routes=2, frames=40)


def test_a_trace_has_the_bits_of_the_drive(policy: Policy, episodes: list[Episode]) -> None:
    for episode in episodes:
        traced = trace_episode(policy, episode)
        steer = steer_for_curvature(traced.curvature.astype(np.float64), episode.state.speed_mps, VehicleParameters())
        assert np.array_equal(steer, episode.command[:, 0])
        assert traced.features.shape == (40, 32)
        assert traced.activity.shape == (40, len(policy.neuron_names))
        assert traced.state.shape == (40, policy.state_size)


def test_another_season_is_seen_but_does_not_move_the_car(policy: Policy, episodes: list[Episode]) -> None:
    summer = trace_episode(policy, episodes[0])
    winter = trace_episode(policy, episodes[0], Conditions.preset("winter", "day"))
    assert winter.episode is episodes[0]
    assert not np.array_equal(summer.features, winter.features)


def test_seasons_share_their_routes_and_the_seed_chooses_them(policy: Policy, episodes: list[Episode]) -> None:
    seeds = [(episode.scenario.route_seed, episode.scenario.seed) for episode in episodes]
    assert seeds[:2] == seeds[2:]
    assert len(set(seeds)) == 2
    other = held_out_episodes(policy, seasons=("summer",), routes=2, frames=16, seed=1)
    assert not {episode.scenario.route_seed for episode in other} & {route for route, _ in seeds}
    with pytest.raises(ArgumentError, match="routes=0: allowed is 1 to 1000"):
        held_out_episodes(policy, routes=0)


@pytest.mark.parametrize("model", ["feedforward", "lstm", "cfc", "transformer"])
def test_every_kind_is_traced(model: str, episodes: list[Episode]) -> None:
    policy = build_policy({"kind": model})
    traced = trace_episode(policy, episodes[0].part(0, 20))
    assert traced.activity.shape == (20, len(policy.neuron_names))
    assert np.isfinite(traced.curvature).all()


def test_a_policy_without_eyes_is_told_the_state(episodes: list[Episode]) -> None:
    policy = build_policy({"kind": "ncp", "observes": "road_state"})
    traced = trace_episode(policy, episodes[0])
    moved = replace(episodes[0].state, lateral_offset_m=episodes[0].state.lateral_offset_m + 0.3)
    assert not np.array_equal(traced.curvature, trace_episode(policy, replace(episodes[0], state=moved)).curvature)


def test_a_situation_looks_ahead_and_back(episodes: list[Episode]) -> None:
    episode = episodes[0]
    situation = situation_of(episode)
    column = dict(zip(NAMES, situation.T, strict=True))
    assert np.array_equal(column["offset before"][15:], column["offset"][:-15])
    assert (column["offset before"][:15] == column["offset"][0]).all()
    route = route_of(episode.scenario)
    station = episode.state.station_m + episode.state.speed_mps
    assert column["curvature ahead"] == pytest.approx(
        np.interp(station, route.spacing_m * np.arange(len(route.curvature)), route.curvature), abs=2e-3
    )
