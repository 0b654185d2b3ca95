"""Maps: they fit the reduced picture, are as bright as can be, and lie on the camera's pixels again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.attention.maps import METHODS, attention, scaled
from wormdrive.audit.attention.seen_frames import frames_held


@pytest.mark.slow
def test_all_methods_look_at_what_is_left_of_the_picture() -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "feedforward", "preprocess": {"downsample": 3, "width": 201, "crop_top": 8}}).eval()
    frames = np.random.default_rng(0).integers(0, 256, (2, 78, 201, 3), np.uint8)
    found = attention(policy, frames_held(policy, frames))
    assert tuple(found.maps) == METHODS
    for maps in found.maps.values():
        assert maps.shape == (2, 18, 67)
        assert maps.min() >= 0 < maps.max()
        large = policy.window.enlarged(maps)
        assert large.shape == (2, 78, 201)
        assert not large[:, :24].any()
        assert np.array_equal(large[:, 25::3, 1::3], maps)


def test_maps_are_scaled_to_their_brightest_pixels() -> None:
    maps = np.linspace(0, 5, 1000).reshape(1, 20, 50)
    maps[0, 0, 0] = 1e9
    found = scaled(np.concatenate([maps, np.zeros((1, 20, 50))]))
    assert 0.9 < found[0, 19, 30] <= found[0].max() == 1.0
    assert not found[1].any()
