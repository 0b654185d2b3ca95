"""Every kind of policy can be told the road's true state instead of seeing pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy, parse_policy_config
from wormdrive.agents.policies.serialization import load_policy, save_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.saliency import visual_backprop
from wormdrive.training.export.network import read_network


def make(kind: str) -> Policy:
    torch.manual_seed(0)
    return build_policy({"kind": kind, "observes": "road_state"}).eval()


def states(cars: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(cars, 3)) * (0.4, 0.06, 0.01)


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_the_controller_is_the_same_as_behind_eyes(kind: str) -> None:
    told, seeing = make(kind), build_policy({"kind": kind})
    assert not told.needs_camera
    assert seeing.needs_camera
    assert told.state_size == seeing.state_size
    assert told.head.feature_count == seeing.head.feature_count
    counted, usual = inspect_policy(told).parameters, inspect_policy(seeing).parameters
    assert {part: count for part, count in counted.items() if part != "head"} == {
        part: count for part, count in usual.items() if part != "head"
    }
    assert counted["head"] == 4 * told.head.feature_count


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_a_sequence_is_its_steps_and_a_car_has_the_same_bits_in_any_company(kind: str) -> None:
    policy, cars, samples = make(kind), 5, 4
    frames = [states(cars, seed) for seed in range(samples)]
    memory, alone, stepped = policy.initial_state(cars), policy.initial_state(1), []
    for frame in frames:
        curvature, memory = policy.act(frame, memory)
        own, alone = policy.act(frame[3:4], alone)
        assert own[0] == curvature[3]
        stepped.append(curvature)
    images = torch.stack([policy.preprocessor.reduce(torch.from_numpy(frame)) for frame in frames], 1)
    with torch.no_grad():
        output = policy(images, policy.initial_state(cars))
    np.testing.assert_allclose(output.curvature.numpy(), np.stack(stepped, 1), atol=1e-6)
    assert len(set(stepped[0].tolist())) > 1, "it hears what it is told"


@pytest.mark.parametrize("kind", ["ncp", "feedforward", "cnn"])
def test_saved_and_loaded_it_is_the_same(kind: str, tmp_path: Path) -> None:
    policy = make(kind)
    save_policy(policy, tmp_path / "told")
    again = load_policy(tmp_path / "told")
    assert again.config == policy.config
    seen = states(3)
    np.testing.assert_array_equal(
        again.act(seen, again.initial_state(3))[0], policy.act(seen, policy.initial_state(3))[0]
    )


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_what_a_policy_with_eyes_is_saved_as_does_not_say_so(kind: str) -> None:
    """Files written before there was a choice carry a digest of all that a configuration says."""
    config = parse_policy_config({"kind": kind})
    assert "observes" not in config.model_dump(mode="json")
    assert "observes" not in config.model_dump()
    assert parse_policy_config(config.model_dump(mode="json") | {"observes": "camera"}) == config
    assert make(kind).config.model_dump(mode="json")["observes"] == "road_state"
    with pytest.raises(ArgumentError, match="observes='sonar'"):
        parse_policy_config({"kind": kind, "observes": "sonar"})


def test_pictures_saliency_and_export_get_clear_errors() -> None:
    policy = make("ncp")
    with pytest.raises(ArgumentError, match=r"frames=uint8 \(2, 78, 200, 3\): allowed is an array \(B, 3\) of float64"):
        policy.act(np.zeros((2, 78, 200, 3), np.uint8), policy.initial_state(2))
    with pytest.raises(ArgumentError, match=r"images: shape \(2, 3, 1, 39, 100\): allowed is \(B, T, 3\)"):
        policy(torch.zeros(2, 3, 1, 39, 100), policy.initial_state(2))
    with pytest.raises(ArgumentError, match="observes='road_state' has no eyes"):
        visual_backprop(*policy.eyes, torch.zeros(1, 78, 200, 3, dtype=torch.uint8))
    with pytest.raises(ArgumentError, match="observes='road_state' has no eyes"):
        read_network(policy)
