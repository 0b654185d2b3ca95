"""Sections of the audit, of a policy that drives: every figure is there, and says what it must."""

from __future__ import annotations

import json

import pytest

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.certificate.section import measure_certificate
from wormdrive.audit.dynamics.section import measure_dynamics
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.traced_drive import TracedDrive, trace_episode
from wormdrive.audit.trees.section import measure_trees

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("ncp")


@pytest.fixture(scope="module")
def drives(policy: Policy) -> list[TracedDrive]:
    episodes = held_out_episodes(policy, seasons=("summer", "winter"), routes=2, frames=140)
    return [trace_episode(policy, episode) for episode in episodes]


def test_trees(policy: Policy, drives: list[TracedDrive]) -> None:
    found = measure_trees(policy, drives)
    assert found is not None
    data = json.loads(json.dumps(found.to_json()))
    assert set(data["neurons"]) == set(policy.neuron_names)
    assert data["steering_from_neurons"]["r2"] > 0.8, "the motor neuron says it nearly all"
    assert any("motor_0 is" in path for path in data["steering_from_neurons"]["paths"])
    assert 0 <= data["measures"]["path_accuracy"] <= 1


def test_dynamics(policy: Policy, drives: list[TracedDrive]) -> None:
    data = json.loads(json.dumps(measure_dynamics(policy, drives).to_json()))
    assert all(len(neuron["time_constant_s"]) == 3 for neuron in data["neurons"].values())
    assert data["steering_moved_by_unfolds"]["6"] == 0.0
    assert data["steering_moved_by_frame_stride"]["2"] > 0.0
    assert sum(data["principal_shares"]) <= 1.0


def test_the_certificate_proves_less_than_can_be_seen(policy: Policy, drives: list[TracedDrive]) -> None:
    found = measure_certificate(policy, drives)
    assert found is not None
    assert json.dumps(found.to_json())
    for count in (10, 100):
        seen = found.measured[count]
        assert seen is None or 0.0 <= found.proved[count] <= seen
    assert found.by_features[0.001][1] < found.by_features[0.1][1]


@pytest.mark.parametrize("kind", ["feedforward", "lstm"])
def test_what_a_kind_lacks_is_left_out(kind: str, drives: list[TracedDrive]) -> None:
    policy = build_policy({"kind": kind})
    traced = [trace_episode(policy, drive.episode.part(0, 60)) for drive in drives[:2]]
    data = measure_dynamics(policy, traced).to_json()
    assert data["steering_moved_by_unfolds"] is None
    assert (data["half_life_s"] is None) == (kind == "feedforward")


def test_what_nothing_bounds_has_no_certificate(drives: list[TracedDrive]) -> None:
    assert measure_certificate(build_policy({"kind": "lstm"}), drives) is None
