"""Observed frames: what a policy is shown of episodes, pictures or the road's state, and what augments it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.augment import Augmentation, AugmentationConfig
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.road_state import road_state
from wormdrive.training.frame_cache import FrameCache
from wormdrive.training.frames import EpisodeFrames, draw_frames, frames_of
from wormdrive.training.progress import Progress

__all__ = ["Augment", "augmentation_for", "observed_frames"]

Augment: TypeAlias = Callable[[Tensor, Tensor, RoadPose, np.random.Generator], Tensor]
"""(images, classes, pose, generator) -> images to learn from."""


def observed_frames(
    policy: Policy,
    episodes: Sequence[Episode],
    *,
    threads: int = 1,
    cache: FrameCache | None = None,
    progress: Progress | None = None,
    part: str = "",
) -> list[EpisodeFrames]:
    """Return what a policy learns from: of one with eyes the pictures, as ``draw_frames`` draws them.

    Raises
    ------
    EpisodeError
        An episode's camera does not take pictures of the size that the policy wants.
    """
    if policy.needs_camera:
        preprocess = policy.config.preprocess
        return draw_frames(episodes, preprocess, threads=threads, cache=cache, progress=progress, part=part)
    return [_told(policy, episode) for episode in episodes]


def augmentation_for(policy: Policy, config: AugmentationConfig, camera: CameraConfig) -> Augment:
    """Return what augments a policy's frames, pictures by ``camera``; the road's state stays as it is."""
    if policy.needs_camera:
        return Augmentation(config, GroundRays(camera, policy.config.preprocess))
    return lambda states, _classes, _pose, _rng: states


def _told(policy: Policy, episode: Episode) -> EpisodeFrames:
    """Return an episode's road states, scaled, where its pictures would be."""
    states = policy.preprocessor.reduce(torch.from_numpy(road_state(episode.state)))
    return frames_of(episode, states, torch.zeros(len(episode), 0, dtype=torch.uint8))
