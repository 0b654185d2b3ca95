"""The fused solver for torch: the same result as ``ltc_solver.solve``, tens of times quicker; the CPU's is here.

While ``torch.compile`` looks they are custom operators, which it takes as they are; otherwise a bare
``autograd.Function``, for a custom operator's ceremonies cost about as much as the work itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex
from wormdrive.agents.kernels.ltc_cuda import CudaSolver, solvable
from wormdrive.agents.kernels.ltc_kernel import LTCNetwork, ltc_backward, ltc_forward, tape_rows
from wormdrive.agents.kernels.ltc_small_batch import SmallBatchWiring
from wormdrive.agents.kernels.runners import LTCRunner, as_array, transforming
from wormdrive.envs.common.simd import LANES

__all__ = ["FusedSolver", "fusable"]


def fusable(inputs: Tensor, elapsed: Tensor, device: str = "cpu") -> bool:
    """Whether a kernel can stand in: float32 or float64 on its device, no gradient by elapsed time, no transform."""
    return (
        inputs.device.type == device
        and inputs.dtype in (torch.float32, torch.float64)
        and not (elapsed.requires_grad and torch.is_grad_enabled())
        and not transforming()
    )


class FusedSolver:
    """``ltc_solver.solve`` for one wiring; gradients flow to parameters, inputs and state, once."""

    def __init__(self, index: SynapseIndex) -> None:
        self._arrays = _network(index)
        self._network = [torch.from_numpy(part) for part in self._arrays]
        self._few = SmallBatchWiring(self._arrays)
        self._on_cuda = CudaSolver(index) if solvable(index) else None

    def takes(self, inputs: Tensor, elapsed: Tensor) -> bool:
        """Whether there is a kernel for these; the plain torch reference takes the rest."""
        return fusable(inputs, elapsed) or (self._on_cuda is not None and fusable(inputs, elapsed, "cuda"))

    def __call__(
        self, parameters: LTCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor, unfolds: int
    ) -> Tensor:
        """Solve: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> potentials (B, T, N) after samples."""
        if self._on_cuda is not None and inputs.is_cuda:
            return self._on_cuda(parameters, inputs, state, elapsed, unfolds)
        tensors = (inputs, state, elapsed, *parameters)
        keep = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
        if torch.compiler.is_compiling():
            states: Tensor = _ltc_solve(*tensors, *self._network, unfolds, keep)[0]
            return states
        if keep:
            return cast(Tensor, _Function.apply(*tensors, *self._network, unfolds))  # type: ignore[no-untyped-call]
        return _forward(tensors, self._network, unfolds, keep)[0]

    def runner(self, parameters: LTCParameters, unfolds: int) -> LTCRunner:
        """Prepare to run without torch, with a copy of the parameters."""
        arrays = tuple(p.detach().cpu().numpy().copy() for p in parameters)
        return LTCRunner(self._arrays, self._few, arrays, unfolds)


def _network(index: SynapseIndex) -> LTCNetwork:
    """Group a wiring's synapses by target, as the kernels walk them."""
    is_sensory = np.arange(len(index.sources)) < index.sensory_count
    groups: list[NDArray[np.int64]] = []
    for wanted in (is_sensory, ~is_sensory):
        which = np.flatnonzero(wanted).astype(np.int64)
        which = which[np.argsort(index.targets[which], kind="stable")]
        groups += [which, np.searchsorted(index.targets[which], np.arange(index.state_size + 1)).astype(np.int64)]
    return LTCNetwork(np.array(index.sources), *groups)


