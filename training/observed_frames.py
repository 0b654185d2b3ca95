"""Observed frames: what a policy is shown of episodes, pictures or the road's state."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.episodes.episode import Episode
from wormdrive.perception.road_state import road_state
from wormdrive.training.frame_cache import FrameCache
from wormdrive.training.frames import EpisodeFrames, draw_frames, frames_of
from wormdrive.training.progress import Progress

__all__ = ["observed_frames"]


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


def _told(policy: Policy, episode: Episode) -> EpisodeFrames:
    """Return an episode's road states, scaled, where its pictures would be."""
    states = policy.preprocessor.reduce(torch.from_numpy(road_state(episode.state)))
    return frames_of(episode, states, torch.zeros(len(episode), 0, dtype=torch.uint8))
