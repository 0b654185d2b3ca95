"""The fused closed-form kernel on CUDA: lays a wiring out for ``cfc_triton`` and puts its kernels before torch."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters, cfc_reference
from wormdrive.agents.device import Placed
from wormdrive.agents.kernels.cuda_layout import cars_of, deal, fits, wide
from wormdrive.agents.kernels.fused_operator import FusedOperator

__all__ = ["CudaCfC", "CudaCfCNetwork", "solvable"]


def solvable(graph: CfCGraph) -> bool:
    """Whether the kernels can run here and for this wiring."""
    return fits(graph.input_size, graph.state_size, len(graph.target))


def _kernels() -> Any:
    return importlib.import_module("wormdrive.agents.kernels.cfc_triton")


class CudaCfCNetwork(NamedTuple):
    """A wiring in turns, int32; (turns, wide) each, wide the next power of two. Dummies are synapse number E.

    ``stage`` (wide,): when each neuron moves, -1 where there is none. Forward, by target: ``..._in`` are synapses,
    ``..._from`` their sources; backward, by source: ``..._out`` are synapses, ``..._to`` their targets.
    ``new_in_first`` and ``new_out_first`` (stages + 1,): where the turns of each stage begin.
    """

    stage: Tensor
    sensory_in: Tensor
    sensory_from: Tensor
    old_in: Tensor
    old_from: Tensor
    new_in: Tensor
    new_from: Tensor
    new_in_first: Tensor
    sensory_out: Tensor
    sensory_to: Tensor
    old_out: Tensor
    old_to: Tensor
    new_out: Tensor
    new_to: Tensor
    new_out_first: Tensor


class CudaCfC:
    """``cfc_solver.solve_cfc`` for one wiring; gradients flow to parameters, inputs and state."""

    def __init__(self, graph: CfCGraph) -> None:
        self._reference = cfc_reference(graph)
        self.network = _lay(graph)
        self._placed = Placed(self.network)

    def __call__(self, parameters: CfCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Run: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> activity (B, T, N) after every sample."""
        return _cfc_solve_cuda(self._reference, (inputs, state, elapsed, *parameters), self._placed.on(inputs.device))


def _lay(graph: CfCGraph) -> CudaCfCNetwork:
    F, N, E = graph.input_size, graph.state_size, len(graph.target)
    stage = np.full(wide(N), -1, np.int32)
    for k, neurons in enumerate(graph.turns):
        stage[neurons] = k
    sensory, new = graph.source < F, graph.source >= F + N
    groups: dict[str, Tensor] = {"stage": torch.from_numpy(stage)}
    for name, chosen, first, columns in (("sensory", sensory, 0, wide(F)), ("old", ~sensory & ~new, F, wide(N))):
        which = np.flatnonzero(chosen)
        sources, targets = graph.source[which] - first, graph.target[which]
        groups[f"{name}_in"], groups[f"{name}_from"] = deal(which, targets, sources, wide(N), E)
        groups[f"{name}_out"], groups[f"{name}_to"] = deal(which, sources, targets, columns, E)
    which = np.flatnonzero(new)
    sources, targets = graph.source[which] - F - N, graph.target[which]
    for end, at, name, other in ((targets, "in", "from", sources), (sources, "out", "to", targets)):
        stages = [stage[end] == k for k in range(len(graph.turns))]
        groups[f"new_{at}"], groups[f"new_{name}"], groups[f"new_{at}_first"] = _deal_by_stage(
            stages, which, end, other, wide(N), E
        )
    return CudaCfCNetwork(**groups)


def _deal_by_stage(
    stages: Sequence[NDArray[np.bool_]],
    synapses: NDArray[np.int64],
    at: NDArray[np.int64],
    other: NDArray[np.int64],
    columns: int,
    dummy: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Deal the synapses of one stage after the other; return where the turns of each begin, too."""
    dealt = [deal(synapses[one], at[one], other[one], columns, dummy) for one in stages]
    numbers, ends = (torch.cat(part) for part in zip(*dealt, strict=True))
    first = np.cumsum([0, *(len(numbers) for numbers, _ in dealt)])
    return numbers, ends, torch.from_numpy(first.astype(np.int32))


def _solve(*arguments: Any) -> tuple[Tensor, Tensor]:
    *tensors, keep = arguments
    inputs, state, elapsed, weight, memory, bias = (t.detach().contiguous() for t in tensors[:6])
    network = CudaCfCNetwork(*tensors[6:])
    (B, T, F), N, E = inputs.shape, state.shape[1], weight.shape[1]
    states, tape = inputs.new_empty(B, T, N), inputs.new_empty((B, T, 3, N) if keep else (0,))
    cars = cars_of(B)
    _kernels().cfc_forward[(-(-B // cars),)](
        inputs, state, elapsed, weight, memory, bias, network.stage,
        network.sensory_in, network.sensory_from, network.old_in, network.old_from,
        network.new_in, network.new_from, network.new_in_first, states, tape, B, T, F, N, E,
        SENSORY=len(network.sensory_in), OLD=len(network.old_in), STAGES=len(network.new_in_first) - 1,
        CARS=cars, WIDE_F=wide(F), WIDE_N=wide(N), KEEP=keep, num_warps=1,
    )  # fmt: skip
    return states, tape


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, weight, memory, _ = (t.detach().contiguous() for t in arguments[:7])
    *tensors, states, tape = arguments[7:]
    network = CudaCfCNetwork(*tensors)
    (B, T, F), N, E = inputs.shape, state.shape[1], weight.shape[1]
    cars = cars_of(B)
    programs = -(-B // cars)
    of_synapse, of_neuron = inputs.new_zeros(programs, 4, E), inputs.new_empty(programs, 8, N)
    d_inputs, d_state = torch.empty_like(inputs), torch.empty_like(state)
    _kernels().cfc_backward[(programs,)](
        d_states, inputs, state, elapsed, weight, memory, network.stage,
        network.sensory_out, network.sensory_to, network.old_out, network.old_to,
        network.new_out, network.new_to, network.new_out_first, states, tape,
        of_synapse, of_neuron, d_inputs, d_state, B, T, F, N, E,
        SENSORY=len(network.sensory_out), OLD=len(network.old_out), STAGES=len(network.new_out_first) - 1,
        CARS=cars, WIDE_F=wide(F), WIDE_N=wide(N), num_warps=1,
    )  # fmt: skip
    return [d_inputs, d_state, of_synapse.sum(0), of_neuron[:, 4:].sum(0), of_neuron[:, :4].sum(0)]


def _fake(*arguments: Any) -> tuple[Tensor, Tensor]:
    inputs, state, keep = arguments[0], arguments[1], arguments[-1]
    (B, T, _), N = inputs.shape, state.shape[1]
    return inputs.new_empty(B, T, N), inputs.new_empty((B, T, 3, N) if keep else (0,))


_cfc_solve_cuda = FusedOperator(
    "cfc_solve_cuda",
    _solve,
    _fake,
    _adjoint,
    parameters=CfCParameters._fields,
    network=CudaCfCNetwork._fields,
    tape=("tape",),
)
