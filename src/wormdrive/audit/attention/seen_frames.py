"""Seen frames: single pictures as a policy met them, each with the memory that it had just before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["FIRST", "RUN_UP", "LabelledFrames", "SeenFrames", "Steering", "frames_held", "sampled_frames", "steered"]

FIRST: Final = 15
"""Frames of a drive before this one are not taken: the neurons still come up from zero."""

RUN_UP: Final = 60
"""For so many frames a still picture is shown before its steering counts."""

_TOGETHER: Final = 256

Steering = Callable[[Tensor, Tensor], Tensor]
"""From images (B, C, h, w), and which of the seen frames each belongs to (B,), to the curvature (B,) [1/m]."""


@dataclass(frozen=True, eq=False)
class SeenFrames:
    """M frames, and what a policy had in mind just before each.

    Attributes
    ----------
    frames:
        (M, H, W, 3) uint8: what the camera took.
    images:
        (M, C, h, w) float32 in [0, 1]: what preprocessing reduced that to, before it is normalised.
    state:
        (M, S) float32: the policy's memory before the frame.
    elapsed:
        Since the frame before, in sample periods.
    """

    frames: NDArray[np.uint8]
    images: Tensor
    state: Tensor
    elapsed: float

    def __len__(self) -> int:
        """Return the number of frames M."""
        return len(self.images)

    def steering(self, policy: Policy) -> Steering:
        """Return how the policy steers at these frames, or at others in their place; with gradients."""

        def steer(images: Tensor, which: Tensor) -> Tensor:
            return policy.curvature_of(policy.features(images[:, None]), self.state[which], self.elapsed)[:, 0]

        return steer

    def some(self, index: NDArray[np.integer]) -> SeenFrames:
        """Return some of the frames."""
        which = torch.from_numpy(np.asarray(index, np.int64)).to(self.images.device)
        return SeenFrames(self.frames[index], self.images[which], self.state[which], self.elapsed)

    def with_frames(self, policy: Policy, frames: NDArray[np.uint8]) -> SeenFrames:
        """Return other pictures (M, H, W, 3), met with the same memory."""
        return SeenFrames(frames, _reduced(policy, frames), self.state, self.elapsed)


@dataclass(frozen=True, eq=False)
class LabelledFrames:
    """Seen frames of drives; ``seasons`` and number of the drive of each, ``drives`` (M,).

    ``labels`` (M, H, W) uint8: CARLA's class of every pixel.
    """

    seen: SeenFrames
    seasons: tuple[str, ...]
    drives: NDArray[np.int64]
    labels: NDArray[np.uint8]


def sampled_frames(
    policy: Policy, drives: Sequence[TracedDrive], *, per_season: int = 8, seed: int = 0, threads: int = 1
) -> LabelledFrames:
    """Draw frames of each season at random from all of its drives; the same seed draws the same.

    Raises
    ------
    ArgumentError
        A drive is too short.
    EpisodeError
        A drive is not of the embedded simulator, which alone knows what each pixel shows.
    """
    if min(len(drive) for drive in drives) <= FIRST:
        raise ArgumentError(f"drives: one has {FIRST} frames or fewer: allowed are more")
    if any(drive.episode.simulator != "embedded" for drive in drives):
        raise EpisodeError("an episode of another simulator: allowed are those whose frames can be drawn again")
    by_season: dict[str, list[tuple[int, int]]] = {}
    for k, drive in enumerate(drives):
        season = drive.episode.scenario.conditions.season.name
        by_season.setdefault(season, []).extend((k, frame) for frame in range(FIRST, len(drive)))
    chosen: dict[int, list[int]] = {}
    for k, moments in enumerate(by_season.values()):
        rng = np.random.default_rng([seed, 0xA77E, k])
        for at in np.sort(rng.choice(len(moments), min(per_season, len(moments)), replace=False)).tolist():
            which, frame = moments[at]
            chosen.setdefault(which, []).append(frame)
    pictures, labels, state, seasons = [], [], [], []
    for which, frames in chosen.items():
        drive, index = drives[which], np.array(frames)
        drawn = render_episode(drive.episode, frames=index, segmentation=True, threads=threads)
        assert drawn.segmentation is not None  # noqa: S101 - asked for
        pictures.append(drawn.camera)
        labels.append(drawn.segmentation)
        state.append(drive.state[index - 1])
        seasons += [drive.episode.scenario.conditions.season.name] * len(index)
    shown = np.concatenate(pictures)
    seen = SeenFrames(
        shown,
        _reduced(policy, shown),
        torch.from_numpy(np.concatenate(state)).to(policy.device),
        drives[0].episode.dt_s / policy.config.sample_period_s,
    )
    of_drive = np.repeat(list(chosen), [len(frames) for frames in chosen.values()]).astype(np.int64)
    return LabelledFrames(seen, tuple(seasons), of_drive, np.concatenate(labels))


def frames_held(policy: Policy, frames: NDArray[np.uint8]) -> SeenFrames:
    """Show a policy still pictures (M, H, W, 3), each held until its neurons have come up."""
    elapsed = DT_S / policy.config.sample_period_s
    features = policy.frame_features(frames)
    held = features[:, None].expand(-1, RUN_UP, -1)
    state = policy.control(held, policy.initial_state(len(frames)), elapsed).state[:, -1]
    return SeenFrames(frames, _reduced(policy, frames), state.clone(), elapsed)


@torch.no_grad()
def steered(steering: Steering, images: Tensor, which: Tensor) -> Tensor:
    """Return the curvature (B,) [1/m] at images (B, C, h, w), a moderate number at a time."""
    batches = zip(torch.split(images, _TOGETHER), torch.split(which, _TOGETHER), strict=True)
    return torch.cat([steering(part, of) for part, of in batches])


def _reduced(policy: Policy, frames: NDArray[np.uint8]) -> Tensor:
    return policy.preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(frames)).to(policy.device))
