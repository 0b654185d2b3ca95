"""Answers: what a policy does at the last of some pictures."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.envs.find_target.dynamics import ACTION_NAMES
from wormdrive.find_target.policy import FlightPolicy, normalised

__all__ = ["FORWARD", "YAW", "actions_after", "actions_held"]

FORWARD: Final = ACTION_NAMES.index("forward")
YAW: Final = ACTION_NAMES.index("yaw_rate")

_TOGETHER: Final = 64


def actions_after(policy: FlightPolicy, frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return actions (M, 4) in [-1, 1] after the last of frames (M, T, H, W, 3), begun without any memory."""
    with torch.inference_mode():
        actions, _ = policy(normalised(torch.from_numpy(frames)))
    return np.asarray(actions[:, -1].clamp(-1.0, 1.0).numpy(), np.float64)


def actions_held(policy: FlightPolicy, frames: NDArray[np.uint8], steps: int) -> NDArray[np.float64]:
    """Return actions (M, 4) in [-1, 1] after each of frames (M, H, W, 3) was shown ``steps`` times."""
    found = []
    with torch.inference_mode():
        for some in torch.split(torch.from_numpy(frames), _TOGETHER):
            features = policy.head(normalised(some))[:, None].expand(-1, steps, -1)
            found.append(policy.core(features, None)[0][:, -1])
    return np.asarray(torch.cat(found).clamp(-1.0, 1.0).numpy(), np.float64)
