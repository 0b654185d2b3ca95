"""Learners: eyes from single frames, controllers from sequences of what the eyes saw; one training step each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from wormdrive.convoy.config import CAMERA, ConvoyTrainConfig
from wormdrive.convoy.eyes import Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FeatureSequences, FollowerFrames
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.augment import Augmentation
from wormdrive.perception.augment_geometry import GroundRays
from wormdrive.perception.cross_section import mean_cross_section
from wormdrive.training.schedule import one_cycle
from wormdrive.training.sequence_sampler import generators

__all__ = ["ControllerLearner", "EyesLearner", "windows"]

LOSS_SCALE: Final = (3.0, 2.5)
"""Of the follower's curvature and acceleration, in the units of targets, so that what matters is some tenths: 30 times
the curvature [1/m], as in the lane keepers' loss, and half the acceleration [m/s²]."""
EYES_LOSS_SCALE: Final = (3.0, 1.0, 10.0, 1.5, 1.5, 1.5)
"""Of what eyes read: curvature as above; acceleration less, since a single frame tells little of it; a gap that is
wrong by a tenth is as bad as a curvature by 1/30; and the pose, which does not depend on speed as the expert's
curvature does."""
HUBER_DELTA: Final = 0.5
EYES_ROUND: Final = 1_000_000
"""Stream of the eyes' random numbers, which no round of DAgger has."""
_MEASURED_EVERY: Final = 9
_MEASURED_MOST: Final = 2000


class EyesLearner:
    """Eyes in training; a step is a function of (weights, moments, frames, step)."""

    def __init__(self, eyes: Eyes, config: ConvoyTrainConfig) -> None:
        self.eyes, self.config = eyes, config
        self.augmentation = Augmentation(config.augmentation, GroundRays(CAMERA, eyes.config.preprocess))
        self._optimiser = torch.optim.AdamW(eyes.parameters(), weight_decay=config.weight_decay, fused=True)
        self._scale = torch.tensor(EYES_LOSS_SCALE)

    def look_at(self, frames: FollowerFrames) -> None:
        """See what asphalt looks like across a lane, if augmentation is to exaggerate that."""
        if self.augmentation.needs_cross_section:
            index = np.arange(0, len(frames.images), _MEASURED_EVERY)[:_MEASURED_MOST]
            chosen = torch.from_numpy(index)
            pose = frames.road_pose(index[None])
            section = mean_cross_section(frames.images[chosen], frames.classes[chosen], pose, self.augmentation.rays)
            self.augmentation.set_cross_section(section)

    def step(self, frames: FollowerFrames, step: int, steps: int) -> float:
        """Make step number ``step`` of ``steps``; return the loss."""
        config = self.config
        choose, augment = generators(config.seed, EYES_ROUND, step)
        index = choose.integers(0, len(frames.images), (config.eyes_batch, 1))
        images = self.augmented(frames, index, augment)[:, 0]
        self.eyes.train()
        read = self.eyes.read_out(self.eyes(images))
        target = frames.target[torch.from_numpy(index[:, 0])]
        loss = functional.huber_loss(read * self._scale, target * self._scale, delta=HUBER_DELTA)
        rate = config.eyes_learning_rate * one_cycle(step, steps, config.warm_up)
        return _stepped(loss, self._optimiser, rate, self.eyes, config.gradient_clip)

    def augmented(self, frames: FollowerFrames, index: NDArray[np.int64], random: np.random.Generator) -> Tensor:
        """Return the images of frames (B, T), augmented, each row of them alike: (B, T, C, h, w)."""
        chosen = torch.from_numpy(index)
        return self.augmentation(frames.images[chosen], frames.classes[chosen], frames.road_pose(index), random)


class ControllerLearner:
    """A follower's controller in training; its eyes stay as they are."""

    def __init__(self, follower: Follower, config: ConvoyTrainConfig) -> None:
        self.follower, self.config = follower, config
        self._optimiser = torch.optim.AdamW(follower.controller.parameters(), weight_decay=0.0, fused=True)
        self._scale = torch.tensor(LOSS_SCALE)

    def step(self, sequences: FeatureSequences, round_: int, step: int, steps: int) -> float:
        """Make step number ``step`` of ``steps`` of a round; return the loss."""
        config = self.config
        choose, _ = generators(config.seed, round_, step)
        chosen = torch.from_numpy(windows(sequences.lengths, config.window, config.batch, choose))
        self.follower.train()
        wanted, _ = self.follower(sequences.features[chosen], self.follower.initial_state(config.batch))
        loss = self.loss(wanted, sequences.target[chosen])
        share = (config.round_peak if round_ else 1.0) * one_cycle(step, steps, config.warm_up)
        rate = config.learning_rate * share
        return _stepped(loss, self._optimiser, rate, self.follower.controller, config.gradient_clip)

    def loss(self, wanted: Tensor, target: Tensor) -> Tensor:
        """Huber loss on (B, T, 2), the first frames of a window counting less."""
        weight = target.new_ones(target.shape[1], 1)
        weight[: self.config.settle_frames] = self.config.settle_weight
        scaled = target[..., :2] * self._scale
        error = functional.huber_loss(wanted * self._scale, scaled, delta=HUBER_DELTA, reduction="none")
        return (error * weight).mean()


def windows(
    lengths: NDArray[np.int64] | Sequence[int], window: int, count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Draw windows uniformly from all that lie within one drive: indices (count, window) of frames.

    Raises
    ------
    ArgumentError
        If no drive is as long as a window.
    """
    lengths = np.asarray(lengths, np.int64)
    starts = np.maximum(lengths - window + 1, 0)
    if not starts.sum():
        raise ArgumentError(f"window={window}: the longest drive has {lengths.max(initial=0)} frames")
    ends, firsts = np.cumsum(starts), np.cumsum(lengths) - lengths
    place = random.integers(0, ends[-1], count)
    drive = np.searchsorted(ends, place, side="right")
    first = firsts[drive] + place - (ends[drive] - starts[drive])
    return np.asarray(first[:, None] + np.arange(window), np.int64)


def _stepped(loss: Tensor, optimiser: torch.optim.Optimizer, rate: float, learning: nn.Module, clip: float) -> float:
    """Go one step down a loss at a learning rate; return it."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(learning.parameters(), clip)
    optimiser.step()
    return float(loss.detach())
