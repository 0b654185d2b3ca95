"""The CUDA kernels: on a GPU where there is one; without, by Triton's interpreter where Triton is installed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.agents.kernels.test_ltc_fused import problem, random_wiring
from tests.agents.kernels.triton_kernels import (
    compile_elsewhere,
    interpreting,
    needs_gpu,
    needs_triton,
    not_on_a_gpu,
    quiet,
)
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.kernels import cuda_layout
from wormdrive.agents.kernels.cuda_layout import WIDEST
from wormdrive.agents.kernels.ltc_cuda import CudaSolver, Turns, solvable
from wormdrive.agents.wirings.wiring import Wiring

pytestmark = quiet


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with interpreting(monkeypatch):
        yield


def agree(wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float, device: str = "cpu") -> None:
    index = SynapseIndex(wiring)
    values, *given = problem(wiring, batch, 3, dtype)
    parameters = LTCParameters(*(p.detach().to(device).requires_grad_() for p in values))
    inputs, state, elapsed = (t.detach().to(device) for t in given)
    inputs.requires_grad_(), state.requires_grad_()
    found = CudaSolver(index)(parameters, inputs, state, elapsed, 2)
    expected = solve(index, parameters, inputs, state, elapsed, 2)
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance)
    direction = torch.randn(found.shape, generator=torch.Generator().manual_seed(1), dtype=dtype).to(device)
    by = (inputs, state, *parameters)
    for a, b in zip(
        torch.autograd.grad(found, by, direction), torch.autograd.grad(expected, by, direction), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=20 * tolerance * max(1.0, float(b.abs().max())))
    with torch.no_grad():
        assert torch.equal(CudaSolver(index)(parameters, inputs, state, elapsed, 2), found.detach())


WIRINGS = [random_wiring(0), random_wiring(1, synapses=2), random_wiring(2, 1, 1, 1), Wiring.ncp()]
TYPES = pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])


def test_every_synapse_has_one_turn_at_either_end() -> None:
    for wiring in WIRINGS:
        turns = CudaSolver(SynapseIndex(wiring)).turns
        E, first_inner = len(wiring.synapses), wiring.sensory_synapse_count
        for numbers, ends, at, other in (
            (turns.sensory_in, turns.sensory_from, wiring.targets, wiring.sources),
            (turns.sensory_out, turns.sensory_to, wiring.sources, wiring.targets),
            (turns.inner_in, turns.inner_from, wiring.targets, wiring.sources),
            (turns.inner_out, turns.inner_to, wiring.sources, wiring.targets),
        ):
            turn, place = np.nonzero(numbers.numpy() < E)
            found = numbers.numpy()[turn, place]
            sensory = numbers is turns.sensory_in or numbers is turns.sensory_out
            assert sorted(found) == list(range(first_inner) if sensory else range(first_inner, E))
            np.testing.assert_array_equal(place, at[found])
            np.testing.assert_array_equal(ends.numpy()[turn, place], other[found])
    assert Turns._fields[0] == "sensory_in"


def test_what_is_left_to_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_layout, "has_triton", lambda: True)
    assert solvable(SynapseIndex(Wiring.ncp()))
    assert not solvable(SynapseIndex(Wiring.random(WIDEST + 1, 19)))
    assert not solvable(SynapseIndex(Wiring.random(1, WIDEST + 1)))
    assert not solvable(SynapseIndex(Wiring.random(3, 3, sensory_synapses=0, inner_synapses=0)))
    monkeypatch.setattr(cuda_layout, "has_triton", lambda: False)
    assert not solvable(SynapseIndex(Wiring.ncp()))


@needs_triton
@pytest.mark.parametrize("wiring", WIRINGS)
@pytest.mark.parametrize("batch", [1, 5])
@TYPES
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_interpreted_kernels_agree_with_the_reference(
    wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float
) -> None:
    agree(wiring, batch, dtype, tolerance)


@needs_triton
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_interpreted_adjoint_by_finite_differences() -> None:
    wiring = random_wiring(3, 1, 2, 4)
    solver = CudaSolver(SynapseIndex(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 1, 2, torch.float64)

    def states(inputs: Tensor, state: Tensor, *parameters: Tensor) -> Tensor:
        return solver(LTCParameters(*parameters), inputs, state, elapsed, 2)

    assert torch.autograd.gradcheck(states, (inputs, state, *parameters))


@needs_triton
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_interpreted_kernels_stay_finite_and_keep_nan() -> None:
    wiring = random_wiring(0)
    parameters, inputs, state, elapsed = problem(wiring, 2, 2, torch.float32)
    solver = CudaSolver(SynapseIndex(wiring))
    states = solver(parameters, inputs.detach() * 1e6, state, elapsed, 2)
    states.sum().backward()
    assert bool(torch.isfinite(states).all())
    assert all(bool(torch.isfinite(p.grad).all()) for p in (*parameters, state))  # type: ignore[arg-type]
    assert bool(solver(parameters, inputs.detach() * torch.nan, state, elapsed, 2).isnan().any())


@needs_triton
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_registered_as_torch_wants_it() -> None:
    wiring = random_wiring(4)
    parameters, inputs, state, elapsed = problem(wiring, 3, 2, torch.float32)
    arguments = (inputs, state, elapsed, *parameters, *CudaSolver(SynapseIndex(wiring)).turns, 2, True)
    assert set(torch.library.opcheck(torch.ops.wormdrive.ltc_solve_cuda.default, arguments).values()) == {"SUCCESS"}


@needs_triton
@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["ltc_forward", "ltc_backward"])
@pytest.mark.parametrize("number", ["fp32", "fp64"])
def test_kernels_compile_for_gpus_that_are_not_here(kernel: str, number: str) -> None:
    sizes = {"SENSORY": 7, "INNER": 12, "CARS": 4, "WIDE_F": 32, "WIDE_N": 32, "KEEP": True}
    compile_elsewhere("ltc_triton", kernel, number, sizes, "(sensory|inner)_(synapse|source|target)")


@pytest.mark.gpu
@needs_gpu
@needs_triton
@pytest.mark.parametrize("wiring", WIRINGS)
@pytest.mark.parametrize("batch", [1, 5, 4000])
@TYPES
def test_agrees_with_the_reference_on_a_gpu(wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float) -> None:
    agree(wiring, batch, dtype, tolerance, "cuda")


@pytest.mark.gpu
@needs_gpu
@needs_triton
def test_the_cell_takes_the_kernel_on_a_gpu() -> None:
    torch.manual_seed(0)
    cell = LTC(Wiring.ncp())
    inputs, state, elapsed = torch.randn(33, 20, 32), torch.rand(33, 19), 3 * torch.rand(33, 20)
    expected = cell(inputs, state, elapsed)[0]
    wanted = torch.autograd.grad(expected.sum(), list(cell.parameters()))
    on_gpu = LTC(Wiring.ncp()).cuda()
    on_gpu.load_state_dict(cell.state_dict())
    found = on_gpu(inputs.cuda(), state.cuda(), elapsed.cuda())[0]
    assert "_Function" in repr(found.grad_fn.next_functions)  # type: ignore[union-attr]
    torch.testing.assert_close(found.cpu(), expected, rtol=0, atol=1e-5)
    gradients = torch.autograd.grad(found.sum(), list(on_gpu.parameters()))
    for a, b in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(a.cpu(), b, rtol=1e-3, atol=1e-3)
