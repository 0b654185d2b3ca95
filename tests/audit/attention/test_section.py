"""Attention of a policy that drives: shares of real frames, checks that hold, the same bits by any threads."""

from __future__ import annotations

import json

import pytest

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.attention.deletion import RANDOM
from wormdrive.audit.attention.maps import GRADIENTS, METHODS
from wormdrive.audit.attention.section import ALL, measure_attention
from wormdrive.audit.attention.shares import PARTS
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.traced_drive import TracedDrive, trace_episode
from wormdrive.perception.kernels.chunks import computing_with

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("feedforward-informed")


@pytest.fixture(scope="module")
def drives(policy: Policy) -> list[TracedDrive]:
    episodes = held_out_episodes(policy, seasons=("summer", "winter"), routes=1, frames=60)
    return [trace_episode(policy, episode) for episode in episodes]


def test_all_figures_of_a_policy_that_drives(policy: Policy, drives: list[TracedDrive]) -> None:
    found = measure_attention(policy, drives, per_season=3)
    assert found is not None
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert told["frames"] == {"summer": 3, "winter": 3}
    assert set(told["shares"]) == set(METHODS)
    for of in told["shares"].values():
        assert list(of) == ["summer", "winter", ALL]
        for shares in of.values():
            assert set(shares) == set(PARTS)
            for kind in ("attention", "pixels"):
                assert sum(part[kind] for part in shares.values()) == pytest.approx(1.0)
        # of each season there is one drive alone: what is not known of either is known of both together
        assert all(part["attention_ci95"] is None for part in of["winter"].values())
        low, high = of[ALL]["road"]["attention_ci95"]
        assert low <= of[ALL]["road"]["attention"] <= high
    on_road = told["on_road"][GRADIENTS][ALL]
    assert on_road["attention_ci95"][0] <= on_road["attention"] <= on_road["attention_ci95"][1]
    assert told["shares"][GRADIENTS][ALL]["road"]["ratio"] > told["shares"][GRADIENTS][ALL]["trees"]["ratio"]
    areas = told["curves"]["areas"]
    assert areas["deletion"][GRADIENTS] < areas["deletion"][RANDOM]
    assert areas["insertion"][GRADIENTS] > areas["insertion"][RANDOM]
    assert told["integrated_gradients_miss"] < 0.2
    likeness = told["structural_similarity"]["noise"][GRADIENTS]
    assert 1 > likeness["0.1"] > likeness["0.3"] > 0
    assert [one.name for one in found.shown] == ["summer", "winter"]
    assert found.shown[0].frame.shape == (78, 200, 3)


def test_threads_change_no_bit(policy: Policy, drives: list[TracedDrive]) -> None:
    told = []
    for threads in (1, 2):
        with computing_with(threads):
            found = measure_attention(policy, drives, per_season=1, threads=threads)
        assert found is not None
        told.append(found.to_json())
    assert told[0] == told[1]


def test_who_has_no_eyes_looks_nowhere() -> None:
    assert measure_attention(build_policy({"kind": "ncp", "observes": "road_state"}), []) is None
