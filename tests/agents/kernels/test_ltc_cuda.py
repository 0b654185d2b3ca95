"""The CUDA kernels: on a GPU where there is one; without, by Triton's interpreter where Triton is installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.agents.kernels.test_ltc_fused import problem, random_wiring
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.kernels import ltc_cuda
from wormdrive.agents.kernels.ltc_cuda import WIDEST, CudaSolver, Turns, solvable
from wormdrive.agents.wirings.wiring import Wiring

HAS_TRITON = importlib.util.find_spec("triton") is not None

needs_triton = pytest.mark.skipif(not HAS_TRITON, reason="triton is not installed (it comes with torch for CUDA)")
not_on_a_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="the true kernels are tested here")
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")

pytestmark = pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")


def _load(name: str) -> ModuleType:
    """Load the kernels anew: Triton decides on decorating them whether they are compiled or interpreted."""
    spec = importlib.util.spec_from_file_location(name, Path(ltc_cuda.__file__).with_name("ltc_triton.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    kernels = _load("ltc_triton_interpreted")
    monkeypatch.setattr(ltc_cuda, "_kernels", lambda: kernels)
    with np.errstate(over="ignore"):  # exp of much, for a gate that is closed
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
        turns = CudaSolver(SynapseIndex(wiring))._turns
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
    monkeypatch.setattr(ltc_cuda, "_has_triton", lambda: True)
    assert solvable(SynapseIndex(Wiring.ncp()))
    assert not solvable(SynapseIndex(Wiring.random(WIDEST + 1, 19)))
    assert not solvable(SynapseIndex(Wiring.random(1, WIDEST + 1)))
    assert not solvable(SynapseIndex(Wiring.random(3, 3, sensory_synapses=0, inner_synapses=0)))
    monkeypatch.setattr(ltc_cuda, "_has_triton", lambda: False)
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
    arguments = (inputs, state, elapsed, *parameters, *CudaSolver(SynapseIndex(wiring))._turns, 2, True)
    assert set(torch.library.opcheck(torch.ops.wormdrive.ltc_solve_cuda.default, arguments).values()) == {"SUCCESS"}


_COMPILE = """
import re, sys
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from wormdrive.agents.kernels import ltc_triton

function = getattr(ltc_triton, sys.argv[1])
sizes = {"SENSORY": 7, "INNER": 12, "CARS": 4, "WIDE_F": 32, "WIDE_N": 32, "KEEP": True}
constants = {name: value for name, value in sizes.items() if name in function.arg_names}
types = {}
for name in function.arg_names:
    whole = re.fullmatch("(sensory|inner)_(synapse|source|target)", name)
    count = name in ("B", "T", "F", "N", "E", "unfolds")
    types[name] = "constexpr" if name in constants else "i32" if count else "*i32" if whole else "*" + sys.argv[2]
source = ASTSource(fn=function, signature=types, constexprs=constants)
compiled = triton.compile(source, target=GPUTarget("cuda", 80, 32), options={"num_warps": 1})
print(len(compiled.asm["cubin"]), compiled.metadata.shared)
"""


@needs_triton
@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["ltc_forward", "ltc_backward"])
@pytest.mark.parametrize("number", ["fp32", "fp64"])
def test_kernels_compile_for_gpus_that_are_not_here(kernel: str, number: str) -> None:
    """To an A100's machine code, by Triton's own assembler; what they compute is what the other tests look at.

    In a process of its own, for interpreting changes Triton for good.
    """
    command = [sys.executable, "-c", _COMPILE, kernel, number]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    size, shared = map(int, done.stdout.split())
    assert size > 10_000
    assert shared == 0, "what neurons show each other goes from register to register"


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
