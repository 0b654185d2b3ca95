from __future__ import annotations

import pytest
import torch

from tests.adapting.toys import frames_of, policy_of, seen_of, summer_of, unchanged, weights_of
from wormdrive.adapting.shift_rule import ShiftRule
from wormdrive.adapting.shifted_views import shift_loss, shifted_curvatures
from wormdrive.agents.policies.policy import Policy


def loss_of(policy: Policy, turn: float) -> float:
    with torch.no_grad():
        return float(shift_loss(shifted_curvatures(policy, frames_of(1), policy.initial_state(1), 8), turn))


@pytest.mark.parametrize("kind", ["ncp", "feedforward", "lstm"])
def test_learning_brings_the_answers_to_what_is_known(kind: str) -> None:
    policy = policy_of(kind)
    summer = summer_of(policy, frames_of(1))
    before, rule = loss_of(policy, summer.turn), ShiftRule(policy, summer, every=1, learning_rate=3e-3)
    seen = seen_of(policy, frames_of(1)[0])
    for _ in range(20):
        acted = rule.after(seen)
    assert loss_of(policy, summer.turn) < 0.5 * before
    assert (acted.curvature, rule.counts) == (seen.curvature, {"updates": 20})


def test_two_of_three_frames_are_let_pass_and_the_same_frames_give_the_same_bits() -> None:
    policies = [policy_of("ncp"), policy_of("ncp")]
    before = weights_of(policies[0])
    rules = [ShiftRule(policy, summer_of(policy, frames_of(1))) for policy in policies]
    seen = seen_of(policies[0], frames_of(1)[0])
    for rule in rules:
        rule.after(seen)
        rule.after(seen)
    assert unchanged(policies[0], before)
    for rule in rules:
        rule.after(seen)
    assert not unchanged(policies[0], before)
    assert unchanged(policies[1], weights_of(policies[0]))
