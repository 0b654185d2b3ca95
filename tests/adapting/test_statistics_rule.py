from __future__ import annotations

import numpy as np
import torch

from tests.adapting.toys import frames_of, policy_of, seen_of, summer_of, unchanged, weights_of
from wormdrive.adapting.channels import channel_statistics
from wormdrive.adapting.statistics_rule import StatisticsRule


def test_the_filters_answer_with_summers_statistics_on_other_frames() -> None:
    policy = policy_of("feedforward")
    summer = summer_of(policy, frames_of(1, seed=0)).channels
    other = np.ascontiguousarray(255 - frames_of(1, seed=1)[0] // 3)
    rule = StatisticsRule(policy, summer, every=1, memory=1, strength=1.0)
    for _ in range(30):
        rule.after(seen_of(policy, other))
    preprocessor, head = policy.eyes
    with torch.no_grad():
        now = channel_statistics(head, preprocessor(preprocessor.reduce(torch.from_numpy(other[None]))))
    for layer in range(len(now.means)):
        scale = float(summer.deviation(layer).mean())
        assert float((now.means[layer] - summer.means[layer]).abs().max()) < 0.02 * scale
        assert float((now.deviation(layer) - summer.deviation(layer)).abs().max()) < 0.02 * scale
    assert rule.counts == {"updates": 30}


def test_strength_zero_changes_nothing_but_rounding_and_most_frames_are_let_pass() -> None:
    policy = policy_of("feedforward")
    before = weights_of(policy)
    rule = StatisticsRule(policy, summer_of(policy, frames_of(1)).channels, every=3, strength=0.0)
    seen = seen_of(policy, frames_of(1, seed=1)[0])
    rule.after(seen)
    rule.after(seen)
    assert unchanged(policy, before)
    rule.after(seen)
    for own, old in zip(policy.parameters(), before, strict=True):
        torch.testing.assert_close(own, old, atol=1e-5, rtol=1e-5)
