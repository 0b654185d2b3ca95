from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.convoy.config import MODELS, ConvoyTrainConfig, EyesConfig
from wormdrive.convoy.eyes import READ_OUTS, Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FeatureSequences, FollowerFrames
from wormdrive.convoy.learner import ControllerLearner, EyesLearner, windows
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.augment import AugmentationConfig

PLAIN = ConvoyTrainConfig.small(augmentation=AugmentationConfig.none(), window=8)


def pictures(count: int = 90) -> FollowerFrames:
    """Pictures in which the wanted acceleration is how many columns are bright."""
    random = np.random.default_rng(0)
    target = torch.from_numpy(random.uniform(-0.3, 0.3, (count, READ_OUTS)).astype(np.float32))
    images = torch.from_numpy(random.random((count, 1, 39, 100), np.float32)) * 0.2
    for image, wide in zip(images, (50 + 120 * target[:, 1]).int().tolist(), strict=True):
        image[:, 20:, :wide] += 0.6
    pose = torch.tensor([0.0, 0.0, 0.0, 3.5]).expand(count, 4)
    classes = torch.zeros(count, 39, 100, dtype=torch.uint8)
    return FollowerFrames(images.half(), classes, pose, target, np.full(3, count // 3))


def sequences() -> FeatureSequences:
    """Features whose first is a ramp: what is wanted is how it rises, which no single one of them shows."""
    random = np.random.default_rng(0)
    slope = random.uniform(-0.2, 0.2, 60)
    ramp = slope[:, None] * np.arange(16) + random.uniform(-1.0, 1.0, 60)[:, None]
    features = np.zeros((60, 16, 32), np.float32)
    features[..., 0] = ramp
    target = np.zeros((60, 16, READ_OUTS), np.float32)
    target[..., 1] = 2.0 * slope[:, None]
    return FeatureSequences(
        torch.from_numpy(features.reshape(-1, 32)), torch.from_numpy(target.reshape(-1, READ_OUTS)), np.full(60, 16)
    )


def test_windows_lie_within_one_drive_and_reach_every_frame() -> None:
    lengths = np.array([5, 3, 9, 4])
    found = windows(lengths, 4, 2000, np.random.default_rng(0))
    assert (np.diff(found, axis=1) == 1).all()
    drive = np.repeat(np.arange(4), lengths)
    assert (drive[found] == drive[found[:, :1]]).all()
    assert set(found.ravel()) == set(range(21)) - {5, 6, 7}


def test_drives_that_are_too_short_are_refused() -> None:
    with pytest.raises(ArgumentError, match="window=10: the longest drive has 9 frames"):
        windows(np.array([9, 3]), 10, 1, np.random.default_rng(0))


def test_eyes_learn_from_single_frames_with_the_same_bits_every_time() -> None:
    states, losses = [], []
    for _ in range(2):
        torch.manual_seed(0)
        eyes, frames = Eyes(EyesConfig()), pictures()
        learner = EyesLearner(eyes, PLAIN)
        losses = [learner.step(frames, step, 40) for step in range(40)]
        states.append(eyes.state_dict())
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def closing_learnt(name: str) -> float:
    """Share of the first loss that is left, where what is wanted shows in how features change."""
    torch.manual_seed(0)
    learner, steps = ControllerLearner(Follower(MODELS[name]), PLAIN.model_copy(update={"batch": 32})), 150
    losses = [learner.step(sequences(), 0, step, steps) for step in range(steps)]
    return float(np.mean(losses[-10:]) / np.mean(losses[:10]))


def test_what_shows_in_changes_alone_is_learnt_with_memory_or_several_frames() -> None:
    left = {name: closing_learnt(name) for name in ("lstm", "feedforward", "feedforward-4-frames")}
    assert left["feedforward-4-frames"] < 0.5 * left["feedforward"]
    assert left["lstm"] < 0.7 * left["feedforward"]


def test_only_the_controller_learns() -> None:
    follower = Follower(MODELS["ncp"])
    before = {name: value.clone() for name, value in follower.state_dict().items()}
    ControllerLearner(follower, PLAIN).step(sequences(), 0, 1, 3)
    changed = {name for name, value in follower.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert all(name.startswith("controller.") for name in changed)


def test_the_first_frames_of_a_window_count_less() -> None:
    learner = ControllerLearner(Follower(MODELS["lstm"]), PLAIN)
    losses = []
    for frame in (0, 7):
        target = torch.zeros(1, 8, READ_OUTS)
        target[0, frame, 1] = 0.1
        losses.append(float(learner.loss(torch.zeros(1, 8, 2), target)))
    assert losses[0] == pytest.approx(PLAIN.settle_weight * losses[1])
