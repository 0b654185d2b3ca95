"""The fused closed-form kernel for torch: the same result as ``cfc_solver.solve_cfc``, on a CPU. See ``ltc_fused``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters
from wormdrive.agents.kernels.cfc_kernel import CfCNetwork, cfc_backward, cfc_forward
from wormdrive.agents.kernels.runners import CfCRunner, as_array
from wormdrive.envs.common.simd import LANES

__all__ = ["FusedCfC"]


class FusedCfC:
    """``solve_cfc`` for one wiring; gradients flow to parameters, inputs and state, once."""

    def __init__(self, graph: CfCGraph) -> None:
        synapses = np.argsort(graph.target, kind="stable").astype(np.int64)
        first = np.searchsorted(graph.target[synapses], np.arange(graph.state_size + 1)).astype(np.int64)
        self.network = CfCNetwork(np.concatenate(graph.turns).astype(np.int64), synapses, first, graph.source)
        self._tensors = [torch.from_numpy(part) for part in self.network]

    def __call__(self, parameters: CfCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Run: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> activity (B, T, N) after every sample."""
        tensors = (inputs, state, elapsed, *parameters)
        keep = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
        if torch.compiler.is_compiling():
            states: Tensor = _cfc_solve(*tensors, *self._tensors, keep)[0]
            return states
        if keep:
            return cast(Tensor, _Function.apply(*tensors, *self._tensors))  # type: ignore[no-untyped-call]
        return torch.from_numpy(_forward([as_array(t) for t in tensors], self.network, keep)[0])

    def runner(self, parameters: CfCParameters) -> CfCRunner:
        """Prepare to run without torch, with a copy of the parameters."""
        return CfCRunner(self.network, tuple(p.detach().cpu().numpy().copy() for p in parameters))


def _forward(arrays: list[NDArray[Any]], network: CfCNetwork, keep: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    inputs, state = arrays[:2]
    (B, T, _), N = inputs.shape, state.shape[1]
    states = np.empty((B, T, N), inputs.dtype)
    tape = np.empty((-(-B // LANES) * T if keep else 1) * 3 * N * LANES, inputs.dtype)
    cfc_forward(*arrays, tuple(network), states, tape, keep)
    return states, tape


_CONSTANTS = ", ".join(f"Tensor {name}" for name in (*CfCParameters._fields, *CfCNetwork._fields))


@torch.library.custom_op(
    "wormdrive::cfc_solve",
    mutates_args=(),
    device_types="cpu",
    schema=f"(Tensor inputs, Tensor state, Tensor elapsed, {_CONSTANTS}, bool keep) -> (Tensor, Tensor)",
)
def _cfc_solve(*arguments: Any) -> tuple[Tensor, Tensor]:
    return _states_and_tape(arguments[:10], arguments[10])


def _states_and_tape(tensors: Sequence[Tensor], keep: bool) -> tuple[Tensor, Tensor]:
    arrays = [as_array(t) for t in tensors]
    states, tape = _forward(arrays[:6], CfCNetwork(*arrays[6:]), keep)
    return torch.from_numpy(states), torch.from_numpy(tape)


@_cfc_solve.register_fake
def _cfc_solve_fake(*arguments: Any) -> tuple[Tensor, Tensor]:
    inputs, state, keep = arguments[0], arguments[1], arguments[10]
    (B, T, _), N = inputs.shape, state.shape[1]
    samples = (B + LANES - 1) // LANES * T if keep else 1
    return inputs.new_empty(B, T, N), inputs.new_empty(samples * 3 * N * LANES)


@torch.library.custom_op(
    "wormdrive::cfc_solve_backward",
    mutates_args=(),
    device_types="cpu",
    schema=f"(Tensor d_states, Tensor inputs, Tensor state, Tensor elapsed, {_CONSTANTS}, Tensor states, Tensor tape)"
    " -> Tensor[]",
)
def _cfc_solve_backward(*arguments: Any) -> list[Tensor]:
    return _adjoint(*arguments)


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, weight, memory, bias, *rest = (as_array(t) for t in arguments)
    *network, states, tape = rest
    found = [np.empty_like(like) for like in (weight, memory, bias, inputs, state)]
    cfc_backward(d_states, inputs, state, elapsed, weight, memory, tuple(network), states, tape, *found)
    return [torch.from_numpy(d) for d in found]


@_cfc_solve_backward.register_fake
def _cfc_solve_backward_fake(*arguments: Any) -> list[Tensor]:
    _, inputs, state, _, weight, memory, bias = arguments[:7]
    return [like.new_empty(like.shape) for like in (weight, memory, bias, inputs, state)]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    ctx.save_for_backward(*inputs[:10], *output)


def _gradients(ctx: Any, d_states: Tensor, adjoint: Callable[..., list[Tensor]]) -> tuple[Any, ...]:
    *d_parameters, d_inputs, d_state = adjoint(d_states, *ctx.saved_tensors)
    return d_inputs, d_state, None, *d_parameters, *(None for _ in CfCNetwork._fields)


@once_differentiable
def _backward(ctx: Any, d_states: Tensor, *_: Tensor | None) -> tuple[Any, ...]:
    return *_gradients(ctx, d_states, _cfc_solve_backward), None


_cfc_solve.register_autograd(_backward, setup_context=_keep)


class _Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Tensor:
        output = _states_and_tape(tensors, True)
        _keep(ctx, tensors, output)
        return output[0]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Any, ...]:
        return _gradients(ctx, d_states, _adjoint)
