"""Bounds of an LTC: nothing leaves them, drawn or chosen by gradient, and they are not wider than they must be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.audit.certificate.interval import Interval, around
from wormdrive.audit.certificate.ltc_bounds import LTCBounds


def cell_of(seed: int) -> LTC:
    torch.manual_seed(seed)
    return LTC(Wiring.ncp())


def after(cell: LTC, inputs: np.ndarray, state: np.ndarray, elapsed: float) -> np.ndarray:
    """Run one sample in float64 for many inputs (B, 32) and states (B, 19)."""
    with torch.no_grad():
        outcome = cell.double().trace(torch.from_numpy(inputs)[:, None], torch.from_numpy(state), elapsed)
    cell.float()
    return np.asarray(outcome[:, 0].numpy())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("elapsed", [0.1, 1.0, 30.0])
def test_nothing_that_is_drawn_leaves(seed: int, elapsed: float) -> None:
    cell, rng = cell_of(seed), np.random.default_rng(seed)
    inputs, state = around(rng.normal(0.5, 0.4, 32), 0.1), around(rng.normal(0, 0.3, 19), 0.05)
    bounds = LTCBounds(cell).sample(inputs, state, elapsed)
    corners = rng.integers(0, 2, (8000, 32)), rng.integers(0, 2, (8000, 19))
    tried = [
        (rng.uniform(*inputs, (8000, 32)), rng.uniform(*state, (8000, 19))),
        tuple(np.where(corner, box.high, box.low) for corner, box in zip(corners, (inputs, state), strict=True)),
    ]
    for some_inputs, some_state in tried:
        assert bounds.contains(after(cell, some_inputs, some_state, elapsed)).all()


def test_nothing_that_a_gradient_finds_leaves() -> None:
    cell = cell_of(1)
    rng = np.random.default_rng(1)
    inputs, state = around(rng.normal(0.5, 0.4, 32), 0.2), around(rng.normal(0, 0.3, 19), 0.2)
    bounds = LTCBounds(cell).sample(inputs, state, 1.0)
    for neuron in range(19):
        for sign, bound in ((1, bounds.high), (-1, bounds.low)):
            found = climb(cell, inputs, state, neuron, sign)
            assert sign * found <= sign * bound[neuron]


def climb(cell: LTC, inputs: Interval, state: Interval, neuron: int, sign: int) -> float:
    """Push one neuron's potential up or down as far as signs of gradients do within the boxes."""
    boxes = [torch.from_numpy(np.stack(box)).float() for box in (inputs, state)]
    at = [box.mean(0).requires_grad_() for box in boxes]
    for _ in range(20):
        value = cell.trace(at[0][None, None], at[1][None])[0, 0, neuron]
        steps = torch.autograd.grad(sign * value, at)
        at = [torch.where(step > 0, box[1], torch.where(step < 0, box[0], x)).detach().requires_grad_()
              for step, box, x in zip(steps, boxes, at, strict=True)]  # fmt: skip
    return float(
        after(cell, at[0].detach().double().numpy()[None], at[1].detach().double().numpy()[None], 1.0)[0, neuron]
    )


def test_without_noise_the_bounds_are_the_answer() -> None:
    cell, rng = cell_of(2), np.random.default_rng(2)
    inputs, state = rng.normal(0.5, 0.4, 32), rng.normal(0, 0.3, 19)
    bounds = LTCBounds(cell).sample(around(inputs, 0.0), around(state, 0.0), 1.0)
    assert bounds.contains(after(cell, inputs[None], state[None], 1.0)[0]).all()
    assert bounds.width.max() < 1e-4


def test_of_one_unfold_the_bounds_are_reached() -> None:
    """After one unfold a neuron's worst case is a corner of the box: the bound is that corner's value."""
    cell = LTC(Wiring.ncp(), unfolds=1)
    rng = np.random.default_rng(3)
    inputs, state = around(rng.normal(0.5, 0.4, 32), 0.1), around(rng.normal(0, 0.3, 19), 0.0)
    bounds = LTCBounds(cell).sample(inputs, state, 1.0)
    hears = np.unique(cell.wiring.sources[: cell.wiring.sensory_synapse_count][
        cell.wiring.targets[: cell.wiring.sensory_synapse_count] == 7])  # fmt: skip
    corners = np.tile((inputs.low + inputs.high) / 2, (2 ** len(hears), 1))
    choices = (np.arange(2 ** len(hears))[:, None] >> np.arange(len(hears))) & 1
    corners[:, hears] = np.where(choices, inputs.high[hears], inputs.low[hears])
    reached = after(cell, corners, np.tile(state.low, (len(corners), 1)), 1.0)[:, 7]
    assert reached.max() == pytest.approx(bounds.high[7], abs=1e-5)
    assert reached.min() == pytest.approx(bounds.low[7], abs=1e-5)
