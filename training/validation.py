"""Validation: episodes that are held out of training as a whole, and the loss on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
import torch

from wormdrive.agents.device import repeatable, sent
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.config import TrainConfig
from wormdrive.training.frames import EpisodeFrames
from wormdrive.training.learner import Learner
from wormdrive.training.loss import imitation_loss
from wormdrive.training.sequence_sampler import SequenceSampler

__all__ = ["Validation", "hold_out"]

_STREAM: Final = 0x7A11DA
_MOST_WINDOWS: Final = 512

Kept = TypeVar("Kept")


def hold_out(episodes: Sequence[Kept], config: TrainConfig) -> tuple[list[Kept], list[Kept]]:
    """Part episodes into those to train on and those held out, by the configuration's share and seed.

    Raises
    ------
    ArgumentError
        There is but one episode, of which none can be held out.
    """
    if not config.validation:
        return list(episodes), []
    if len(episodes) < 2:
        raise ArgumentError(
            f"validation={config.validation}: allowed with 2 episodes or more, here are {len(episodes)}"
        )
    count = min(max(round(config.validation * len(episodes)), 1), len(episodes) - 1)
    order = np.random.default_rng([config.seed, _STREAM]).permutation(len(episodes))
    out = set(order[:count].tolist())
    return (
        [episode for k, episode in enumerate(episodes) if k not in out],
        [episode for k, episode in enumerate(episodes) if k in out],
    )


class Validation:
    """The loss on held-out episodes: of windows side by side, as they were recorded, without augmentation.

    Nothing that training does depends on it: it draws nothing, and leaves weights and moments alone.
    """

    def __init__(self, learner: Learner, frames: Sequence[EpisodeFrames]) -> None:
        config = learner.config
        self._learner = learner
        self._sampler = SequenceSampler(frames, config.window, config.strides[:1])
        span = (config.window - 1) * config.strides[0] + 1
        windows = [
            (index, first, config.strides[0])
            for index, episode in enumerate(frames)
            for first in range(0, len(episode) - span + 1, span)
        ]
        step = -(-len(windows) // _MOST_WINDOWS)
        self._windows = np.array(windows[::step], np.int64)

    def loss(self) -> float:
        """Return the imitation loss of the policy as it is, its read-out for training left out."""
        learner, config = self._learner, self._learner.config
        policy = learner.policy.eval()
        total = 0.0
        for begin in range(0, len(self._windows), config.batch):
            windows = self._windows[begin : begin + config.batch]
            batch = self._sampler.gather(windows)
            parts = (batch.images.float(), batch.elapsed_s, batch.target)
            images, elapsed_s, target = (sent(part, learner.device) for part in parts)
            elapsed = (elapsed_s / policy.config.sample_period_s)[:, None].expand(-1, images.shape[1])
            with (
                torch.inference_mode(),
                repeatable(learner.device),
                torch.autocast(learner.device.type, torch.bfloat16, enabled=learner.bf16),
            ):
                said = policy(images, policy.initial_state(len(images)), elapsed).curvature
            total += float(imitation_loss(said, None, target, config)) * len(windows)
        return total / len(self._windows)
