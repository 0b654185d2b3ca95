"""Sequence sampler: which stretches of which episodes a step trains on, and their frames as one batch.

What a step draws is a function of (seed, round, step) alone, so a run that is taken up again needs no generator's
state: it goes on at its step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.augment_geometry import RoadPose
from wormdrive.training.frames import EpisodeFrames

__all__ = ["Batch", "SequenceSampler", "generators"]


@dataclass(frozen=True)
class Batch:
    """B windows of T frames.

    ``images`` (B, T, C, h, w) float16 in [0, 1], ``classes`` (B, T, h, w) uint8, ``pose`` and ``target`` [1/m] (B, T)
    float32; ``elapsed_s`` (B,) float32 [s] from one frame of a window to the next.
    """

    images: Tensor
    classes: Tensor
    pose: RoadPose
    target: Tensor
    elapsed_s: Tensor


def generators(seed: int, round_: int, step: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Random numbers of one training step: for choosing windows, and for augmenting them."""
    choose, augment = np.random.SeedSequence([seed, round_, step]).spawn(2)
    return np.random.default_rng(choose), np.random.default_rng(augment)


class SequenceSampler:
    """Draw windows uniformly from all that lie within one episode.

    Parameters
    ----------
    episodes:
        Drawn episodes. Those shorter than a window are left out.
    window:
        Frames T of a window.
    strides:
        How many frames of the episode lie from one frame of a window to the next: one of these, drawn for each window,
        so that a policy meets several frame rates.

    Raises
    ------
    ArgumentError
        No episode is as long as one window.
    """

    def __init__(self, episodes: Sequence[EpisodeFrames], window: int, strides: Sequence[int] = (1,)) -> None:
        self.episodes = episodes
        # (T, 5) each: brought together at one go, five small numbers a frame take a fifth of the time
        self._numbers = [
            torch.stack([e.offset_m, e.heading_error_rad, e.curvature, e.lane_width_m, e.target], 1) for e in episodes
        ]
        self.window = window
        self.strides = np.array(strides, np.int64)
        span = (window - 1) * int(self.strides.max()) + 1
        starts = np.array([max(len(episode) - span + 1, 0) for episode in episodes], np.int64)
        if not starts.sum():
            longest = max((len(episode) for episode in episodes), default=0)
            raise ArgumentError(f"window={window}, strides={tuple(strides)}: the longest episode has {longest} frames")
        self._ends = np.cumsum(starts)

    def choose(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw ``count`` windows: (count, 3) of episode index, first frame, stride."""
        index = rng.integers(0, self._ends[-1], count)
        episode = np.searchsorted(self._ends, index, side="right")
        first = index - np.where(episode > 0, self._ends[episode - 1], 0)
        return np.stack([episode, first, rng.choice(self.strides, count)], axis=1)

    def gather(self, windows: NDArray[np.int64]) -> Batch:
        """Bring the frames of ``windows`` (B, 3) together."""
        parts = [
            (episode, slice(first, first + (self.window - 1) * stride + 1, stride))
            for episode, first, stride in windows.tolist()
        ]
        numbers = torch.stack([self._numbers[e][i] for e, i in parts])
        *pose, target = (column.contiguous() for column in numbers.unbind(2))
        dt_s = np.array([self.episodes[e].dt_s for e, _ in parts])
        return Batch(
            images=torch.stack([self.episodes[e].images[i] for e, i in parts]),
            classes=torch.stack([self.episodes[e].classes[i] for e, i in parts]),
            pose=RoadPose(*pose),
            target=target,
            elapsed_s=torch.from_numpy((dt_s * windows[:, 2]).astype(np.float32)),
        )
