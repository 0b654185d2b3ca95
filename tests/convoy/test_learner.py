from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.convoy.config import MODELS, ConvoyTrainConfig
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FollowerFrames
from wormdrive.convoy.learner import ConvoyLearner, windows
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.augment import AugmentationConfig

PLAIN = ConvoyTrainConfig.small(augmentation=AugmentationConfig.none(), window=8, batch=2)


def synthetic(drives: int = 3, length: int = 30) -> FollowerFrames:
    """Pictures whose lower half's brightness is the wanted acceleration."""
    random = np.random.default_rng(0)
    target = torch.from_numpy(random.uniform(-0.3, 0.3, (drives * length, 3)).astype(np.float32))
    images = torch.from_numpy(random.random((drives * length, 1, 39, 100), np.float32))
    images[:, :, 20:] = 0.5 + target[:, 1, None, None, None] * images[:, :, 20:]
    pose = torch.tensor([0.0, 0.0, 0.0, 3.5]).expand(len(images), 4)
    classes = torch.zeros(len(images), 39, 100, dtype=torch.uint8)
    return FollowerFrames(images.half(), classes, pose, target, np.full(drives, length))


def trained(steps: int, name: str = "feedforward") -> tuple[Follower, list[float]]:
    torch.manual_seed(0)
    follower = Follower(MODELS[name])
    learner, frames = ConvoyLearner(follower, PLAIN), synthetic()
    return follower, [learner.step(frames, 0, step, steps) for step in range(steps)]


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


def test_it_learns() -> None:
    _, losses = trained(60)
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])


@pytest.mark.parametrize("name", ["ncp", "lstm", "feedforward-4-frames"])
def test_the_same_steps_give_the_same_bits(name: str) -> None:
    first, second = (trained(3, name)[0].state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_the_first_frames_of_a_window_count_less() -> None:
    learner = ConvoyLearner(Follower(MODELS["lstm"]), PLAIN)
    wanted, auxiliary = torch.zeros(1, 8, 2), torch.zeros(1, 8, 3)
    losses = []
    for frame in (0, 7):
        target = torch.zeros(1, 8, 3)
        target[0, frame, 1] = 0.1
        losses.append(float(learner._loss(wanted, auxiliary, target) - learner._loss(wanted, target, target)))
    helped = losses[0] - PLAIN.settle_weight * losses[1]
    assert losses[0] < losses[1]
    assert helped > 0.0, "the read-out sees single frames, so that all count the same"
