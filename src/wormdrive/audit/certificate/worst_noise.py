"""Worst noise: what a gradient finds within the noise, for the other side of what a certificate proves."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy

__all__ = ["worst_curvature"]

Numbers = NDArray[np.float64]
_STEPS: Final = 10


def worst_curvature(policy: Policy, features: Numbers, state: Numbers, noise: float, elapsed: float) -> Numbers:
    """Push the sum of all curvatures to the left, by signs of gradients; return what is then steered, (T,) [1/m].

    ``features`` (T, F) may be off by ``noise`` each; ``state`` (S,) is the one before; ``elapsed`` in sample periods.
    """
    given = torch.from_numpy(features).float().to(policy.device)
    begin = torch.from_numpy(state).float().to(policy.device)[None]
    at, best = given.clone().requires_grad_(), None
    for step in range(_STEPS):
        curvature = policy.curvature_of(at[None], begin, elapsed)[0]
        if best is None or curvature.sum() > best.sum():
            best = curvature.detach()
        (slope,) = torch.autograd.grad(curvature.sum(), at)
        moved = at.detach() + (noise if not step else 0.25 * noise) * torch.sign(slope)
        at = torch.minimum(torch.maximum(moved, given - noise), given + noise).requires_grad_()
    assert best is not None  # noqa: S101  (there is at least one step)
    return np.asarray(best.cpu().double().numpy(), np.float64)
