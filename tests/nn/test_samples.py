"""Sequences in every form: the same numbers, and padding that leaves states and gradients alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.nn import LRC, LTC, Bidirectional, CfC, Stacked
from wormdrive.nn.recurrent import RecurrentModule

F = 6
LENGTHS = [4, 7, 1, 0, 6]
B, T = len(LENGTHS), 7


def wiring() -> Wiring:
    return Wiring.auto_ncp(F, 14, 3)


KINDS: dict[str, Callable[[], RecurrentModule]] = {
    "ltc": lambda: LTC(F, wiring()),
    "cfc": lambda: CfC(F, wiring()),
    "cfc with memory": lambda: CfC(F, wiring(), mixed_memory=True),
    "dense": lambda: CfC(F, 5, proj_size=2),
    "lrc": lambda: LRC(F, wiring()),
    "both ways": lambda: Bidirectional(LTC(F, wiring()), CfC(F, 5)),
    "stacked": lambda: Stacked([Bidirectional(CfC(F, 4), CfC(F, 5)), LTC(9, 3)]),
}
EACH = pytest.mark.parametrize("kind", KINDS)


def made(kind: str) -> RecurrentModule:
    torch.manual_seed(0)
    return KINDS[kind]()


def leaves(state: Any) -> list[Tensor]:
    return [leaf for part in state for leaf in leaves(part)] if isinstance(state, tuple) else [state]


def close(found: Any, right: Any) -> None:
    for mine, other in zip(leaves(found), leaves(right), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-6)


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(B, T, F, generator=generator), 3 * torch.rand(B, T, generator=generator)


@EACH
def test_orders_of_axes_and_no_batch_are_one_computation(kind: str) -> None:
    network = made(kind)
    inputs, gaps = data()
    outputs, after = network(inputs, timespans=gaps)
    assert outputs.shape == (B, T, network.output_size)
    network.batch_first = False
    swapped, same = network(inputs.transpose(0, 1), timespans=gaps.T)
    close((swapped.transpose(0, 1), same), (outputs, after))
    for batch_first in (True, False):
        network.batch_first = batch_first
        alone, state = network(inputs[2], timespans=gaps[2])
        close(alone, outputs[2])
        for mine, other in zip(leaves(state), leaves(after), strict=True):
            torch.testing.assert_close(mine, other[2], rtol=0, atol=1e-6)
        again, _ = network(inputs[2], state, gaps[2])
        assert again.shape == (T, network.output_size)


@EACH
def test_a_sequence_among_longer_ones_is_what_it_is_alone(kind: str) -> None:
    network = made(kind)
    inputs, gaps = data()
    for k, n in enumerate(LENGTHS):
        inputs[k, n:], gaps[k, n:] = torch.nan, -1.0
    outputs, after = network(inputs, timespans=gaps, lengths=LENGTHS)
    network.return_sequences = False
    last, _ = network(inputs, timespans=gaps, lengths=torch.tensor(LENGTHS))
    network.return_sequences = True
    for k, n in enumerate(LENGTHS):
        assert (outputs[k, n:] == 0).all()
        if n == 0:
            assert all((leaf[k] == 0).all() for leaf in leaves(after))
            assert (last[k] == 0).all()
            continue
        alone, state = network(inputs[k : k + 1, :n], timespans=gaps[k : k + 1, :n])
        close(outputs[k : k + 1, :n], alone)
        close(last[k], alone[0, -1])
        for mine, other in zip(leaves(after), leaves(state), strict=True):
            torch.testing.assert_close(mine[k], other[0], rtol=0, atol=1e-6)


@EACH
def test_padding_changes_no_bit_of_state_output_and_gradient(kind: str) -> None:
    network = made(kind)
    found = []
    for filler in (0.0, torch.nan, 1e30):
        inputs, _ = data()
        for k, n in enumerate(LENGTHS):
            inputs[k, n:] = filler
        inputs.requires_grad_()
        network.zero_grad()
        outputs, after = network(inputs, lengths=LENGTHS)
        (outputs.square().sum() + sum(leaf.sum() for leaf in leaves(after))).backward()
        assert inputs.grad is not None
        grads = [p.grad for p in network.parameters() if p.grad is not None]
        found.append([outputs, *leaves(after), inputs.grad, *grads])
        assert all((inputs.grad[k, n:] == 0).all() for k, n in enumerate(LENGTHS))
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@EACH
def test_a_mask_is_the_sequence_without_what_it_leaves_out(kind: str) -> None:
    network = made(kind)
    inputs, gaps = data()
    mask = torch.rand(B, T, generator=torch.Generator().manual_seed(3)) < 0.6
    mask[3] = False
    outputs, after = network(inputs, timespans=gaps, mask=mask)
    assert (outputs[~mask] == 0).all()
    assert all((leaf[3] == 0).all() for leaf in leaves(after))
    for k in (0, 1, 2, 4):
        alone, state = network(inputs[k][mask[k]], timespans=gaps[k][mask[k]])
        close(outputs[k][mask[k]], alone)
        for mine, other in zip(leaves(after), leaves(state), strict=True):
            torch.testing.assert_close(mine[k], other, rtol=0, atol=1e-6)
    inputs[~mask] = torch.inf
    assert torch.equal(network(inputs, timespans=gaps, mask=mask)[0], outputs)


@EACH
@pytest.mark.parametrize("sort", [True, False])
def test_packed_sequences_come_back_packed(kind: str, sort: bool) -> None:
    network = made(kind)
    inputs, gaps = data()
    lengths = sorted((max(n, 1) for n in LENGTHS), reverse=True) if sort else [max(n, 1) for n in LENGTHS]
    packed = pack_padded_sequence(inputs, torch.tensor(lengths), batch_first=True, enforce_sorted=sort)
    times = pack_padded_sequence(gaps, torch.tensor(lengths), batch_first=True, enforce_sorted=sort)
    outputs, after = network(inputs, timespans=gaps, lengths=lengths)
    for timespans in (times, gaps):
        found, state = network(packed, timespans=timespans)
        assert isinstance(found, PackedSequence)
        assert torch.equal(found.batch_sizes, packed.batch_sizes)
        unpacked, seen = pad_packed_sequence(found, batch_first=True)
        assert seen.tolist() == lengths
        close((unpacked, state), (outputs, after))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("both ways", "stacked")])
def test_a_sequence_in_parts_is_the_whole(kind: str) -> None:
    network = made(kind)
    inputs, gaps = data()
    outputs, after = network(inputs, timespans=gaps)
    first, state = network(inputs[:, :3], timespans=gaps[:, :3])
    second, state = network(inputs[:, 3:], state, gaps[:, 3:])
    close((torch.cat([first, second], 1), state), (outputs, after))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((torch.zeros(2, 3, 5),), r"input: shape \(2, 3, 5\): allowed is \(B, T, 6\) or \(T, 6\)"),
        ((torch.zeros(2, 0, 6),), "with at least one sample"),
        (([1.0],), "input: a list: allowed is a tensor or a PackedSequence"),
        ((torch.zeros(2, 3, 6), torch.zeros(2, 13)), r"hx: shape \(2, 13\): allowed is a tensor of shape \(2, 14\)"),
        ((torch.zeros(3, 6), torch.zeros(1, 14)), r"hx: shape \(1, 14\): allowed is a tensor of shape \(14,\)"),
        ((torch.zeros(2, 3, 6), (1, 2)), r"hx: a tuple: allowed is a tensor of shape \(2, 14\)"),
        ((torch.zeros(2, 3, 6), None, torch.ones(3, 2)), r"timespans: shape \(3, 2\): allowed is \(2, 3\)"),
        ((torch.zeros(2, 3, 6), None, -1.0), r"timespans=-1.0: allowed are finite numbers >= 0"),
        ((torch.zeros(2, 3, 6), None, -torch.ones(2, 3)), r"allowed are finite numbers >= 0"),
        ((torch.zeros(2, 3, 6), None, "1"), "timespans: a str: allowed is a number, a tensor or None"),
    ],
)
def test_what_does_not_fit_is_named(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        made("ltc")(*arguments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lengths": [1, 4]}, r"lengths=\[1, 4\]: allowed are 2 whole numbers from 0 to 3"),
        ({"lengths": [1.0, 2.0]}, "allowed are 2 whole numbers from 0 to 3"),
        ({"lengths": [1]}, "allowed are 2 whole numbers from 0 to 3"),
        ({"lengths": "ab"}, "allowed are 2 whole numbers from 0 to 3"),
        ({"mask": torch.ones(2, 3)}, "mask: torch.float32: allowed is a tensor of torch.bool"),
        ({"mask": torch.ones(3, 2, dtype=torch.bool)}, r"mask: shape \(3, 2\): allowed is \(2, 3\)"),
        ({"mask": torch.ones(2, 3, dtype=torch.bool), "lengths": [1, 1]}, "both given: allowed is one of them"),
    ],
)
def test_lengths_and_masks_are_looked_at(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        made("ltc")(torch.zeros(2, 3, 6), **options)


def test_packed_sequences_are_looked_at() -> None:
    network = made("ltc")
    packed = pack_padded_sequence(torch.zeros(2, 3, 6), torch.tensor([3, 2]), batch_first=True)
    other = pack_padded_sequence(torch.ones(2, 3), torch.tensor([3, 1]), batch_first=True)
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (packed, {"lengths": [3, 2]}, "it has lengths of its own"),
        (packed, {"timespans": other}, "packed with other lengths"),
        (packed, {"timespans": torch.ones(2, 4)}, r"timespans: shape \(2, 4\): allowed is \(2, 3\)"),
        (other, {}, r"packed samples of shape \(4,\): allowed is \(\*, 6\)"),
    ]
    for given, options, words in cases:
        with pytest.raises(ArgumentError, match=words):
            network(given, **options)


def test_mixed_memory_wants_two_states() -> None:
    network = made("cfc with memory")
    with pytest.raises(ArgumentError, match="hx: a Tensor: allowed is a tuple of 2"):
        network(torch.zeros(2, 3, 6), torch.zeros(2, 14))
    with pytest.raises(ArgumentError, match=r"hx\[1\]: shape \(2, 3\): allowed is a tensor of shape \(2, 14\)"):
        network(torch.zeros(2, 3, 6), (torch.zeros(2, 14), torch.zeros(2, 3)))
