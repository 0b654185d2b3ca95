from __future__ import annotations

import torch

from tests.adapting.toys import frames_of, liquid
from wormdrive.adapting.influence import Influence, neuron_weights


def test_what_is_carried_forwards_is_what_goes_backwards_through_time() -> None:
    policy = liquid()
    frames, gaps = frames_of(5), (1.0, 0.5, 2.0, 1.0, 1.5)
    influence, state = Influence(policy), policy.initial_state(1)
    for frame, gap in zip(frames, gaps, strict=True):
        carried = influence.step(frame[None], state, gap)
        state = policy.act(frame[None], state, gap)[1].clone()

    images = policy.eyes[0].reduce(torch.from_numpy(frames)).unsqueeze(0)
    output = policy(images, policy.initial_state(1), torch.tensor([gaps]))
    back = torch.autograd.grad(output.curvature[0, -1], neuron_weights(policy))
    expected = torch.cat([part.flatten() for part in back])
    assert float(expected.abs().max()) > 1e-3
    torch.testing.assert_close(carried, expected, rtol=1e-3, atol=1e-6)


def test_reset_forgets_what_was_before() -> None:
    policy = liquid()
    influence, fresh, frames = Influence(policy), Influence(policy), frames_of(2)
    first = influence.step(frames[:1], policy.initial_state(1), 1.0)
    carried = influence.step(frames[1:], policy.initial_state(1), 1.0)
    influence.reset()
    assert torch.equal(influence.step(frames[:1], policy.initial_state(1), 1.0), first)
    assert not torch.equal(fresh.step(frames[1:], policy.initial_state(1), 1.0), carried)
