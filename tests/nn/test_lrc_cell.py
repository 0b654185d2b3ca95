"""The equations of arXiv 2403.08791, one number after the other, and what follows from them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.nn.lrc_cell import ELASTANCES, SOLVERS, LRCCell

WIRING = Wiring.auto_ncp(5, 14, 3)


def cell(elastance: Any = "symmetric", solver: Any = "explicit", unfolds: int = 1, wiring: Wiring = WIRING) -> LRCCell:
    torch.manual_seed(0)
    made = LRCCell(wiring, unfolds, elastance, solver).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return made


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def derivative(made: LRCCell, i: int, x: list[float], u: list[float]) -> float:
    """The cell's equations for neuron i, written out: y = (x, u), sums over the synapses that end there."""
    wiring, first = made.wiring, made.wiring.sensory_synapse_count
    f = z = float(F.softplus(made.raw_leak)[i])
    w = float(made.elastance_bias[i])
    for s, (source, target) in enumerate(zip(wiring.sources.tolist(), wiring.targets.tolist(), strict=True)):
        if target != i:
            continue
        y = u[source] if s < first else x[source]
        a = float(made.slope[s])
        b = -a * float(made.midpoint[s])
        f += float(F.softplus(made.raw_forget)[s]) * sigmoid(a * y + b)
        z += float(made.update[s]) * sigmoid(a * y + b)
        w += float(made.elastance[s]) * y
    if made.raw_shift is None:
        epsilon = sigmoid(w)
    else:
        shift = float(F.softplus(made.raw_shift)[i])
        epsilon = sigmoid(w + shift) - sigmoid(w - shift)
    return epsilon * (-sigmoid(f) * x[i] + math.tanh(z) * float(made.rest[i]))


@pytest.mark.parametrize("wiring", [WIRING, Wiring.fully_connected(3, 5, 5)])
@pytest.mark.parametrize("elastance", ELASTANCES)
@torch.no_grad()
def test_one_unfold_is_a_step_of_the_papers_equation(elastance: str, wiring: Wiring) -> None:
    made = cell(elastance, wiring=wiring)
    N = wiring.state_size
    inputs, state = torch.randn(2, wiring.input_size).double(), torch.randn(2, N).double()
    for h in (1.0, 0.3):
        found = made.trace(inputs[:, None], state, h)[:, 0]
        for b in range(2):
            x, u = state[b].tolist(), inputs[b].tolist()
            right = [x[i] + h * derivative(made, i, x, u) for i in range(N)]
            np.testing.assert_allclose(found[b].numpy(), right, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("elastance", ELASTANCES)
@torch.no_grad()
def test_both_solvers_go_to_the_solution_of_the_differential_equation(elastance: str) -> None:
    inputs, state = torch.randn(1, 1, 5).double(), torch.randn(1, 14).double()
    x, u = state[0].tolist(), inputs[0, 0].tolist()
    fine = cell(elastance)
    for _ in range(400):  # Heun's steps, second order
        h = 2.0 / 400
        slope = [derivative(fine, i, x, u) for i in range(14)]
        ahead = [a + h * b for a, b in zip(x, slope, strict=True)]
        further = [derivative(fine, i, ahead, u) for i in range(14)]
        x = [a + h * (b + c) / 2 for a, b, c in zip(x, slope, further, strict=True)]
    for solver in SOLVERS:
        errors = []
        for unfolds in (50, 100):
            after = cell(elastance, solver, unfolds).trace(inputs, state, 2.0)[0, 0]
            errors.append(float((after - torch.tensor(x).double()).abs().max()))
        assert errors[1] < 0.55 * errors[0] < 0.01


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 1000),
    solver=st.sampled_from(tuple(SOLVERS)),
    elastance=st.sampled_from(tuple(ELASTANCES)),
    elapsed=st.floats(0.0, 1000.0),
    scale=st.floats(0.0, 100.0),
)
@torch.no_grad()
def test_activity_stays_bounded_whatever_is_heard(
    seed: int, solver: str, elastance: str, elapsed: float, scale: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    made = cell(elastance, solver)
    elapsed = min(elapsed, 1.0) if solver == "explicit" else elapsed
    state = torch.randn(4, 14, generator=generator).double()
    inputs = scale * torch.randn(4, 6, 5, generator=generator).double()
    bound = torch.maximum(state.abs(), 2 * made.rest.abs())
    assert (made.trace(inputs, state, elapsed).abs() <= bound[:, None] + 1e-12).all()


@torch.no_grad()
def test_time_that_does_not_pass_changes_nothing() -> None:
    state = torch.randn(2, 14).double()
    for solver in SOLVERS:
        assert torch.equal(cell(solver=solver).trace(torch.randn(2, 1, 5), state, 0.0)[:, 0], state)
