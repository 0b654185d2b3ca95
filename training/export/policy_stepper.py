"""Policy stepper: a policy one frame at a time, by whatever computes it; float32 torch is what others must equal."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy

__all__ = ["PolicyStepper", "TorchStepper"]


class PolicyStepper(Protocol):
    """N cars' policies with their memories."""

    def reset(self, cars: int) -> None:
        """Begin anew with that many cars."""

    def step(self, frames: NDArray[np.uint8], elapsed: float = 1.0) -> NDArray[np.float32]:
        """Frames (N, H, W, 3), elapsed in sample periods -> curvature (N,) [1/m]."""

    @property
    def state(self) -> NDArray[np.float32]:
        """What is remembered, (N, S)."""


class TorchStepper:
    """The policy itself, in float32 throughout; ``Policy.act`` may compute in bfloat16."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy.eval()
        self._state = policy.initial_state(0)

    def reset(self, cars: int) -> None:
        """Begin anew with that many cars."""
        self._state = self._policy.initial_state(cars)

    def step(self, frames: NDArray[np.uint8], elapsed: float = 1.0) -> NDArray[np.float32]:
        """Frames (N, H, W, 3) -> curvature (N,) [1/m]."""
        with torch.inference_mode():
            images = self._policy.preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(frames)))
            curvature, _, self._state = self._policy(images.unsqueeze(1), self._state, elapsed)
        return np.asarray(curvature[:, 0].numpy(), np.float32)

    @property
    def state(self) -> NDArray[np.float32]:
        """What is remembered, (N, S)."""
        return np.asarray(self._state.numpy(), np.float32)
