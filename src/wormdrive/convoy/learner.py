"""Learner: a follower, its optimiser, and one training step."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from wormdrive.convoy.config import CAMERA, ConvoyTrainConfig
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FollowerFrames
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.augment import Augmentation
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.cross_section import mean_cross_section
from wormdrive.training.schedule import one_cycle
from wormdrive.training.sequence_sampler import generators

__all__ = ["ConvoyLearner"]

LOSS_SCALE = (3.0, 2.5, 1.0)
"""Of curvature, acceleration and gap, in the follower's units, so that what matters is some tenths: 30 times the
curvature [1/m], as in the lane keepers' loss, and half the acceleration [m/s²]."""
HUBER_DELTA = 0.5
_MEASURED_EVERY = 9
_MEASURED_MOST = 2000


class ConvoyLearner:
    """One follower in training; a step is a function of (weights, moments, frames, round, step)."""

    def __init__(self, follower: Follower, config: ConvoyTrainConfig) -> None:
        self.follower, self.config = follower, config
        self.augmentation = Augmentation(config.augmentation, GroundRays(CAMERA, follower.config.preprocess))
        head = list(follower.head.parameters())
        rest = [*follower.controller.parameters(), *follower.auxiliary.parameters()]
        self._peaks = (config.learning_rate, config.cell_learning_rate)
        self._parameters = [*head, *rest]
        self._scale = torch.tensor(LOSS_SCALE)
        self.optimiser = torch.optim.AdamW(
            [{"params": head, "weight_decay": config.weight_decay}, {"params": rest, "weight_decay": 0.0}], fused=True
        )

    def look_at(self, frames: FollowerFrames) -> None:
        """See what asphalt looks like across a lane, if augmentation is to exaggerate that."""
        if self.augmentation.needs_cross_section:
            index = np.arange(0, len(frames.images), _MEASURED_EVERY)[:_MEASURED_MOST]
            chosen = torch.from_numpy(index)
            pose = frames.road_pose(index[None])
            section = mean_cross_section(frames.images[chosen], frames.classes[chosen], pose, self.augmentation.rays)
            self.augmentation.set_cross_section(section)

    def step(self, frames: FollowerFrames, round_: int, step: int, steps: int) -> float:
        """Make step number ``step`` of ``steps`` of a round; return the loss."""
        config = self.config
        choose, augment = generators(config.seed, round_, step)
        index = windows(frames.lengths, config.window, config.batch, choose)
        chosen = torch.from_numpy(index)
        pose: RoadPose = frames.road_pose(index)
        images = self.augmentation(frames.images[chosen], frames.classes[chosen], pose, augment)
        share = (config.round_peak if round_ else 1.0) * one_cycle(step, steps, config.warm_up)
        for group, rate in zip(self.optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = rate * share
        self.follower.train()
        output = self.follower(images, self.follower.initial_state(len(images)))
        loss = self._loss(output.wanted, output.auxiliary, frames.target[chosen])
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._parameters, config.gradient_clip)
        self.optimiser.step()
        return float(loss.detach())

    def _loss(self, wanted: Tensor, auxiliary: Tensor, target: Tensor) -> Tensor:
        """Huber loss on (B, T, 2), first frames counting less, and that of the read-out (B, T, 3)."""
        config, scale = self.config, self._scale
        weight = target.new_ones(target.shape[1], 1)
        weight[: config.settle_frames] = config.settle_weight
        error = functional.huber_loss(
            wanted * scale[:2], target[..., :2] * scale[:2], delta=HUBER_DELTA, reduction="none"
        )
        help_ = functional.huber_loss(auxiliary * scale, target * scale, delta=HUBER_DELTA)
        return (error * weight).mean() + config.auxiliary_weight * help_


def windows(lengths: NDArray[np.int64], window: int, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Draw windows uniformly from all that lie within one drive: indices (count, window) of frames.

    Raises
    ------
    ArgumentError
        If no drive is as long as a window.
    """
    starts = np.maximum(lengths - window + 1, 0)
    if not starts.sum():
        raise ArgumentError(f"window={window}: the longest drive has {lengths.max(initial=0)} frames")
    ends, firsts = np.cumsum(starts), np.cumsum(lengths) - lengths
    place = random.integers(0, ends[-1], count)
    drive = np.searchsorted(ends, place, side="right")
    first = firsts[drive] + place - (ends[drive] - starts[drive])
    return np.asarray(first[:, None] + np.arange(window), np.int64)
