from __future__ import annotations

import torch

from tests.adapting.toys import frames_of, liquid, seen_of, summer_of, unchanged, weights_of
from wormdrive.adapting.influence import neuron_weights
from wormdrive.adapting.reward_rule import RewardRule


def test_it_explores_and_learns_with_its_neurons_alone_and_the_same_seed_gives_the_same_bits() -> None:
    runs = []
    for seed in (3, 3, 4):
        policy = liquid()
        eyes, neurons = weights_of(policy), [weight.detach().clone() for weight in neuron_weights(policy)]
        rule = RewardRule(policy, summer_of(policy, frames_of(1)), seed=seed, actor_rate=1e-3)
        steered = [rule.after(seen_of(policy, frame)).curvature for frame in frames_of(4)]
        moved = [not torch.equal(a, b) for a, b in zip(neuron_weights(policy), neurons, strict=True)]
        assert any(moved)
        assert not unchanged(policy, eyes)
        head = [name for name, _ in policy.named_parameters() if name.startswith("head.")]
        named = dict(zip((name for name, _ in policy.named_parameters()), eyes, strict=True))
        assert all(torch.equal(policy.get_parameter(name), named[name]) for name in head)
        assert rule.counts == {"updates": 3}
        runs.append((steered, weights_of(policy)))
    assert runs[0][0] == runs[1][0]
    assert all(torch.equal(a, b) for a, b in zip(runs[0][1], runs[1][1], strict=True))
    assert runs[0][0] != runs[2][0]


def test_a_good_surprise_makes_what_was_steered_likelier() -> None:
    policy = liquid()
    rule = RewardRule(policy, summer_of(policy, frames_of(1)), actor_rate=1e-4, exploration=0.01)
    frame = frames_of(1)[0]
    seen = seen_of(policy, frame)
    noise = rule.after(seen).curvature - seen.curvature
    rule._learn(surprise=1.0)
    change = seen_of(policy, frame).curvature - seen.curvature
    assert abs(noise) > 0.0
    assert noise * change > 0.0
