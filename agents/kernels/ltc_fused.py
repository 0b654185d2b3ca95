"""The fused solver for torch: the same result as ``ltc_solver.solve``, tens of times quicker; the CPU's is here."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, ltc_reference
from wormdrive.agents.kernels.fast_path import fusable
from wormdrive.agents.kernels.fused_operator import FusedOperator
from wormdrive.agents.kernels.ltc_cuda import CudaSolver, solvable
from wormdrive.agents.kernels.ltc_kernel import LTCNetwork, ltc_backward, ltc_forward, tape_rows
from wormdrive.agents.kernels.ltc_small_batch import SmallBatchWiring
from wormdrive.agents.kernels.runners import LTCRunner, as_array
from wormdrive.envs.common.simd import LANES

__all__ = ["FusedSolver"]


class FusedSolver:
    """``ltc_solver.solve`` for one wiring; gradients flow to parameters, inputs and state."""

    def __init__(self, index: SynapseIndex) -> None:
        self._index = index
        self._arrays = _network(index)
        self._network = [torch.from_numpy(part) for part in self._arrays]
        self._small_batch = SmallBatchWiring(self._arrays)
        self._on_cuda = CudaSolver(index) if solvable(index) else None

    def takes(self, inputs: Tensor, elapsed: Tensor, *others: Tensor) -> bool:
        """Whether there is a kernel for these; the plain torch reference takes the rest."""
        return fusable(inputs, elapsed, *others, cuda=self._on_cuda is not None)

    def __call__(
        self, parameters: LTCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor, unfolds: int
    ) -> Tensor:
        """Solve: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> potentials (B, T, N) after samples."""
        if self._on_cuda is not None and inputs.is_cuda:
            return self._on_cuda(parameters, inputs, state, elapsed, unfolds)
        reference = ltc_reference(self._index, unfolds)
        return _ltc_solve(reference, (inputs, state, elapsed, *parameters), self._network, unfolds)

    def runner(self, parameters: LTCParameters, unfolds: int) -> LTCRunner:
        """Prepare to run without torch, with a copy of the parameters."""
        arrays = tuple(p.detach().cpu().numpy().copy() for p in parameters)
        return LTCRunner(self._arrays, self._small_batch, arrays, unfolds)


def _network(index: SynapseIndex) -> LTCNetwork:
    """Group a wiring's synapses by target, as the kernels walk them."""
    is_sensory = np.arange(len(index.sources)) < index.sensory_count
    groups: list[NDArray[np.int64]] = []
    for wanted in (is_sensory, ~is_sensory):
        which = np.flatnonzero(wanted).astype(np.int64)
        which = which[np.argsort(index.targets[which], kind="stable")]
        groups += [which, np.searchsorted(index.targets[which], np.arange(index.state_size + 1)).astype(np.int64)]
    return LTCNetwork(np.array(index.sources), *groups)


def _solve(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
    *tensors, unfolds, keep = arguments
    inputs, state, elapsed, *parameters = (as_array(t) for t in tensors[:10])
    (B, T, _), N = inputs.shape, state.shape[1]
    network = LTCNetwork(*(as_array(part) for part in tensors[10:]))
    gate_rows, tape_rows_ = tape_rows(network, N, unfolds)
    samples = -(-B // LANES) * T if keep else 1
    states = np.empty((B, T, N), inputs.dtype)
    gates = np.empty(samples * gate_rows * LANES, inputs.dtype)
    tape = np.empty(samples * tape_rows_ * LANES, inputs.dtype)
    ltc_forward(inputs, state, elapsed, unfolds, tuple(parameters), network, states, gates, tape, keep)
    return torch.from_numpy(states), torch.from_numpy(gates), torch.from_numpy(tape)


def _fake(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
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


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, *parameters = (as_array(t) for t in arguments[:11])
    network = LTCNetwork(*(as_array(t) for t in arguments[11:16]))
    unfolds: int = arguments[16]
    states, gates, tape = (as_array(t) for t in arguments[17:])
    d_inputs, d_state, *d_parameters = (np.empty_like(like) for like in (inputs, state, *parameters))
    ltc_backward(
        d_states, inputs, elapsed, unfolds, tuple(parameters), network,
        states, gates, tape, tuple(d_parameters), d_inputs, d_state,
    )  # fmt: skip
    return [torch.from_numpy(d) for d in (d_inputs, d_state, *d_parameters)]


_ltc_solve = FusedOperator(
    "ltc_solve",
    _solve,
    _fake,
    _adjoint,
    parameters=LTCParameters._fields,
    network=LTCNetwork._fields,
    settings=("unfolds",),
    tape=("gates", "tape"),
    device_types="cpu",
)
