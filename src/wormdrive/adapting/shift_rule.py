"""Shift rule: the weights learn, while driving, to answer to shifted views as they did in summer."""

from __future__ import annotations

import torch

from wormdrive.adapting.car import Acted, Seen
from wormdrive.adapting.shifted_views import shift_loss, shifted_curvatures
from wormdrive.adapting.summer import Summer
from wormdrive.agents.policies.policy import Policy

__all__ = ["ShiftRule"]


class ShiftRule:
    """Every ``every`` frames one step of Adam on the loss of ``shifted_views``, over all weights of the policy.

    Nothing is kept of summer but one number, ``Summer.turn``; the gradient goes one sample back and not into the state.
    """

    def __init__(self, policy: Policy, summer: Summer, *, every: int = 3, learning_rate: float = 3e-4) -> None:
        self._policy, self._summer, self._every = policy, summer, every
        self._weights = [weight for name, weight in policy.named_parameters() if not name.startswith("auxiliary")]
        self._learning_rate, self._seen = learning_rate, 0
        self.forget()

    def forget(self) -> None:
        """Begin with an optimiser that has seen no gradient."""
        self._optimiser = torch.optim.Adam(self._weights, self._learning_rate)

    @property
    def counts(self) -> dict[str, int]:
        """How often weights were changed."""
        return {"updates": self._seen // self._every}

    def after(self, seen: Seen) -> Acted:
        """Learn, if it is time."""
        self._seen += 1
        if self._seen % self._every == 0:
            curvatures = shifted_curvatures(self._policy, seen.frame, seen.before, self._summer.shift)
            gradients = torch.autograd.grad(
                shift_loss(curvatures, self._summer.turn), self._weights, allow_unused=True, materialize_grads=True
            )
            for weight, gradient in zip(self._weights, gradients, strict=True):
                weight.grad = gradient
            self._optimiser.step()
        return Acted(seen.curvature, seen.state)
