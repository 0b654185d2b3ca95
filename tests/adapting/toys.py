"""Toys: small policies with weights drawn by seed, and frames of noise."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.adapting.car import Acted, Seen
from wormdrive.adapting.channels import channel_statistics
from wormdrive.adapting.summer import Summer
from wormdrive.agents.policies.liquid_policy import LiquidPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy


def policy_of(kind: str, seed: int = 0) -> Policy:
    """Return an untrained policy."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_policy({"kind": kind}).eval()


def liquid(seed: int = 0) -> LiquidPolicy:
    """Return an untrained NCP."""
    return cast(LiquidPolicy, policy_of("ncp", seed))


def frames_of(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return frames (T, 78, 200, 3) of blocks of grey."""
    blocks = np.random.default_rng(seed).integers(0, 256, (count, 13, 20, 1), np.uint8)
    return np.ascontiguousarray(np.broadcast_to(blocks.repeat(6, 1).repeat(10, 2), (count, 78, 200, 3)))


def summer_of(policy: Policy, frames: NDArray[np.uint8], turn: float = -0.02) -> Summer:
    """Return a summer in which some frames were seen."""
    preprocessor, head = policy.eyes
    with torch.no_grad():
        channels = channel_statistics(head, preprocessor(preprocessor.reduce(torch.from_numpy(frames))))
    return Summer(channels, turn, 8)


def seen_of(policy: Policy, frame: NDArray[np.uint8], state: torch.Tensor | None = None) -> Seen:
    """Return what a policy makes of a frame (78, 200, 3), from a state (1, S)."""
    before = policy.initial_state(1) if state is None else state
    curvature, after = policy.act(frame[None], before)
    return Seen(frame[None], before, after.clone(), 1.0, float(curvature[0]))


def weights_of(policy: Policy) -> list[torch.Tensor]:
    """Return a copy of all weights."""
    return [weight.detach().clone() for weight in policy.parameters()]


def unchanged(policy: Policy, weights: list[torch.Tensor]) -> bool:
    """Whether a policy has these weights, bit for bit."""
    return all(torch.equal(own, old) for own, old in zip(policy.parameters(), weights, strict=True))


class Doubles:
    """A learner that multiplies the last layer's biases, and whatever else follows them, at every frame."""

    def __init__(self, policy: Policy, factor: float = 2.0) -> None:
        self._policy, self._factor = policy, factor
        self.forgotten = 0
        self.counts = {"updates": 0}

    def after(self, seen: Seen) -> Acted:
        """Change every weight."""
        with torch.no_grad():
            for weight in self._policy.parameters():
                weight.mul_(self._factor)
        self.counts["updates"] += 1
        return Acted(seen.curvature, seen.state)

    def forget(self) -> None:
        """Count it."""
        self.forgotten += 1
