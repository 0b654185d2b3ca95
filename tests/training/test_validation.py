from __future__ import annotations

import pytest
import torch

from tests.training.synthetic import episode
from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.training.config import TrainConfig
from wormdrive.training.learner import Learner
from wormdrive.training.validation import Validation, hold_out

CONFIG = TrainConfig(model="feedforward", batch=4, window=4, strides=(1, 2), validation=0.25)


def learner() -> Learner:
    torch.manual_seed(0)
    return Learner(build_policy({"kind": "feedforward"}), CONFIG, CameraConfig(), bf16=False)


def test_whole_episodes_are_held_out_by_seed() -> None:
    names = [f"episode {k}" for k in range(8)]
    kept, out = hold_out(names, CONFIG)
    assert (len(kept), len(out)) == (6, 2)
    assert sorted(kept + out) == names
    assert kept == sorted(kept)
    assert hold_out(names, CONFIG) == (kept, out)
    others = [hold_out(names, CONFIG.model_copy(update={"seed": seed}))[1] for seed in range(1, 9)]
    assert any(other != out for other in others)
    assert hold_out(names, CONFIG.model_copy(update={"validation": 0.0})) == (names, [])


def test_one_at_least_is_held_out_and_one_kept() -> None:
    assert len(hold_out(["a", "b", "c"], CONFIG.model_copy(update={"validation": 0.01}))[1]) == 1
    assert len(hold_out(["a", "b"], CONFIG.model_copy(update={"validation": 0.5}))[0]) == 1
    with pytest.raises(ArgumentError, match=r"validation=0.25: allowed with 2 episodes or more, here are 1"):
        hold_out(["a"], CONFIG)


def test_the_loss_is_the_same_whenever_it_is_asked_for_and_leaves_training_alone() -> None:
    frames = [episode(k) for k in range(3)]
    watched, alone = learner(), learner()
    validation = Validation(watched, frames[2:])
    before = validation.loss()
    assert validation.loss() == before > 0.0
    for each in (watched, alone):
        sampler = each.episodes(frames[:2])
        for step in range(12):
            each.step(sampler, 0, step, 12)
            if each is watched and step % 5 == 0:
                validation.loss()
    assert validation.loss() < before
    for one, other in zip(watched.policy.parameters(), alone.policy.parameters(), strict=True):
        assert torch.equal(one, other)
