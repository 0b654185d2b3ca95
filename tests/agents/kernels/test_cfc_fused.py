"""The fused kernel against the plain torch reference."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tests.agents.kernels.test_ltc_fused import random_wiring
from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters, solve_cfc
from wormdrive.agents.kernels.cfc_fused import FusedCfC
from wormdrive.agents.kernels.cfc_wide_kernel import WIDE
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.perception.kernels.chunks import computing_with


def problem(
    wiring: Wiring, batch: int, samples: int, dtype: torch.dtype
) -> tuple[CfCParameters, Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    cell = CfC(wiring).to(dtype)
    parameters = CfCParameters(*((p.detach() + 0.1 * torch.randn_like(p)).requires_grad_() for p in cell.parameters()))
    inputs = torch.randn(batch, samples, wiring.input_size, dtype=dtype).requires_grad_()
    state = torch.randn(batch, wiring.state_size, dtype=dtype).requires_grad_()
    return parameters, inputs, state, 3 * torch.rand(batch, samples, dtype=dtype)


WIRINGS = [
    Wiring.ncp(),
    Wiring.fully_connected(),
    random_wiring(0),
    random_wiring(1, synapses=2),
    random_wiring(2, 1, 1, 1),
]


WIDE_WIRINGS = [Wiring.fully_connected(32, 80), Wiring.ncp(40, 90, 80, 3, sensory_fan_out=80, inter_fan_out=70)]
"""Of so many synapses that other kernels compute them; the second moves in three turns."""


def test_wide_wirings_are_wide() -> None:
    assert all(len(wiring.synapses) < WIDE for wiring in WIRINGS)
    assert all(len(wiring.synapses) >= WIDE for wiring in WIDE_WIRINGS)


@pytest.mark.parametrize("wiring", [*WIRINGS, *WIDE_WIRINGS])
@pytest.mark.parametrize("batch", [1, 16, 35])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])
def test_agrees_with_the_reference(wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float) -> None:
    graph = CfCGraph(wiring)
    parameters, inputs, state, elapsed = problem(wiring, batch, 4, dtype)
    found = FusedCfC(graph)(parameters, inputs, state, elapsed)
    expected = solve_cfc(graph, parameters, inputs, state, elapsed)
    torch.testing.assert_close(found, expected, rtol=0, atol=2 * tolerance)
    direction = torch.randn(found.shape, dtype=dtype)
    by = (inputs, state, *parameters)
    for a, b in zip(
        torch.autograd.grad(found, by, direction), torch.autograd.grad(expected, by, direction), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=20 * tolerance * max(1.0, float(b.abs().max())))


@pytest.mark.parametrize("batch", [1, 3])
def test_adjoint_by_finite_differences(batch: int) -> None:
    wiring = random_wiring(3, 2, 4, 12)
    solver = FusedCfC(CfCGraph(wiring))
    parameters, inputs, state, elapsed = problem(wiring, batch, 3, torch.float64)

    def states(inputs: Tensor, state: Tensor, *parameters: Tensor) -> Tensor:
        return solver(CfCParameters(*parameters), inputs, state, elapsed)

    assert torch.autograd.gradcheck(states, (inputs, state, *parameters))


@pytest.mark.parametrize("wiring", [Wiring.ncp(), *WIDE_WIRINGS])
def test_same_bits_alone_in_a_batch_and_without_a_tape(wiring: Wiring) -> None:
    solver = FusedCfC(CfCGraph(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 37, 5, torch.float32)
    taped = solver(parameters, inputs, state, elapsed)
    with torch.no_grad():
        assert torch.equal(solver(parameters, inputs, state, elapsed), taped)
        for b in (0, 15, 16, 36):
            alone = solver(parameters, inputs[b : b + 1], state[b : b + 1], elapsed[b : b + 1])
            assert torch.equal(alone[0], taped[b])


def test_same_bits_with_any_number_of_threads() -> None:
    solver = FusedCfC(CfCGraph(WIDE_WIRINGS[1]))
    parameters, inputs, state, elapsed = problem(WIDE_WIRINGS[1], 100, 3, torch.float32)
    found = []
    for threads in (1, 2, 5):
        with computing_with(threads):
            states = solver(parameters, inputs, state, elapsed)
            found.append([states, *torch.autograd.grad(states.sum(), (inputs, state, *parameters))])
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("name", ["cfc_solve", "cfc_solve_wide"])
def test_registered_as_torch_wants_it(name: str) -> None:
    wiring = random_wiring(4)
    parameters, inputs, state, elapsed = problem(wiring, 3, 2, torch.float32)
    arguments = (inputs, state, elapsed, *parameters, *FusedCfC(CfCGraph(wiring))._tensors, True)
    operator = getattr(torch.ops.wormdrive, name).default
    assert set(torch.library.opcheck(operator, arguments).values()) == {"SUCCESS"}
