"""The CUDA kernels: on a GPU where there is one; without, by Triton's interpreter where Triton is installed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.agents.kernels.test_cfc_fused import problem
from tests.agents.kernels.test_ltc_fused import random_wiring
from tests.agents.kernels.triton_kernels import (
    compile_elsewhere,
    interpreting,
    needs_gpu,
    needs_triton,
    not_on_a_gpu,
    quiet,
)
from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters, solve_cfc
from wormdrive.agents.kernels import cuda_layout
from wormdrive.agents.kernels.cfc_cuda import CudaCfC, solvable
from wormdrive.agents.kernels.cuda_layout import WIDEST
from wormdrive.agents.wirings.wiring import Wiring

pytestmark = quiet


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with interpreting(monkeypatch):
        yield


def agree(wiring: Wiring, batch: int, dtype: torch.dtype, tolerance: float, device: str = "cpu") -> None:
    graph = CfCGraph(wiring)
    values, *given = problem(wiring, batch, 3, dtype)
    parameters = CfCParameters(*(p.detach().to(device).requires_grad_() for p in values))
    inputs, state, elapsed = (t.detach().to(device) for t in given)
    inputs.requires_grad_(), state.requires_grad_()
    found = CudaCfC(graph)(parameters, inputs, state, elapsed)
    expected = solve_cfc(graph, parameters, inputs, state, elapsed)
    torch.testing.assert_close(found, expected, rtol=0, atol=2 * tolerance)
    direction = torch.randn(found.shape, generator=torch.Generator().manual_seed(1), dtype=dtype).to(device)
    by = (inputs, state, *parameters)
    for a, b in zip(
        torch.autograd.grad(found, by, direction), torch.autograd.grad(expected, by, direction), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=20 * tolerance * max(1.0, float(b.abs().max())))
    with torch.no_grad():
        assert torch.equal(CudaCfC(graph)(parameters, inputs, state, elapsed), found.detach())


WIRINGS = [random_wiring(0), random_wiring(1, synapses=2), random_wiring(2, 1, 1, 1), Wiring.ncp()]
TYPES = pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])


@pytest.mark.parametrize("wiring", [*WIRINGS, Wiring.fully_connected()])
def test_every_synapse_has_one_turn_at_either_end(wiring: Wiring) -> None:
    graph = CfCGraph(wiring)
    network, E, F, N = CudaCfC(graph).network, len(wiring.synapses), wiring.input_size, wiring.state_size
    for at, to, end, other in (("in", "from", graph.target, graph.source), ("out", "to", graph.source, graph.target)):
        dealt = []
        for group, first in (("sensory", 0), ("old", F), ("new", F + N)):
            numbers = getattr(network, f"{group}_{at}").numpy()
            turn, place = np.nonzero(numbers < E)
            found = numbers[turn, place]
            np.testing.assert_array_equal(place + (first if at == "out" else 0), end[found])
            ends = getattr(network, f"{group}_{to}").numpy()[turn, place]
            np.testing.assert_array_equal(ends + (first if at == "in" else 0), other[found])
            dealt += list(found)
        assert sorted(dealt) == list(range(E))


@pytest.mark.parametrize("wiring", WIRINGS)
def test_what_a_stage_needs_comes_before_it(wiring: Wiring) -> None:
    network, E = CudaCfC(CfCGraph(wiring)).network, len(wiring.synapses)
    stage = network.stage.numpy()
    for numbers, ends, first, later in (
        (network.new_in, network.new_from, network.new_in_first, False),
        (network.new_out, network.new_to, network.new_out_first, True),
    ):
        assert first[0] == 0
        assert first[-1] == len(numbers)
        for k in range(len(first) - 1):
            turn, place = np.nonzero(numbers[first[k] : first[k + 1]].numpy() < E)
            assert (stage[place] == k).all()
            others = stage[ends[first[k] : first[k + 1]].numpy()[turn, place]]
            assert (others > k if later else others < k).all()


def test_what_is_left_to_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_layout, "has_triton", lambda: True)
    assert solvable(CfCGraph(Wiring.ncp()))
    assert not solvable(CfCGraph(Wiring.random(WIDEST + 1, 19)))
    assert not solvable(CfCGraph(Wiring.random(1, WIDEST + 1)))
    assert not solvable(CfCGraph(Wiring.random(3, 3, sensory_synapses=0, inner_synapses=0)))
    monkeypatch.setattr(cuda_layout, "has_triton", lambda: False)
    assert not solvable(CfCGraph(Wiring.ncp()))


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
    solver = CudaCfC(CfCGraph(wiring))
    parameters, inputs, state, elapsed = problem(wiring, 1, 2, torch.float64)

    def states(inputs: Tensor, state: Tensor, *parameters: Tensor) -> Tensor:
        return solver(CfCParameters(*parameters), inputs, state, elapsed)

    assert torch.autograd.gradcheck(states, (inputs, state, *parameters))


@needs_triton
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_interpreted_kernels_stay_finite_and_keep_nan() -> None:
    wiring = random_wiring(0)
    parameters, inputs, state, elapsed = problem(wiring, 2, 2, torch.float32)
    solver = CudaCfC(CfCGraph(wiring))
    states = solver(parameters, inputs.detach() * 1e6, state, elapsed)
    states.sum().backward()
    assert bool((states.abs() <= 1).all())
    assert all(bool(torch.isfinite(p.grad).all()) for p in (*parameters, state))  # type: ignore[arg-type]
    assert bool(solver(parameters, inputs.detach() * torch.nan, state, elapsed).isnan().any())


@needs_triton
@not_on_a_gpu
@pytest.mark.usefixtures("interpreted")
def test_registered_as_torch_wants_it() -> None:
    wiring = random_wiring(4)
    parameters, inputs, state, elapsed = problem(wiring, 3, 2, torch.float32)
    arguments = (inputs, state, elapsed, *parameters, *CudaCfC(CfCGraph(wiring)).network, True)
    assert set(torch.library.opcheck(torch.ops.wormdrive.cfc_solve_cuda.default, arguments).values()) == {"SUCCESS"}


@needs_triton
@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["cfc_forward", "cfc_backward"])
@pytest.mark.parametrize("number", ["fp32", "fp64"])
def test_kernels_compile_for_gpus_that_are_not_here(kernel: str, number: str) -> None:
    sizes = {"SENSORY": 16, "OLD": 6, "STAGES": 3, "CARS": 4, "WIDE_F": 32, "WIDE_N": 32, "KEEP": True}
    whole_arrays = "stage|new_first|(sensory|old|new)_(synapse|source|target)"
    compile_elsewhere("cfc_triton", kernel, number, sizes, whole_arrays)


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
    cell = CfC(Wiring.ncp())
    inputs, state, elapsed = torch.randn(33, 20, 32), torch.rand(33, 19), 3 * torch.rand(33, 20)
    expected = cell(inputs, state, elapsed)[0]
    wanted = torch.autograd.grad(expected.sum(), list(cell.parameters()))
    on_gpu = CfC(Wiring.ncp()).cuda()
    on_gpu.load_state_dict(cell.state_dict())
    found = on_gpu(inputs.cuda(), state.cuda(), elapsed.cuda())[0]
    assert "_Function" in repr(found.grad_fn.next_functions)  # type: ignore[union-attr]
    torch.testing.assert_close(found.cpu(), expected, rtol=0, atol=1e-4)
    gradients = torch.autograd.grad(found.sum(), list(on_gpu.parameters()))
    for a, b in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(a.cpu(), b, rtol=1e-4, atol=1e-3)
