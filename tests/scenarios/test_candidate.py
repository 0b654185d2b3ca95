from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulator_factory import open_simulator
from wormdrive.scenarios.candidate import load_candidate, policy_candidate


def test_parameters_of_head_and_network_are_told_apart() -> None:
    counted = policy_candidate(NCPPolicy(NCPPolicyConfig.paper()), "paper").parameters
    assert counted is not None
    assert (counted.head, counted.network, counted.neurons, counted.synapses) == (79_420, 1_065, 19, 252)
    trainable = sum(p.numel() for p in NCPPolicy(NCPPolicyConfig.paper()).parameters())
    assert counted.head + counted.network + counted.maps == trainable
    plain = policy_candidate(build_policy({"kind": "feedforward"}), "plain")
    assert plain.wiring is None
    assert plain.effect is None
    assert plain.parameters is not None
    assert plain.parameters.neurons is None


def test_a_candidates_driver_may_be_kept_from_the_clock() -> None:
    simulator = open_simulator(camera=None)
    for told in (True, False):
        driver = policy_candidate(build_policy({"kind": "ncp"}), "one", tell_elapsed=told).make_driver(simulator)
        assert isinstance(driver, PolicyDriver)
        assert (driver.tell_elapsed, driver.elapsed) == (told, pytest.approx(0.5))
    simulator.close()


def test_a_candidate_sees_through_the_camera_of_its_training(tmp_path: Path) -> None:
    policy = build_policy({"kind": "feedforward"})
    assert policy_candidate(policy, "untrained").camera == CameraConfig()
    policy.trained_camera = CameraConfig(fov_deg=60.0, pitch_rad=0.2)
    save_policy(policy, tmp_path / "mine")
    assert load_candidate(tmp_path / "mine").camera == CameraConfig(fov_deg=60.0, pitch_rad=0.2)
    assert policy_candidate(build_policy({"kind": "ncp", "observes": "road_state"}), "told").camera is None


def test_candidates_are_found_by_folder(tmp_path: Path) -> None:
    policy = NCPPolicy(NCPPolicyConfig())
    save_policy(policy, tmp_path / "mine")
    candidate = load_candidate(tmp_path / "mine")
    assert candidate.name == str(tmp_path / "mine")
    assert candidate.wiring == policy.config.wiring
    effect = candidate.effect
    assert effect is not None
    assert effect.shape == (252,)
    np.testing.assert_array_equal(np.sign(effect), policy.config.wiring.polarities)
    with pytest.raises(ModelError, match="nobody"):
        load_candidate("nobody")
    for model in ("ncp", "expert"):
        with pytest.raises(ArgumentError, match="device='tpu': allowed are cpu, cuda"):
            load_candidate(model, device="tpu")