def _forward(
    tensors: tuple[Tensor, ...], network: list[Tensor], unfolds: int, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    inputs, state, elapsed, *parameters = (as_array(t) for t in tensors)
    (B, T, _), N = inputs.shape, state.shape[1]
    arrays = LTCNetwork(*(as_array(part) for part in network))
    gate_rows, tape_rows_ = tape_rows(arrays, N, unfolds)
    samples = -(-B // LANES) * T if keep else 1
    states = np.empty((B, T, N), inputs.dtype)
    gates = np.empty(samples * gate_rows * LANES, inputs.dtype)
    tape = np.empty(samples * tape_rows_ * LANES, inputs.dtype)
    ltc_forward(inputs, state, elapsed, unfolds, tuple(parameters), arrays, states, gates, tape, keep)
    return torch.from_numpy(states), torch.from_numpy(gates), torch.from_numpy(tape)


_CONSTANTS = ", ".join(f"Tensor {name}" for name in (*LTCParameters._fields, *LTCNetwork._fields))


@torch.library.custom_op(
    "wormdrive::ltc_solve",
    mutates_args=(),
    device_types="cpu",
    schema=f"(Tensor inputs, Tensor state, Tensor elapsed, {_CONSTANTS}, int unfolds, bool keep)"
    " -> (Tensor, Tensor, Tensor)",
)
def _ltc_solve(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
    *tensors, unfolds, keep = arguments
    return _forward(tuple(tensors[:10]), tensors[10:], unfolds, keep)


@_ltc_solve.register_fake
def _ltc_solve_fake(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
    inputs, state = arguments[:2]
    _, sensory, _, inner, _, unfolds, keep = arguments[10:]
    (B, T, _), N = inputs.shape, state.shape[1]
    samples = (B + LANES - 1) // LANES * T if keep else 1
    gate_rows = len(sensory) + unfolds * len(inner)
    return (
        inputs.new_empty(B, T, N),
        inputs.new_empty(samples * gate_rows * LANES),
        inputs.new_empty(samples * 2 * unfolds * N * LANES),
    )


@torch.library.custom_op(
    "wormdrive::ltc_solve_backward",
    mutates_args=(),
    device_types="cpu",
    schema=f"(Tensor d_states, Tensor inputs, Tensor elapsed, {_CONSTANTS}, int unfolds, "
    "Tensor states, Tensor gates, Tensor tape) -> Tensor[]",
)
def _ltc_solve_backward(*arguments: Any) -> list[Tensor]:
    return _adjoint(*arguments)


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, elapsed, *parameters = (as_array(t) for t in arguments[:10])
    network = LTCNetwork(*(as_array(t) for t in arguments[10:15]))
    unfolds: int = arguments[15]
    states, gates, tape = (as_array(t) for t in arguments[16:])
    d_inputs = np.empty_like(inputs)
    d_state = np.empty((inputs.shape[0], states.shape[2]), inputs.dtype)
    d_parameters = tuple(np.empty_like(p) for p in parameters)
    ltc_backward(
        d_states, inputs, elapsed, unfolds, tuple(parameters), network,
        states, gates, tape, d_parameters, d_inputs, d_state,
    )  # fmt: skip
    return [torch.from_numpy(d) for d in (d_inputs, d_state, *d_parameters)]


@_ltc_solve_backward.register_fake
def _ltc_solve_backward_fake(*arguments: Any) -> list[Tensor]:
    inputs, states = arguments[1], arguments[16]
    d_state = states.new_empty(states.shape[0], states.shape[2])
    return [torch.empty_like(inputs), d_state, *(torch.empty_like(p) for p in arguments[3:10])]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    *tensors, unfolds, _ = inputs
    ctx.unfolds = unfolds
    ctx.save_for_backward(*tensors, *output)


def _gradients(ctx: Any, d_states: Tensor, adjoint: Callable[..., list[Tensor]]) -> tuple[Any, ...]:
    inputs, _state, *rest = ctx.saved_tensors
    elapsed_to_network, tape = rest[:13], rest[13:]
    d_inputs, d_state, *d_parameters = adjoint(d_states, inputs, *elapsed_to_network, ctx.unfolds, *tape)
    return d_inputs, d_state, None, *d_parameters, *(None for _ in (*LTCNetwork._fields, "unfolds"))


@once_differentiable
def _backward(ctx: Any, d_states: Tensor, *_: Tensor | None) -> tuple[Any, ...]:
    return *_gradients(ctx, d_states, _ltc_solve_backward), None


_ltc_solve.register_autograd(_backward, setup_context=_keep)


class _Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        *tensors, unfolds = arguments
        states, gates, tape = _forward(tuple(tensors[:10]), tensors[10:], unfolds, True)
        _keep(ctx, (*arguments, True), (states, gates, tape))
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Any, ...]:
        return _gradients(ctx, d_states, _adjoint)
