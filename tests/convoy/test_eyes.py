from __future__ import annotations

import numpy as np
import torch

from wormdrive.convoy.config import EyesConfig
from wormdrive.convoy.eyes import Eyes


def test_a_frame_has_the_same_features_alone_and_in_company() -> None:
    torch.manual_seed(0)
    eyes = Eyes(EyesConfig())
    seen = np.random.default_rng(0).integers(0, 255, (70, 78, 200, 3), np.uint8)
    together = eyes.look(seen)
    assert together.shape == (70, 32)
    for k in (0, 7, 64, 69):
        assert torch.equal(eyes.look(seen[k : k + 1])[0], together[k])


def test_what_is_seen_can_be_learnt_from() -> None:
    eyes = Eyes(EyesConfig())
    features = eyes.look(np.zeros((2, 78, 200, 3), np.uint8))
    weight = torch.ones(32, requires_grad=True)
    (features * weight).sum().backward()
    assert weight.grad is not None
    assert not features.requires_grad
