"""Counterfactuals: of a policy that drives, of one that is told the road, and of one that looks at brightness alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.counterfactuals.parts import ROAD, numbers_of, parts, under
from wormdrive.audit.counterfactuals.responses import RUN_UP, Moment, respond
from wormdrive.audit.counterfactuals.section import measure_counterfactuals
from wormdrive.audit.counterfactuals.shares import _together, scenery_share, shares
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.told_policy import told_policy
from wormdrive.audit.traced_drive import trace_episode
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.scenario import Scenario


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("ncp")


@pytest.fixture(scope="module")
def episodes(policy: Policy) -> list[Episode]:
    return held_out_episodes(policy, seasons=("summer",), routes=2, frames=60)


def test_a_moment_under_its_own_scenery_is_what_was_driven(policy: Policy, episodes: list[Episode]) -> None:
    """The neurons have not forgotten all of where they began a dozen frames ago, but nearly."""
    traced = trace_episode(policy, episodes[0])
    found = respond(policy, [Moment(episodes[0], frame, episodes[0].scenario) for frame in (20, 59)])
    assert np.array_equal(found.features, traced.features[[20, 59]].astype(np.float64))
    assert found.curvature == pytest.approx(traced.curvature[[20, 59]], abs=2e-3)
    assert found.pictures is not None
    assert len(found.pictures) == 2


def test_a_sample_names_a_scenery(episodes: list[Episode]) -> None:
    low, high = (under(Scenario(), np.full(99, u)) for u in (0.0, 0.999999))
    assert (low.conditions.season.name, high.conditions.season.name) == ("summer", "spring")
    assert low.conditions.season.snow_cover == 0.0
    assert high.conditions.season.snow_cover == pytest.approx(0.8, abs=1e-5)
    assert low.seed == 0 != high.seed
    assert list(numbers_of()) == [*parts(), ROAD]
    widths = [part.stop - part.start for part in numbers_of().values()]
    assert widths == [*(len(paths) for paths in parts().values()), 2]


@pytest.mark.slow
def test_of_who_is_told_the_road_nothing_is_the_scenerys(episodes: list[Episode]) -> None:
    found, _, _ = shares(told_policy(), episodes, samples=64)
    assert found.steering[ROAD].total == pytest.approx(1.0, abs=0.25)
    assert all(found.steering[name].total == 0.0 for name in parts())
    assert found.scenery == 0.0
    assert all(share == 0.0 for name, share in found.features.items() if name != ROAD)
    assert all(share == 0.0 for name, share in found.neurons.items() if name != ROAD)


@pytest.mark.slow
def test_of_who_sees_brightness_alone_the_road_has_little(
    episodes: list[Episode], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = build_policy({"kind": "feedforward"})

    def brightness(frames: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(frames.mean((1, 2, 3)) / 255).float()[:, None].expand(-1, 32).contiguous()

    monkeypatch.setattr(policy, "frame_features", brightness)
    found, _, _ = shares(policy, episodes, samples=64)
    assert found.features[ROAD] < 0.2
    assert found.scenery > 0.6
    assert found.features["sky"] + found.features["season"] + found.features["snow cover"] > 0.6


@pytest.mark.slow
def test_the_section_of_a_policy_that_drives(policy: Policy, episodes: list[Episode]) -> None:
    drives = [trace_episode(policy, episode) for episode in episodes]
    found = measure_counterfactuals(policy, drives, samples=16)
    data = json.loads(json.dumps(found.to_json()))
    assert set(data["shares"]["steering"]) == {*parts(), ROAD}
    assert data["shares"]["steering"][ROAD]["total"] > 0.5
    assert data["interventions"]["shifted_per_m"] < 0, "it steers back"
    assert data["interventions"]["shifted_back"] > 0.9
    assert data["mirrored_bends"]["moments"] == 16
    assert data["mirrored_bends"]["left_gain"] == found.mirrored.left_gain
    assert data["scenery"] > 0.0, "it sees"
    assert len(found.pairs) == len({pair.before.tobytes() for pair in found.pairs}) == 4
    assert all(pair.part in parts() and not np.array_equal(pair.before, pair.after) for pair in found.pairs)


def test_the_scenerys_share_of_a_sum() -> None:
    road, *scenery = np.random.default_rng(0).normal(size=(3, 20_000))
    one, other = (0.8 * road + 0.6 * part for part in scenery)
    assert scenery_share(one, other) == pytest.approx(0.36, abs=0.01)
    assert scenery_share(one, one) == 0.0
    assert scenery_share(*scenery) == pytest.approx(1.0, abs=0.02)
    assert scenery_share(np.ones(4), np.ones(4)) == 0.0


def test_what_cannot_be_sampled_is_refused(policy: Policy, episodes: list[Episode]) -> None:
    with pytest.raises(ArgumentError, match="samples=3: allowed is a power of 2"):
        shares(policy, episodes, samples=3)
    with pytest.raises(ArgumentError, match=f"one has {RUN_UP} frames or fewer"):
        shares(policy, [episodes[0].part(0, RUN_UP)], samples=2)


def test_together_a_feature_that_hardly_moves_counts_for_as_little() -> None:
    """By what moves it most is all scenery, by what hardly moves all road, and chance made its index 400."""
    steady, moving = np.random.default_rng(0).normal(size=(2, 64)) * np.array([[1e-4], [1.0]])
    answers = np.stack([steady, moving], axis=1)
    assert _together(np.array([[0.0, 400.0], [1.0, 0.0]]), answers, 32) == pytest.approx([1.0, 0.0], abs=1e-4)
    assert _together(np.zeros((2, 3)), np.zeros((64, 2)), 32) == [0.0, 0.0, 0.0]
