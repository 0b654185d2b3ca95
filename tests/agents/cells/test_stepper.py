"""The quick ways: without gradients, and without torch."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from tests.agents.kernels.test_cfc_fused import WIDE_WIRINGS
from tests.agents.kernels.test_ltc_fused import random_wiring
from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.kernels.ltc_small_batch import SMALL_BATCH
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError

CELLS = [LTC, CfC]


def make(kind: type[LiquidCell], wiring: Wiring | None = None, dtype: torch.dtype = torch.float32) -> LiquidCell:
    torch.manual_seed(0)
    return kind(wiring or Wiring.ncp()).to(dtype)


@pytest.mark.parametrize(
    "wiring", [Wiring.ncp(), Wiring.fully_connected(), *WIDE_WIRINGS, *(random_wiring(k) for k in range(3))]
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", CELLS)
def test_same_bits_in_every_way_and_batch(kind: type[LiquidCell], wiring: Wiring, dtype: torch.dtype) -> None:
    """Few cars are computed by another kernel than many, with gradients by another than without."""
    cell = make(kind, wiring, dtype)
    B, T = 20, 5
    inputs, state = torch.randn(B, T, wiring.input_size, dtype=dtype), torch.randn(B, wiring.state_size, dtype=dtype)
    elapsed = 3 * torch.rand(B, T, dtype=dtype)
    with_gradient = cell.trace(inputs, state, elapsed).detach()
    stepper = cell.stepper()
    for size in (B, SMALL_BATCH + 1, SMALL_BATCH, 1):
        chosen = slice(B - size, B)
        with torch.no_grad():
            assert torch.equal(cell.trace(inputs[chosen], state[chosen], elapsed[chosen]), with_gradient[chosen])
        numbers = state[chosen].numpy()
        for t in range(T):
            outputs, numbers = stepper(inputs[chosen, t].numpy(), numbers, elapsed[chosen, t].numpy())
            np.testing.assert_array_equal(numbers, with_gradient[chosen, t].numpy())
            np.testing.assert_array_equal(outputs, with_gradient[chosen, t, : wiring.output_size].numpy())


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.add_(0.1),
        lambda p: p.data.add_(0.1),
        lambda p: p.detach().numpy().__iadd__(np.float32(0.1)),
        lambda p: setattr(p, "data", p + 0.1),
    ],
    ids=["in place", "data", "numpy", "new data"],
)
def test_a_changed_parameter_is_seen(kind: type[LiquidCell], change: Callable[[nn.Parameter], None]) -> None:
    cell = make(kind)
    inputs, state = torch.randn(1, 2, 32), torch.zeros(1, 19)
    for parameter in cell.parameters():
        with torch.no_grad():
            before = cell(inputs, state)[1]
            assert torch.equal(cell(inputs, state)[1], before)
            change(parameter)
            after = cell(inputs, state)[1]
        assert not torch.equal(after, before)
        assert torch.equal(cell(inputs, state)[1], after)


def test_a_changed_number_of_unfolds_is_seen() -> None:
    cell = make(LTC)
    inputs, state = torch.randn(1, 2, 32), torch.zeros(1, 19)
    with torch.no_grad():
        before = cell(inputs, state)[1]
        cell.unfolds = 3  # type: ignore[assignment]
        assert not torch.equal(cell(inputs, state)[1], before)


@pytest.mark.parametrize("kind", CELLS)
def test_what_is_not_plain_goes_the_slow_way(kind: type[LiquidCell]) -> None:
    cell = make(kind)
    inputs, state = torch.randn(2, 3, 32), torch.zeros(2, 19)
    with torch.no_grad():
        plain = cell(inputs, state)[0]
        name = "rest" if kind is LTC else "memory"
        mixed = cell(inputs.double(), state)[0]
        assert mixed.dtype == torch.float32
        torch.testing.assert_close(mixed, plain)
        strided = inputs.transpose(0, 1).contiguous().transpose(0, 1)
        assert torch.equal(cell(strided, state)[0], plain)
        parametrizations.weight_norm(cell, name, dim=None)
        torch.testing.assert_close(cell(inputs, state)[0], plain)
        half = make(kind, dtype=torch.bfloat16)
        assert half(inputs, state)[0].dtype == torch.bfloat16
        with pytest.raises(ArgumentError, match=r"type torch\.bfloat16: allowed are torch\.float32 and torch\.float64"):
            half.stepper()


@pytest.mark.parametrize("kind", CELLS)
def test_copies_and_pickles_are_their_own(kind: type[LiquidCell]) -> None:
    cell = make(kind)
    inputs, state = torch.randn(1, 2, 32), torch.zeros(1, 19)
    with torch.no_grad():
        before = cell(inputs, state)[1]
        other = copy.deepcopy(cell)
        for parameter in other.parameters():
            parameter.mul_(1.1)
        assert torch.equal(cell(inputs, state)[1], before)
        assert not torch.equal(other(inputs, state)[1], before)
        assert torch.equal(pickle.loads(pickle.dumps(cell))(inputs, state)[1], before)
    stepper = pickle.loads(pickle.dumps(cell.stepper()))
    np.testing.assert_array_equal(
        stepper(inputs[:, 0].numpy(), state.numpy())[1], cell.trace(inputs, state)[:, 0].detach()
    )


@pytest.mark.parametrize("kind", CELLS)
def test_a_stepper_keeps_the_numbers_it_was_made_with(kind: type[LiquidCell]) -> None:
    cell = make(kind)
    stepper, inputs = cell.stepper(), np.random.default_rng(0).normal(size=(2, 32))
    _, before = stepper(inputs, stepper.initial_state(2))
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.mul_(1.1)
    np.testing.assert_array_equal(stepper(inputs, stepper.initial_state(2))[1], before)
    assert not np.array_equal(cell.stepper()(inputs, stepper.initial_state(2))[1], before)


@pytest.mark.parametrize("kind", CELLS)
def test_steppers_take_what_numpy_users_have(kind: type[LiquidCell]) -> None:
    stepper = make(kind).stepper()
    inputs = np.asfortranarray(np.random.default_rng(0).normal(size=(40, 32)))
    inputs.flags.writeable = False
    outputs, state = stepper(inputs, stepper.initial_state(40), 0.5)
    assert outputs.shape == (40, 1)
    assert state.dtype == np.float32
    kept = state.copy()
    np.testing.assert_array_equal(stepper(inputs, stepper.initial_state(40), np.full(40, 0.5))[1], kept)
    assert not np.array_equal(stepper(inputs, stepper.initial_state(40))[1], kept)
    np.testing.assert_array_equal(state, kept)


def test_wrong_arguments_are_refused() -> None:
    stepper = make(LTC).stepper()
    state = stepper.initial_state(2)
    for arguments, complaint in (
        ((np.zeros((2, 31)), state), r"inputs: shape \(2, 31\): allowed is \(B, 32\)"),
        ((np.zeros(32), state), r"inputs: shape \(32,\)"),
        ((np.zeros((3, 32)), state), r"state: shape \(2, 19\): allowed is \(3, 19\)"),
        ((np.zeros((2, 32)), state, np.ones(3)), r"elapsed: shape \(3,\): allowed is a number or \(2,\)"),
        ((np.zeros((2, 32)), state, -1.0), r"elapsed=-1.0: allowed are finite numbers >= 0"),
        ((np.zeros((2, 32)), state, float("nan")), "elapsed=nan"),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            stepper(*arguments)
