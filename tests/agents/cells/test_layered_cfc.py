from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.cells.layered_cfc import LayeredCfC
from wormdrive.envs.common.errors import ArgumentError

MASKS = [
    np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1]], bool),
    np.array([[1, 0], [1, 1], [0, 1]], bool),
    np.array([[1], [0]], bool),
]


def made(fused: bool = True) -> LayeredCfC:
    torch.manual_seed(0)
    cell = LayeredCfC(MASKS)
    cell.fused = fused
    return cell


@torch.no_grad()
def test_the_equations_layer_by_layer() -> None:
    """Written again with full matrices: a layer hears the one before, of this sample, and its own past."""
    cell = made().double()
    inputs, state, gaps = torch.randn(2, 5, 4).double(), torch.randn(2, 6).double(), torch.rand(2, 5).double()
    found = cell.trace(inputs, state, gaps)
    parts = [state[:, layer.neurons] for layer in cell.layers]
    for t in range(5):
        heard = inputs[:, t]
        for number, mask in enumerate(MASKS):
            weight, bias = cell.matrices(number)
            weight = weight.clone()
            weight[:2, :, : len(mask)] *= torch.from_numpy(mask.T)
            near, far, rate, shift = (torch.cat([heard, parts[number]], 1) @ weight.transpose(1, 2)) + bias[:, None]
            gate = torch.sigmoid(rate * gaps[:, t : t + 1] + shift)
            heard = parts[number] = (1 - gate) * torch.tanh(near) + gate * torch.tanh(far)
            torch.testing.assert_close(found[:, t, cell.layers[number].neurons], heard, rtol=0, atol=1e-12)


def test_kernels_and_plain_torch_agree_with_gradients() -> None:
    inputs = torch.randn(3, 4, 4)
    found = []
    for fused in (True, False):
        cell = made(fused)
        outputs, state = cell(inputs, cell.initial_state(3))
        (outputs.square().sum() + state.sum()).backward()
        found.append([outputs, state, *(p.grad for p in cell.parameters())])
        with torch.no_grad():
            torch.testing.assert_close(cell(inputs, cell.initial_state(3))[0], outputs, rtol=0, atol=1e-6)
    for mine, right in zip(*found, strict=True):
        torch.testing.assert_close(mine, right, rtol=1e-4, atol=1e-5)


def test_weights_that_are_masked_have_no_gradient() -> None:
    cell = made()
    cell(torch.randn(3, 4, 4), cell.initial_state(3))[0].square().sum().backward()
    assert cell.weight.grad is not None
    assert (cell.weight.grad[~cell.mask] == 0).all()
    assert (cell.weight.grad[cell.mask] != 0).all()


def test_matrices_go_in_and_out() -> None:
    cell, other = made(), LayeredCfC(MASKS)
    for number in range(3):
        other.set_matrices(number, *cell.matrices(number))
    for mine, right in zip(other.parameters(), cell.parameters(), strict=True):
        assert torch.equal(mine, right)
    with pytest.raises(ArgumentError, match=r"weight: shape \(4, 2, 5\): allowed is \(4, 3, 7\)"):
        cell.set_matrices(0, *cell.matrices(1))


def test_a_stepper_runs_it_without_torch() -> None:
    cell = made()
    stepper = cell.stepper()
    inputs = torch.randn(2, 4)
    with torch.no_grad():
        right, _ = cell(inputs[:, None], cell.initial_state(2))
    outputs, _ = stepper(inputs.numpy(), stepper.initial_state(2))
    np.testing.assert_array_equal(outputs, right[:, 0].numpy())


def test_masks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ArgumentError, match="masks: 0 layers: allowed are 1 to 3"):
        LayeredCfC([])
    with pytest.raises(ArgumentError, match="allowed are layers that hear the one before"):
        LayeredCfC(MASKS[::2])
