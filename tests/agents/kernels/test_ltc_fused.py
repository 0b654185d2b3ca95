"""The fused kernel against the plain torch reference."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.kernels.ltc_fused import FusedSolver
from wormdrive.agents.wirings.wiring import Neuron, Synapse, Wiring
from wormdrive.perception.kernels.chunks import computing_with


def random_wiring(seed: int, sensory: int = 3, neurons: int = 7, synapses: int = 30) -> Wiring:
    """Any neuron may hear any other, itself and the input; listed in no order; some hear nobody."""
    random = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(sensory)], [f"n{i}" for i in range(neurons)]
    pairs = [(s, t) for s in names[0] + names[1] for t in names[1]]
    chosen = [pairs[i] for i in random.permutation(len(pairs))[:synapses]]
    chosen.sort(key=lambda pair: pair[0] not in names[0])
    return Wiring(
        (*(Neuron(n, "sensory") for n in names[0]), Neuron("n0", "motor"), *(Neuron(n, "inter") for n in names[1][1:])),
        tuple(Synapse(s, t, int(random.choice([-1, 1]))) for s, t in chosen),
    )


def problem(
    wiring: Wiring, batch: int, samples: int, dtype: torch.dtype, seed: int = 0
) -> tuple[LTCParameters, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    physical = LTC(wiring).to(dtype).physical()
    parameters = LTCParameters(*(p.detach().clone().requires_grad_() for p in physical))
    inputs = torch.randn(batch, samples, wiring.input_size, generator=generator, dtype=dtype).requires_grad_()
    state = torch.randn(batch, wiring.state_size, generator=generator, dtype=dtype).requires_grad_()
    elapsed = 3 * torch.rand(batch, samples, generator=generator, dtype=dtype)
    return parameters, inputs, state, elapsed


@pytest.mark.parametrize(
    "wiring", [Wiring.ncp(), random_wiring(0), random_wiring(1, synapses=2), random_wiring(2, 1, 1, 1)]
)
@pytest.mark.parametrize("batch", [1, 16, 35])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])
def test_agrees_with_the_reference(wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float) -> None:
    index = SynapseIndex(wiring)
    parameters, inputs, state, elapsed = problem(wiring, batch, 4, dtype)
    found = FusedSolver(index)(parameters, inputs, state, elapsed, 3)
    expected = solve(index, parameters, inputs, state, elapsed, 3)
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance)
    direction = torch.randn(found.shape, generator=torch.Generator().manual_seed(1), dtype=dtype)
    by = (inputs, state, *parameters)
    for a, b in zip(
        torch.autograd.grad(found, by, direction), torch.autograd.grad(expected, by, direction), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=20 * tolerance * max(1.0, float(b.abs().max())))


@pytest.mark.parametrize("batch", [1, 3])
def test_adjoint_by_finite_differences(batch: int) -> None:
    wiring = random_wiring(3, 2, 4, 12)
    solver = FusedSolver(SynapseIndex(wiring))
    parameters, inputs, state, elapsed = problem(wiring, batch, 3, torch.float64)

    def states(inputs: Tensor, state: Tensor, *parameters: Tensor) -> Tensor:
        return solver(LTCParameters(*parameters), inputs, state, elapsed, 2)

    assert torch.autograd.gradcheck(states, (inputs, state, *parameters))


def test_same_bits_alone_and_in_a_batch() -> None:
    wiring = Wiring.ncp()
    solver = FusedSolver(SynapseIndex(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 37, 5, torch.float32)
    with torch.no_grad():
        together = solver(parameters, inputs, state, elapsed, 6)
        for b in (0, 15, 16, 36):
            alone = solver(parameters, inputs[b : b + 1], state[b : b + 1], elapsed[b : b + 1], 6)
            assert torch.equal(alone[0], together[b])


def test_same_result_with_and_without_a_tape() -> None:
    wiring = Wiring.ncp()
    solver = FusedSolver(SynapseIndex(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 5, 4, torch.float32)
    taped = solver(parameters, inputs, state, elapsed, 6)
    with torch.inference_mode():
        assert torch.equal(solver(parameters, inputs, state, elapsed, 6), taped)


def test_strided_inputs() -> None:
    wiring = Wiring.ncp()
    solver = FusedSolver(SynapseIndex(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 4, 6, torch.float32)
    turned = inputs.detach().transpose(0, 1).contiguous().transpose(0, 1).requires_grad_()
    assert not turned.is_contiguous()
    found = solver(parameters, turned, state, elapsed[:, :1].expand(4, 6), 6)
    expected = solver(parameters, inputs, state, elapsed[:, :1].expand(4, 6).contiguous(), 6)
    assert torch.equal(found, expected)
    (a,), (b,) = torch.autograd.grad(found.sum(), turned), torch.autograd.grad(expected.sum(), inputs)
    assert torch.equal(a, b)


def test_registered_as_torch_wants_it() -> None:
    wiring = random_wiring(4)
    parameters, inputs, state, elapsed = problem(wiring, 3, 2, torch.float32)
    arguments = (inputs, state, elapsed, *parameters, *FusedSolver(SynapseIndex(wiring))._network, 3, True)
    assert set(torch.library.opcheck(torch.ops.wormdrive.ltc_solve.default, arguments).values()) == {"SUCCESS"}


def test_same_bits_with_any_number_of_threads() -> None:
    wiring = Wiring.ncp()
    parameters, inputs, state, elapsed = problem(wiring, 100, 30, torch.float32)
    solver = FusedSolver(SynapseIndex(wiring))
    found = []
    for threads in (1, 3):
        with computing_with(threads):
            taped = solver(parameters, inputs, state, elapsed, 6)
            found.append([taped, *torch.autograd.grad(taped.sum(), (inputs, state, *parameters))])
            with torch.no_grad():
                found[-1].append(solver(parameters, inputs, state, elapsed, 6))
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))
    alone = solver(parameters, inputs[:7, :2], state[:7], elapsed[:7, :2], 6)
    assert torch.equal(alone, found[0][0][:7, :2])
