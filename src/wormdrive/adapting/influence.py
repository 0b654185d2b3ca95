"""Influence: how a liquid network's state and steering depend on its parameters, carried forwards from step to step.

This is real-time recurrent learning (Williams and Zipser, Neural Computation 1 (1989) 270), exact, for the neurons'
parameters alone: with dS = ds/dp the influence of the parameters p on the state s,

    dS' = (ds'/ds) dS + ds'/dp,    d(curvature)/dp = (dc/ds) dS + dc/dp.

Nineteen neurons make it cheap enough for every frame: a matrix of 19 rows.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.policies.liquid_policy import LiquidPolicy

__all__ = ["Influence", "neuron_weights"]


def neuron_weights(policy: LiquidPolicy) -> list[Tensor]:
    """Return the parameters that come after the features: those of the neurons and of the maps around them."""
    eyes = ("head.", "auxiliary.")
    return [weight for name, weight in policy.named_parameters() if not name.startswith(eyes)]


class Influence:
    """The influence of P parameters, from a state that depends on none of them."""

    def __init__(self, policy: LiquidPolicy) -> None:
        self._policy, self._weights = policy, neuron_weights(policy)
        self._size = sum(weight.numel() for weight in self._weights)
        self.reset()

    def reset(self) -> None:
        """Begin anew, with a state that depends on nothing."""
        self._of_state = torch.zeros(self._policy.state_size, self._size)

    def step(self, frame: NDArray[np.generic], before: Tensor, elapsed: float) -> Tensor:
        """Go on by a frame (1, H, W, 3) from a state (1, S); return d(curvature)/dp (P,) [1/m]."""
        preprocessor, _ = self._policy.eyes
        images = preprocessor.reduce(torch.from_numpy(frame)).unsqueeze(1)
        state = before.clone().requires_grad_()
        curvature, after = self._run(images, state, elapsed)
        outputs = torch.cat([after[0], curvature[0]])
        *by_weight, by_state = torch.autograd.grad(
            outputs, [*self._weights, state], torch.eye(len(outputs)), is_grads_batched=True, materialize_grads=True
        )
        direct = torch.cat([part.reshape(len(outputs), -1) for part in by_weight], 1)
        total = by_state[:, 0] @ self._of_state + direct
        self._of_state = total[:-1]
        return total[-1]

    def _run(self, images: Tensor, state: Tensor, elapsed: float) -> tuple[Tensor, Tensor]:
        cell = self._policy.cell
        cell.fused = False  # batched gradients do not go through the kernels
        try:
            with torch.no_grad():
                features = self._policy.features(images)
            with torch.enable_grad():
                return self._policy.stepped(features, state, elapsed)
        finally:
            cell.fused = True
