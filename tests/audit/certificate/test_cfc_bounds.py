"""Bounds of a CfC: nothing leaves them, drawn or chosen by gradient, and they are not wider than they must be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCGraph
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.audit.certificate.cfc_bounds import CfCBounds
from wormdrive.audit.certificate.interval import Interval, around


def cell_of(seed: int) -> CfC:
    torch.manual_seed(seed)
    cell = CfC(Wiring.ncp())
    with torch.no_grad():
        cell.bias.uniform_(-1.0, 1.0)
    return cell


def boxes_of(seed: int, noise: float) -> tuple[Interval, Interval]:
    rng = np.random.default_rng(seed)
    return around(rng.normal(0.0, 1.0, 32), noise), around(rng.uniform(-0.8, 0.8, 19), noise)


def after(cell: CfC, inputs: np.ndarray, state: np.ndarray, elapsed: float) -> np.ndarray:
    """Run one sample in float64 for many inputs (B, 32) and states (B, 19)."""
    with torch.no_grad():
        outcome = cell.double().trace(torch.from_numpy(inputs)[:, None], torch.from_numpy(state), elapsed)
    cell.float()
    return np.asarray(outcome[:, 0].numpy())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("elapsed", [0.1, 1.0, 30.0])
def test_nothing_that_is_drawn_leaves(seed: int, elapsed: float) -> None:
    cell, rng = cell_of(seed), np.random.default_rng(seed)
    boxes = boxes_of(seed, 0.1)
    bounds = CfCBounds(cell).sample(*boxes, elapsed)
    drawn = [rng.uniform(*box, (8000, len(box.low))) for box in boxes]
    corners = [np.where(rng.integers(0, 2, (8000, len(box.low))), box.high, box.low) for box in boxes]
    for inputs, state in (drawn, corners):
        assert bounds.contains(after(cell, inputs, state, elapsed)).all()


def test_nothing_that_a_gradient_finds_leaves() -> None:
    cell = cell_of(1)
    boxes = boxes_of(1, 0.2)
    bounds = CfCBounds(cell).sample(*boxes, 1.0)
    ends = [torch.from_numpy(np.stack(box)).float() for box in boxes]
    for neuron in range(19):
        for sign, bound in ((1, bounds.high), (-1, bounds.low)):
            at = [end.mean(0).requires_grad_() for end in ends]
            for _ in range(10):
                value = cell.trace(at[0][None, None], at[1][None])[0, 0, neuron]
                steps = torch.autograd.grad(sign * value, at)
                at = [
                    torch.where(step > 0, end[1], torch.where(step < 0, end[0], x)).detach().requires_grad_()
                    for step, end, x in zip(steps, ends, at, strict=True)
                ]
            found = cell.trace(at[0][None, None], at[1][None])[0, 0, neuron].item()
            assert sign * found <= sign * bound[neuron]


def test_without_noise_the_bounds_are_the_answer() -> None:
    cell = cell_of(2)
    inputs, state = boxes_of(2, 0.0)
    bounds = CfCBounds(cell).sample(inputs, state, 0.5)
    assert bounds.contains(after(cell, inputs.low[None], state.low[None], 0.5)[0]).all()
    assert bounds.width.max() < 1e-4


def test_of_small_noise_the_bounds_of_those_that_move_first_are_reached() -> None:
    """But for a few percent: room for rounding, and slopes that change within the noise."""
    cell, noise = cell_of(3), 1e-3
    inputs, state = boxes_of(3, noise)
    bounds = CfCBounds(cell).sample(inputs, Interval(state.low, state.low), 1.0)
    middle = torch.from_numpy((inputs.low + inputs.high) / 2)[None, None].requires_grad_()
    activity = cell.double().trace(middle, torch.from_numpy(state.low)[None])[0, 0]
    for neuron in CfCGraph(cell.wiring).turns[0]:
        (slope,) = torch.autograd.grad(activity[neuron], middle, retain_graph=True)
        assert bounds.width[neuron] == pytest.approx(2 * noise * slope.abs().sum().item(), rel=0.04)


@pytest.mark.parametrize("noise", [1e-3, 0.1, 1.0, 30.0])
def test_of_any_noise_the_bounds_hold_and_are_no_wider_than_activities(noise: float) -> None:
    cell, rng = cell_of(4), np.random.default_rng(4)
    inputs, state = boxes_of(4, noise)[0], boxes_of(4, 0.2)[1]
    bounds = CfCBounds(cell).sample(inputs, state, 1.0)
    tried = (np.where(rng.integers(0, 2, (4000, len(box.low))), box.high, box.low) for box in (inputs, state))
    assert bounds.contains(after(cell, *tried, 1.0)).all()
    assert np.abs(np.stack(bounds)).max() < 1.0 + 1e-5
