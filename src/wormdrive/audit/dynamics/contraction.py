"""Contraction: how fast a policy forgets a wrong state while it sees the same pictures as from a right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Contraction", "contraction", "fallen_together"]

_LEFT: Final = (0.5, 0.01)
_SHORTEST: Final = 8


@dataclass(frozen=True, eq=False)
class Contraction:
    """Distances between what the policy does from its own state and from others, as time passes.

    Attributes
    ----------
    time_s:
        (T,) since the states were made different [s].
    state:
        (T,) mean distance of the states, as a share of the one at the beginning; Euclidean.
    answers:
        (T - 1,) mean distance of what is done after each frame: of a car's curvature [1/m].
    half_life_s, last_percent_s:
        When the states' mean distance first stays below a half, and below one in a hundred, of what it was; ``None``
        if it does not within the drive.
    """

    time_s: NDArray[np.float64]
    state: NDArray[np.float64]
    answers: NDArray[np.float64]
    half_life_s: float | None
    last_percent_s: float | None


def contraction(policy: Policy, drive: TracedDrive, *, starts: int = 16, seed: int = 0) -> Contraction | None:
    """Begin in the middle of a drive in other states than the policy's own, and follow both to its end.

    The other states are the policy's own from other moments of the same drive, drawn by ``seed``, so that all of them
    are such as it is in. ``None`` for a policy without memory.

    Raises
    ------
    ArgumentError
        The drive is too short.
    """
    if not policy.state_size:
        return None
    if len(drive) < _SHORTEST:
        raise ArgumentError(f"drive: {len(drive)} frames: allowed are {_SHORTEST} or more")
    first = len(drive) // 2
    other = np.random.default_rng(seed).choice(first - 1, size=min(starts, first - 1), replace=False)
    states = torch.from_numpy(np.concatenate([drive.state[first - 1][None], drive.state[other]]))
    features = torch.from_numpy(drive.features[first:]).expand(len(states), -1, -1)
    elapsed = drive.episode.dt_s / policy.config.sample_period_s
    steps = policy.control(features.to(policy.device), states.to(policy.device), elapsed)
    after = np.concatenate([states.numpy()[:, None], steps.state.cpu().numpy()], axis=1).astype(np.float64)
    return fallen_together(after, steps.curvature.cpu().numpy().astype(np.float64), drive.episode.dt_s)


def fallen_together(after: NDArray[np.float64], answers: NDArray[np.float64], dt_s: float) -> Contraction:
    """Return how states (1 + S, T, N) come together, the right one first, and answers (1 + S, T - 1) after each."""
    apart = np.linalg.norm(after[1:] - after[:1], axis=2)
    share = (apart / np.maximum(apart[:, :1], np.finfo(np.float64).tiny)).mean(0)
    half, last = (_stays_below(share, limit, dt_s) for limit in _LEFT)
    return Contraction(
        dt_s * np.arange(len(share), dtype=np.float64),
        share,
        np.abs(answers[1:] - answers[:1]).mean(0),
        half,
        last,
    )


def _stays_below(share: NDArray[np.float64], limit: float, dt_s: float) -> float | None:
    above = np.flatnonzero(share >= limit)
    first = int(above[-1]) + 1 if len(above) else 0
    return first * dt_s if first < len(share) else None
