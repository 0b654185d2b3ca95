"""Bounds of the steering: 100,000 noisy drives stay inside; what they mean on a road; how much noise fits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.audit.toys import some_features
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.certificate.interval import Interval, around
from wormdrive.audit.certificate.steering_bounds import greatest_offset, largest_noise, steering_bounds
from wormdrive.envs.common.errors import ArgumentError

POLICIES = ("ncp", "cfc-blind", "feedforward-blind")


@pytest.mark.slow
@pytest.mark.parametrize("noise", [1e-3, 0.05])
@pytest.mark.parametrize("name", POLICIES)
def test_a_hundred_thousand_drives_stay_inside(name: str, noise: float) -> None:
    policy = load_policy(name).eval()
    features, rng = some_features(10), np.random.default_rng(0)
    bounds = steering_bounds(policy, around(features.astype(np.float64), noise))
    for part in range(10):
        drawn = rng.uniform(-noise, noise, (5000, *features.shape))
        signs = noise * np.sign(rng.normal(size=(5000, 1, features.shape[1])) * np.ones((1, len(features), 1)))
        for shift in (drawn, signs):
            noisy = torch.from_numpy((features + shift * (1 - 1e-9)).astype(np.float32))
            assert bounds.contains(
                policy.control(noisy, policy.initial_state(5000)).curvature.double().numpy()
            ).all(), part


@pytest.mark.parametrize("name", POLICIES)
def test_what_gradients_find_stays_inside(name: str) -> None:
    policy = load_policy(name).eval()
    features, noise = torch.from_numpy(some_features(10)), 0.02
    bounds = steering_bounds(policy, around(features.double().numpy(), noise))
    for frame in (0, 4, 9):
        for sign in (1, -1):
            at = features.clone().requires_grad_()
            for _ in range(10):
                output = policy.curvature_of(at[None], policy.initial_state(1))[0, frame]
                (step,) = torch.autograd.grad(sign * output, at)
                at = (features + noise * torch.sign(step)).requires_grad_()
            curvature = policy.control(at.detach()[None], policy.initial_state(1)).curvature[0].double().numpy()
            assert bounds.contains(curvature).all()


@pytest.mark.parametrize("name", POLICIES)
def test_noise_makes_bounds_wider_and_its_absence_leaves_the_answer(name: str) -> None:
    policy = load_policy(name).eval()
    features = some_features(20)
    none, some, more = (steering_bounds(policy, around(features.astype(np.float64), r)) for r in (0.0, 0.01, 0.02))
    curvature = policy.control(torch.from_numpy(features[None]), policy.initial_state(1)).curvature[0].numpy()
    assert none.contains(curvature.astype(np.float64)).all()
    assert none.width.max() < 1e-3
    assert (none.width < some.width).all()
    assert (some.width < more.width).all()


def test_what_has_no_bounds_is_refused() -> None:
    with pytest.raises(ArgumentError, match="kind 'lstm': allowed is bounds of a controller"):
        steering_bounds(build_policy({"kind": "lstm"}), around(some_features(3).astype(np.float64), 0.0))


def test_a_constant_error_of_curvature_is_a_circle() -> None:
    meant = np.zeros(100)
    bounds = Interval(meant - 0.001, meant + 0.002)
    assert greatest_offset(bounds, meant, 10.0, 0.01) == pytest.approx(0.5 * 0.002 * 10.0**2, rel=0.02)


def test_the_largest_noise_is_found() -> None:
    assert largest_noise(lambda noise: noise < 3e-3) == pytest.approx(3e-3, rel=0.05)
    assert largest_noise(lambda noise: noise < 3e-3) < 3e-3
    assert largest_noise(lambda _: False) == 0.0
