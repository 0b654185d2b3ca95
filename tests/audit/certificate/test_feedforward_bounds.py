"""Bounds of the memoryless read-out: nothing leaves them, and where no unit changes its mind they are reached."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy, FeedForwardPolicyConfig
from wormdrive.audit.certificate.feedforward_bounds import FeedForwardBounds
from wormdrive.audit.certificate.interval import Interval, around

NOTHING = Interval(np.zeros(0), np.zeros(0))


def policy_of(seed: int) -> FeedForwardPolicy:
    torch.manual_seed(seed)
    policy = FeedForwardPolicy(FeedForwardPolicyConfig(observes="road_state"))
    with torch.no_grad():
        policy.output.weight.normal_(0.0, 0.3)
    return policy


def output(policy: FeedForwardPolicy, features: np.ndarray) -> np.ndarray:
    """Return outputs (B, 1) of features (B, 32) in float32, as it drives."""
    with torch.no_grad():
        return policy.output(policy.hidden(torch.from_numpy(features).float()).relu()).double().numpy()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [1e-3, 0.1, 1.0])
def test_nothing_that_is_drawn_leaves(seed: int, noise: float) -> None:
    policy, rng = policy_of(seed), np.random.default_rng(seed)
    box = around(rng.normal(size=32), noise)
    bounds, state = FeedForwardBounds(policy).step(box, NOTHING, 1.0)
    assert state is NOTHING
    corners = np.where(rng.integers(0, 2, (6000, 32)), box.high, box.low)
    for tried in (rng.uniform(*box, (6000, 32)), corners):
        assert bounds.contains(output(policy, tried)).all()


@pytest.mark.parametrize("noise", [0.1, 1.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_nothing_that_a_gradient_finds_leaves(noise: float, sign: int) -> None:
    policy, rng = policy_of(1), np.random.default_rng(1)
    for _ in range(20):
        box = around(rng.normal(size=32), noise)
        bounds, _ = FeedForwardBounds(policy).step(box, NOTHING, 1.0)
        low, high = (torch.from_numpy(end).float() for end in box)
        at = ((low + high) / 2).requires_grad_()
        for _ in range(10):
            (slope,) = torch.autograd.grad(sign * policy.output(policy.hidden(at).relu()).sum(), at)
            at = torch.where(slope > 0, high, low).requires_grad_()
        assert bounds.contains(output(policy, at.detach().double().numpy()[None])).all()


def test_where_no_unit_changes_its_mind_the_bounds_are_reached() -> None:
    policy, centre, noise = policy_of(2), np.random.default_rng(2).normal(size=32), 1e-4
    bounds, _ = FeedForwardBounds(policy).step(around(centre, noise), NOTHING, 1.0)
    at = torch.from_numpy(centre).float().requires_grad_()
    (slope,) = torch.autograd.grad(policy.output(policy.hidden(at).relu()).sum(), at)
    worst = np.stack([centre + side * noise * np.sign(slope.numpy()) for side in (-1, 1)])
    assert bounds.width[0] == pytest.approx(np.ptp(output(policy, worst)), rel=0.1)


def test_lines_are_never_worse_than_units_by_themselves() -> None:
    policy, rng = policy_of(3), np.random.default_rng(3)
    weight, bias = (part.detach().double().numpy() for part in (policy.hidden.weight, policy.hidden.bias))
    out = policy.output.weight[0].detach().double().numpy()
    for noise in (0.01, 0.3, 5.0):
        centre = rng.normal(size=32)
        bounds, _ = FeedForwardBounds(policy).step(around(centre, noise), NOTHING, 1.0)
        reach = noise * np.abs(weight).sum(1)
        units = np.maximum(weight @ centre + bias + reach, 0) - np.maximum(weight @ centre + bias - reach, 0)
        assert bounds.width[0] <= np.abs(out) @ units * (1 + 1e-4) + 1e-4
