"""Worst noise: what a gradient finds within the noise, for the other side of what a certificate proves."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy

__all__ = ["worst_curvature"]

Numbers = NDArray[np.float64]
_STEPS: Final = 20


def worst_curvature(policy: Policy, features: Numbers, state: Numbers, noise: float, elapsed: float) -> Numbers:
    """Push the sum of all curvatures to the left, by signs of gradients; return what is then steered, (T,) [1/m].

    ``features`` (T, F) may be off by ``noise`` each; ``state`` (S,) is the one before; ``elapsed`` in sample periods.
    """
    given = torch.from_numpy(features).float().to(policy.device)
    begin = torch.from_numpy(state).float().to(policy.device)[None]
    at, best = given, policy.control(given[None], begin, elapsed).curvature[0]
    for step in range(_STEPS):
        tried = at.clone().requires_grad_()
        (slope,) = torch.autograd.grad(policy.curvature_of(tried[None], begin, elapsed).sum(), tried)
        far = given + noise * torch.sign(slope) if not step else at + 0.25 * noise * torch.sign(slope)
        at = torch.minimum(torch.maximum(far, given - noise), given + noise).detach()
        found = policy.control(at[None], begin, elapsed).curvature[0]
        if found.sum() > best.sum():
            best = found
    return np.asarray(best.cpu().double().numpy(), np.float64)
