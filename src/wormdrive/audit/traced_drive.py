"""Traced drive: what goes on in a policy along a drive, its own or another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.perception.road_state import road_state

__all__ = ["TracedDrive", "episode_features", "trace_episode"]

_CHUNK: Final = 64
"""Frames that are drawn, and go through the head, together."""


@dataclass(frozen=True, eq=False)
class TracedDrive:
    """A drive of T frames as a policy saw it.

    Attributes
    ----------
    episode:
        The drive.
    features:
        (T, F) float32: what the head made of each frame.
    curvature:
        (T,) float32: what the policy would steer [1/m], positive left.
    activity:
        (T, A) float32: each neuron after each frame; columns are ``policy.neuron_names``.
    state:
        (T, S) float32: its whole memory after each frame.
    """

    episode: Episode
    features: NDArray[np.float32]
    curvature: NDArray[np.float32]
    activity: NDArray[np.float32]
    state: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of frames T."""
        return len(self.curvature)


def trace_episode(
    policy: Policy, episode: Episode, conditions: Conditions | None = None, *, threads: int = 1
) -> TracedDrive:
    """Show a policy the frames of a drive, in other ``conditions`` than its own when asked, and read along.

    The car goes where it went: what the policy would steer moves nothing.

    Raises
    ------
    EpisodeError
        The drive cannot be drawn so.
    """
    features = episode_features(policy, episode, conditions, threads=threads)
    steps = policy.eval().control(features[None], policy.initial_state(1), episode.dt_s / policy.config.sample_period_s)
    curvature, activity, state = (np.asarray(part[0].float().cpu().numpy(), np.float32) for part in steps)
    return TracedDrive(episode, features.cpu().numpy(), curvature, activity, state)


def episode_features(
    policy: Policy, episode: Episode, conditions: Conditions | None = None, *, threads: int = 1
) -> torch.Tensor:
    """Return what a policy's head makes of a drive's frames: (T, F) float32, on the policy's device.

    Raises
    ------
    EpisodeError
        The drive cannot be drawn so.
    """
    if not policy.needs_camera:
        return policy.frame_features(road_state(episode.state))
    found = [
        policy.frame_features(
            render_episode(episode, conditions, frames=slice(begin, begin + _CHUNK), threads=threads).camera
        )
        for begin in range(0, len(episode), _CHUNK)
    ]
    return torch.cat(found)
