"""Traced drive: what goes on in a policy along a drive, its own or another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.perception.flat_head import FlatHead
from wormdrive.perception.road_state import road_state

__all__ = ["TracedDrive", "episode_features", "shown_activity", "shown_features", "trace_episode"]

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
        (T, F) float32: what the head made of each frame; F is 0 where there is no head of ours.
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
    state, elapsed = policy.eval().initial_state(1), episode.dt_s / policy.config.sample_period_s
    parts = []
    for features in _features(policy, episode, conditions, threads):
        steps = policy.control(features[None], state, elapsed)
        state = steps.state[:, -1]
        seen, activity = shown_features(policy, features), shown_activity(policy, steps.activity[0])
        parts.append((seen, steps.curvature[0], activity, steps.state[0]))
    columns = (torch.cat(part).float().cpu().numpy() for part in zip(*parts, strict=True))
    return TracedDrive(episode, *(np.asarray(column, np.float32) for column in columns))


def shown_features(policy: Policy, features: torch.Tensor) -> torch.Tensor:
    """Return what of features (..., F) a head has made: nothing of a picture that was handed on as it is."""
    return features[..., :0] if isinstance(policy.head, FlatHead) else features


def shown_activity(policy: Policy, activity: torch.Tensor) -> torch.Tensor:
    """Return the activity (..., A) of those that have a name."""
    return activity[..., : len(policy.neuron_names)]


def episode_features(
    policy: Policy, episode: Episode, conditions: Conditions | None = None, *, threads: int = 1
) -> torch.Tensor:
    """Return what a policy's head makes of a drive's frames: (T, F) float32, on the policy's device.

    Raises
    ------
    EpisodeError
        The drive cannot be drawn so.
    """
    return torch.cat(list(_features(policy, episode, conditions, threads)))


def _features(policy: Policy, episode: Episode, conditions: Conditions | None, threads: int) -> Iterator[torch.Tensor]:
    """Yield the features of a drive's frames, some at a time."""
    if not policy.needs_camera:
        yield policy.frame_features(road_state(episode.state))
        return
    for begin in range(0, len(episode), _CHUNK):
        frames = slice(begin, begin + _CHUNK)
        yield policy.frame_features(render_episode(episode, conditions, frames=frames, threads=threads).camera)
