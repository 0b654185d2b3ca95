"""Resampling: what the same drive makes of a policy that sees fewer frames, or whose solver takes other steps.

A continuous-time network ought to do the same whatever the frame rate, if it is told the time; a solver of few steps is
not the equation that it stands for. Both are measured on recorded frames, so that nothing else differs.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["FRAME_STRIDES", "UNFOLDS", "Resampled", "with_fewer_frames", "with_unfolds"]

FRAME_STRIDES: Final = (2, 3, 6, 15)
"""Every second frame, every third, ...: of 30 a second 15, 10, 5 and 2."""

UNFOLDS: Final = (1, 2, 3, 6, 12, 24, 100, 1000)
"""Solver steps a sample."""

_SETTLED: Final = 30
"""Frames after which the beginning is forgotten."""


@dataclass(frozen=True)
class Resampled:
    """How far the steering moves.

    ``rms_per_m`` [1/m]: root mean square of the difference of curvature at the frames that both saw; ``share``: of the
    curvature's own standard deviation along the drive.
    """

    rms_per_m: float
    share: float


def with_fewer_frames(policy: Policy, drive: TracedDrive, stride: int, *, tell_elapsed: bool = True) -> Resampled:
    """Show a policy every ``stride``-th frame of a drive; unless told it takes the time between them for the usual.

    Raises
    ------
    ArgumentError
        The drive has too few frames for it.
    """
    if stride < 1 or len(drive) < _SETTLED + stride:
        raise ArgumentError(
            f"stride={stride!r}: allowed are 1 to {len(drive) - _SETTLED} for a drive of {len(drive)} frames"
        )
    seen = np.arange(0, len(drive), stride)
    steps = policy.control(
        torch.from_numpy(drive.features[None, seen]).to(policy.device),
        policy.initial_state(1),
        (stride if tell_elapsed else 1) * drive.episode.dt_s / policy.config.sample_period_s,
    )
    return _compare(drive, steps.curvature[0].cpu().numpy(), seen)


def with_unfolds(policy: Policy, drive: TracedDrive, unfolds: int) -> Resampled | None:
    """Solve an LTC's equations in ``unfolds`` steps a sample instead of its own number; ``None`` for other kinds.

    Raises
    ------
    ArgumentError
        ``unfolds`` is out of range.
    """
    if not isinstance(policy, NCPPolicy):
        return None
    if not 1 <= unfolds <= UNFOLDS[-1]:
        raise ArgumentError(f"unfolds={unfolds!r}: allowed are 1 to {UNFOLDS[-1]}")
    other = copy.deepcopy(policy)
    other.cell.unfolds = unfolds
    elapsed = drive.episode.dt_s / policy.config.sample_period_s
    steps = other.control(torch.from_numpy(drive.features[None]).to(policy.device), policy.initial_state(1), elapsed)
    return _compare(drive, steps.curvature[0].cpu().numpy(), np.arange(len(drive)))


def _compare(drive: TracedDrive, curvature: NDArray[np.float32], seen: NDArray[np.int64]) -> Resampled:
    late = seen >= _SETTLED
    apart = curvature[late].astype(np.float64) - drive.curvature[seen[late]]
    rms, usual = float(np.sqrt(np.mean(apart**2))), float(drive.curvature[_SETTLED:].std())
    return Resampled(rms, rms / usual if usual else float("inf") if rms else 0.0)
