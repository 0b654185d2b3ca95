"""Bounds of eyes: no picture within the noise has features outside, for every way of preprocessing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.certificate.head_bounds import feature_bounds
from wormdrive.envs.common.errors import ArgumentError

EYES = [
    {},
    {"preprocess": {"colour": "rgb", "normalisation": "whitening"}},
    {"preprocess": {"normalisation": "contrast_magnitude"}, "head": {"normalise_features": False, "last_slope": 0.0}},
]


def exact(policy: Policy, images: torch.Tensor) -> np.ndarray:
    """Return features (M, 32) of images, without gradients."""
    with torch.no_grad():
        return np.asarray(policy.features(images[None])[0].double().numpy())


@pytest.mark.parametrize("options", EYES)
@pytest.mark.parametrize("radius", [0.0, 1e-4, 2 / 255])
def test_no_picture_within_leaves(options: dict[str, object], radius: float) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "ncp", **options}).eval()
    size = policy.config.preprocess
    image = torch.rand(size.channels, size.image_height, size.image_width)
    bounds = feature_bounds(policy, image, radius)
    noise = torch.rand(64, *image.shape) * 2 - 1
    signs = torch.sign(noise)
    for tried in (image + radius * noise, image + radius * signs):
        assert bounds.contains(exact(policy, tried.clamp(image - radius, image + radius))).all()


@pytest.mark.parametrize("options", EYES)
def test_what_gradients_find_does_not_leave(options: dict[str, object]) -> None:
    torch.manual_seed(1)
    policy = build_policy({"kind": "ncp", **options}).eval()
    size = policy.config.preprocess
    image, radius = torch.rand(size.channels, size.image_height, size.image_width), 2 / 255
    bounds = feature_bounds(policy, image, radius)
    for feature in range(0, 32, 8):
        for sign in (1, -1):
            at = image.clone().requires_grad_()
            for _ in range(5):
                value = policy.features(at[None, None])[0, 0, feature]
                (step,) = torch.autograd.grad(sign * value, at)
                at = (image + radius * torch.sign(step)).requires_grad_()
            assert bounds.contains(exact(policy, at.detach()[None])).all()


def test_without_noise_the_bounds_are_the_answer() -> None:
    torch.manual_seed(2)
    policy = build_policy({"kind": "ncp"}).eval()
    image = torch.rand(1, 39, 100)
    bounds = feature_bounds(policy, image, 0.0)
    assert bounds.width.max() < 1e-4


def test_no_standardised_feature_is_larger_than_one_alone() -> None:
    torch.manual_seed(3)
    bounds = feature_bounds(build_policy({"kind": "ncp"}).eval(), torch.rand(1, 39, 100), 1.0)
    assert max(-bounds.low.min(), bounds.high.max()) <= 31**0.5 * (1 + 1e-5)


def test_what_has_no_bounds_is_refused() -> None:
    with pytest.raises(ArgumentError, match="kind 'cnn': allowed are policies whose head is the convolutional one"):
        feature_bounds(build_policy({"kind": "cnn"}), torch.rand(1, 39, 100), 0.1)
    with pytest.raises(ArgumentError, match="radius=-1: allowed are 0 to 1"):
        feature_bounds(build_policy({"kind": "ncp"}), torch.rand(1, 39, 100), -1)
