"""Bounds of a controller: who has some, and that what is derived from a kind does not inherit them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy, FeedForwardPolicyConfig
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.certificate.controller_bounds import BOUNDED, bounds_of
from wormdrive.audit.certificate.interval import Interval, around


@pytest.mark.parametrize("kind", ["ncp", "ltc_full", "ltc_random", "cfc", "feedforward"])
def test_a_step_holds_what_the_policy_does(kind: str) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": kind}).eval()
    features = torch.randn(1, 1, 32)
    begin = np.zeros(policy.state_size)
    controller = bounds_of(policy)
    assert controller is not None
    output, state = controller.step(around(features[0, 0].double().numpy(), 0.01), Interval(begin, begin), 0.5)
    steps = policy.control(features, policy.initial_state(1), 0.5)
    assert output.times(policy.config.output_scale).contains(steps.curvature[0].double().numpy()).all()
    assert state.contains(steps.state[0, 0].double().numpy()).all()
    assert kind in BOUNDED


def test_others_have_none() -> None:
    class Mine(FeedForwardPolicy):
        """May compute whatever it likes."""

    assert bounds_of(Mine(FeedForwardPolicyConfig())) is None
    assert bounds_of(build_policy({"kind": "lstm"})) is None
    assert bounds_of(build_policy({"kind": "cnn"})) is None
