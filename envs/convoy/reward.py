"""Reward: what a step is worth to each follower of a convoy."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.convoy.simulator import ConvoyObservation

__all__ = ["convoy_reward"]

GAP_SCALE_M: Final = 5.0
"""A gap that is wrong by this much is worth nothing [m]."""
COMFORTABLE_MPS2: Final = 3.0
FAILURE: Final = 20.0


def convoy_reward(shown: ConvoyObservation, speed_before_mps: NDArray[np.float64], dt_s: float) -> NDArray[np.float64]:
    """Return the rewards (W, N - 1) of the step after which convoys show this.

    1 for the wanted gap on the lane's centre; less in proportion to the gap's error, down to 0 at 5 m; less 0.5 for
    each metre beside the centre, and 0.1 times the square of the acceleration in units of 3 m/s²; less 20 for
    leaving the lane, running into the car ahead or losing it.

    Parameters
    ----------
    shown:
        The convoys now.
    speed_before_mps:
        The followers' speeds a step before (W, N - 1) [m/s].
    dt_s:
        Duration of the step [s].
    """
    state = shown.state
    gap = np.maximum(0.0, 1.0 - np.abs(shown.gap_error_m) / GAP_SCALE_M)
    push = (state.speed_mps[:, 1:] - speed_before_mps) / dt_s / COMFORTABLE_MPS2
    beside = np.abs(state.lateral_offset_m[:, 1:])
    return np.asarray(gap - 0.5 * beside - 0.1 * np.square(push) - FAILURE * shown.failed)
