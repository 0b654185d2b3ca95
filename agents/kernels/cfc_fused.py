"""The fused closed-form kernel for torch: as ``cfc_solver.solve_cfc``, many times quicker; the CPU's is here."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters, cfc_reference
from wormdrive.agents.kernels.cfc_cuda import CudaCfC, solvable
from wormdrive.agents.kernels.cfc_kernel import CfCNetwork, cfc_backward, cfc_forward
from wormdrive.agents.kernels.cfc_wide_kernel import PAIR, WIDE, pack, tape_size, wide_backward, wide_forward
from wormdrive.agents.kernels.fast_path import fusable
from wormdrive.agents.kernels.fused_operator import FusedOperator
from wormdrive.agents.kernels.runners import CfCRunner, WideCfCRunner, as_array
from wormdrive.envs.common.simd import LANES

__all__ = ["FusedCfC"]


class FusedCfC:
    """``solve_cfc`` for one wiring; gradients flow to parameters, inputs and state."""

    def __init__(self, graph: CfCGraph) -> None:
        synapses = np.argsort(graph.target, kind="stable").astype(np.int64)
        first = np.searchsorted(graph.target[synapses], np.arange(graph.state_size + 1)).astype(np.int64)
        self.network = CfCNetwork(np.concatenate(graph.turns).astype(np.int64), synapses, first, graph.source)
        self._stages = tuple(len(turn) for turn in graph.turns)
        self._reference = cfc_reference(graph)
        self._tensors = [torch.from_numpy(part) for part in self.network]
        self._on_cuda = CudaCfC(graph) if solvable(graph) else None

    def takes(self, inputs: Tensor, elapsed: Tensor, *others: Tensor) -> bool:
        """Whether there is a kernel for these; the plain torch reference takes the rest."""
        return fusable(inputs, elapsed, *others, cuda=self._on_cuda is not None)

    def __call__(self, parameters: CfCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Run: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> activity (B, T, N) after every sample."""
        if self._on_cuda is not None and inputs.is_cuda:
            return self._on_cuda(parameters, inputs, state, elapsed)
        solve = _cfc_solve_wide if parameters.weight.shape[1] >= WIDE else _cfc_solve
        return solve(self._reference, (inputs, state, elapsed, *parameters), self._tensors)

    def runner(self, parameters: CfCParameters) -> CfCRunner | WideCfCRunner:
        """Prepare to run without torch, with a copy of the parameters."""
        arrays = tuple(p.detach().cpu().numpy().copy() for p in parameters)
        if arrays[0].shape[1] >= WIDE:
            return WideCfCRunner(self.network, self._stages, arrays)
        return CfCRunner(self.network, arrays)


def _solve(*arguments: Any) -> tuple[Tensor, Tensor]:
    *tensors, keep = arguments
    arrays = [as_array(t) for t in tensors]
    inputs, state = arrays[:2]
    (B, T, _), N = inputs.shape, state.shape[1]
    states = np.empty((B, T, N), inputs.dtype)
    tape = np.empty((-(-B // LANES) * T if keep else 1) * 3 * N * LANES, inputs.dtype)
    cfc_forward(*arrays[:6], tuple(arrays[6:]), states, tape, keep)
    return torch.from_numpy(states), torch.from_numpy(tape)


def _fake(*arguments: Any) -> tuple[Tensor, Tensor]:
    inputs, state, keep = arguments[0], arguments[1], arguments[-1]
    (B, T, _), N = inputs.shape, state.shape[1]
    samples = (B + LANES - 1) // LANES * T if keep else 1
    return inputs.new_empty(B, T, N), inputs.new_empty(samples * 3 * N * LANES)


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, weight, memory, bias, *rest = (as_array(t) for t in arguments)
    *network, states, tape = rest
    d_inputs, d_state, *d_parameters = (np.empty_like(like) for like in (inputs, state, weight, memory, bias))
    cfc_backward(
        d_states, inputs, state, elapsed, weight, memory, tuple(network), states, tape, *d_parameters, d_inputs, d_state
    )
    return [torch.from_numpy(d) for d in (d_inputs, d_state, *d_parameters)]


_cfc_solve = FusedOperator(
    "cfc_solve",
    _solve,
    _fake,
    _adjoint,
    parameters=CfCParameters._fields,
    network=CfCNetwork._fields,
    tape=("tape",),
    device_types="cpu",
)


def _solve_wide(*arguments: Any) -> tuple[Tensor, Tensor]:
    *tensors, keep = arguments
    inputs, state, elapsed, weight, memory, bias, *rest = (as_array(t) for t in tensors)
    network = CfCNetwork(*rest)
    (B, T, _), N = inputs.shape, state.shape[1]
    states = np.empty((B, T, N), inputs.dtype)
    tape = np.empty(tape_size(B, T, N) if keep else 0, inputs.dtype)
    wide_forward(inputs, state, elapsed, pack(weight, network), memory, bias, network, states, tape, keep)
    return torch.from_numpy(states), torch.from_numpy(tape)


def _fake_wide(*arguments: Any) -> tuple[Tensor, Tensor]:
    inputs, state, keep = arguments[0], arguments[1], arguments[-1]
    (B, T, _), N = inputs.shape, state.shape[1]
    size = (B + PAIR - 1) // PAIR * T * 3 * N * PAIR if keep else 0
    return inputs.new_empty(B, T, N), inputs.new_empty(size)


def _adjoint_wide(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, weight, memory, bias, *rest = (as_array(t) for t in arguments)
    *parts, states, tape = rest
    network = CfCNetwork(*parts)
    d_inputs, d_state, d_weight, d_memory, d_bias = (
        np.empty_like(like) for like in (inputs, state, weight, memory, bias)
    )
    wide_backward(
        d_states, inputs, state, elapsed, pack(weight, network), memory, network, states, tape,
        d_weight, d_memory, d_bias, d_inputs, d_state,
    )  # fmt: skip
    return [torch.from_numpy(d) for d in (d_inputs, d_state, d_weight, d_memory, d_bias)]


_cfc_solve_wide = FusedOperator(
    "cfc_solve_wide",
    _solve_wide,
    _fake_wide,
    _adjoint_wide,
    parameters=CfCParameters._fields,
    network=CfCNetwork._fields,
    tape=("tape",),
    device_types="cpu",
)
