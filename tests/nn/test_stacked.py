from __future__ import annotations

from typing import Any

import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.nn import LTC, Bidirectional, CfC, Stacked

F = 4


def test_a_stack_is_one_network_after_the_other() -> None:
    torch.manual_seed(0)
    below, above = CfC(F, 6), LTC(6, 3)
    stack = Stacked([below, above])
    inputs, gaps, hx = torch.randn(2, 5, F), torch.rand(2, 5), (torch.randn(2, 6), torch.randn(2, 3))
    middle, first = below(inputs, hx[0], gaps)
    right, second = above(middle, hx[1], gaps)
    outputs, after = stack(inputs, hx, gaps)
    assert torch.equal(outputs, right)
    assert torch.equal(after[0], first)
    assert torch.equal(after[1], second)


def test_dropout_falls_between_layers_while_training_alone() -> None:
    torch.manual_seed(0)
    stack = Stacked([CfC(F, 6), CfC(6, 3)], dropout=0.5)
    inputs = torch.randn(2, 5, F)
    assert not torch.equal(stack(inputs)[0], stack(inputs)[0])
    stack.eval()
    assert torch.equal(stack(inputs)[0], stack(inputs)[0])
    alone = Stacked([CfC(F, 6)], dropout=0.5)
    assert torch.equal(alone(inputs)[0], alone(inputs)[0])


def test_the_other_way_round_sequences_and_their_gaps_are_turned() -> None:
    torch.manual_seed(0)
    ahead, back = LTC(F, 3), CfC(F, 5)
    both = Bidirectional(ahead, back)
    inputs, gaps = torch.randn(2, 6, F), 0.1 + torch.rand(2, 6)
    outputs, (first, second) = both(inputs, timespans=gaps)
    right, state = ahead(inputs, timespans=gaps)
    assert torch.equal(outputs[..., :3], right)
    assert torch.equal(first, state)
    # Between samples 5 and 4 there is gap 5, and so on; the first sample heard has the first gap.
    turned = torch.cat([gaps[:, :1], gaps[:, 1:].flip(1)], 1)
    right, state = back(inputs.flip(1), timespans=turned)
    assert torch.equal(outputs[..., 3:], right.flip(1))
    assert torch.equal(second, state)


def test_a_palindrome_is_heard_alike_from_both_ends() -> None:
    torch.manual_seed(0)
    ahead, back = CfC(F, 5), CfC(F, 5)
    back.load_state_dict(ahead.state_dict())
    half = torch.randn(1, 3, F)
    outputs, (first, second) = Bidirectional(ahead, back)(torch.cat([half, half.flip(1)], 1))
    assert torch.equal(outputs[..., :5], outputs[..., 5:].flip(1))
    assert torch.equal(first, second)


def test_states_of_states() -> None:
    stack = Stacked([Bidirectional(CfC(F, 2, mixed_memory=True), LTC(F, 3)), CfC(5, 2)])
    assert stack.state_sizes == (((2, 2), 3), 2)
    assert stack.output_size == 2
    _, hx = stack(torch.randn(7, F))
    assert hx[0][0][1].shape == (2,)
    stack(torch.randn(7, F), hx)
    with pytest.raises(ArgumentError, match=r"hx\[0\]\[0\]: a Tensor: allowed is a tuple of 2"):
        stack(torch.randn(7, F), ((hx[0][0][0], hx[0][1]), hx[1]))
    with pytest.raises(ArgumentError, match=r"hx: 1 of them: allowed is a tuple of 2"):
        stack(torch.randn(7, F), (hx[0],))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Stacked([]), "layers: allowed are one or more networks"),
        (lambda: Stacked([torch.nn.Linear(1, 1)]), "layers: allowed are one or more networks"),  # type: ignore[list-item]
        (lambda: Stacked(3), "layers: allowed are one or more networks"),  # type: ignore[arg-type]
        (lambda: Stacked([CfC(F, 6), CfC(5, 3)]), r"layers\[1\]: input_size=5: allowed is 6"),
        (lambda: Stacked([CfC(F, 6)], dropout=1.0), "dropout=1.0: allowed are numbers from 0 to below 1"),
        (lambda: Bidirectional(CfC(F, 2), 3), "backward_rnn: a int: allowed is a network"),  # type: ignore[arg-type]
        (lambda: Bidirectional(CfC(F, 2), CfC(5, 2)), "backward_rnn: input_size=5: allowed is 4"),
        (lambda: Bidirectional(*[CfC(F, 2)] * 2), "the same object as forward_rnn"),
    ],
)
def test_what_does_not_fit_is_named(make: Any, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        make()
