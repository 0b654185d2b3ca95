"""The fused solver on CUDA: lays a wiring out for ``ltc_triton`` and puts its kernels before torch."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, ltc_reference
from wormdrive.agents.device import Placed
from wormdrive.agents.kernels.cuda_layout import cars_of, deal, fits, wide
from wormdrive.agents.kernels.fused_operator import FusedOperator

__all__ = ["CudaSolver", "solvable"]


def solvable(index: SynapseIndex) -> bool:
    """Whether the kernels can run here and for this wiring."""
    return fits(index.input_size, index.state_size, len(index.targets))


def _kernels() -> Any:
    return importlib.import_module("wormdrive.agents.kernels.ltc_triton")


class Turns(NamedTuple):
    """A wiring in turns, int32; (turns, wide) each, wide the next power of two. Dummies are synapse number E.

    Forward, by target: ``sensory_in`` and ``inner_in`` are synapses, ``sensory_from`` and ``inner_from`` their sources.
    Backward, by source: ``sensory_out`` and ``inner_out`` are synapses, ``sensory_to`` and ``inner_to`` their targets.
    """

    sensory_in: Tensor
    sensory_from: Tensor
    inner_in: Tensor
    inner_from: Tensor
    sensory_out: Tensor
    sensory_to: Tensor
    inner_out: Tensor
    inner_to: Tensor


class CudaSolver:
    """``ltc_solver.solve`` for one wiring; gradients flow to parameters, inputs and state."""

    def __init__(self, index: SynapseIndex) -> None:
        self._index = index
        self.turns = _lay(index)
        self._placed = Placed(self.turns)

    def __call__(
        self, parameters: LTCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor, unfolds: int
    ) -> Tensor:
        """Solve: ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T) -> potentials (B, T, N) after samples."""
        tensors, network = (inputs, state, elapsed, *parameters), self._placed.on(inputs.device)
        return _ltc_solve_cuda(ltc_reference(self._index, unfolds), tensors, network, unfolds)


def _lay(index: SynapseIndex) -> Turns:
    wide_f, wide_n = wide(index.input_size), wide(index.state_size)
    groups: dict[str, Tensor] = {}
    for name, which, columns in (
        ("sensory", np.arange(index.sensory_count), wide_f),
        ("inner", np.arange(index.sensory_count, len(index.targets)), wide_n),
    ):
        sources, targets = index.sources[which], index.targets[which]
        groups[f"{name}_in"], groups[f"{name}_from"] = deal(which, targets, sources, wide_n, len(index.targets))
        groups[f"{name}_out"], groups[f"{name}_to"] = deal(which, sources, targets, columns, len(index.targets))
    return Turns(**groups)


def _with_dummy(parameters: tuple[Tensor, ...]) -> list[Tensor]:
    """Put a dummy synapse, all zeros, behind the last one."""
    return [torch.nn.functional.pad(p, (0, 1)) for p in parameters]


def _solve(*arguments: Any) -> tuple[Tensor, Tensor]:
    *tensors, unfolds, keep = arguments
    inputs, state, elapsed, *parameters = (t.detach().contiguous() for t in tensors[:10])
    turns = Turns(*tensors[10:])
    (B, T, F), N = inputs.shape, state.shape[1]
    states = inputs.new_empty(B, T, N)
    tape = inputs.new_empty((B, T, unfolds, 2, N) if keep else (0,))
    cars = cars_of(B)
    _kernels().ltc_forward[(-(-B // cars),)](
        inputs, state, elapsed, *_with_dummy(tuple(parameters[:4])), *parameters[4:],
        turns.sensory_in, turns.sensory_from, turns.inner_in, turns.inner_from, states, tape, B, T, F, N, unfolds,
        SENSORY=len(turns.sensory_in), INNER=len(turns.inner_in), CARS=cars, WIDE_F=wide(F), WIDE_N=wide(N),
        KEEP=keep, num_warps=1,
    )  # fmt: skip
    return states, tape


def _adjoint(*arguments: Any) -> list[Tensor]:
    d_states, inputs, state, elapsed, *parameters = (t.detach().contiguous() for t in arguments[:11])
    turns = Turns(*arguments[11:19])
    unfolds, states, tape = arguments[19:]
    weight, reversal, slope, midpoint, capacitance, leak, rest = parameters
    (B, T, F), N, E = inputs.shape, state.shape[1], len(weight)
    cars = cars_of(B)
    programs = -(-B // cars)
    of_synapse, of_neuron = inputs.new_zeros(programs, 4, E), inputs.new_empty(programs, 3, N)
    d_inputs, d_state = torch.empty_like(inputs), torch.empty_like(state)
    _kernels().ltc_backward[(programs,)](
        d_states, inputs, elapsed, *_with_dummy((weight, reversal, slope, midpoint)), capacitance,
        turns.sensory_out, turns.sensory_to, turns.inner_out, turns.inner_to, states, tape,
        of_synapse, of_neuron, d_inputs, d_state, B, T, F, N, E, unfolds,
        SENSORY=len(turns.sensory_out), INNER=len(turns.inner_out), CARS=cars, WIDE_F=wide(F), WIDE_N=wide(N),
        num_warps=1,
    )  # fmt: skip
    top_gate, bottom_gate, d_x, d_x_u = of_synapse.sum(0)
    d_capacitance, top, bottom = of_neuron.sum(0)
    return [
        d_inputs, d_state,
        reversal * top_gate + bottom_gate, weight * top_gate, d_x_u - midpoint * d_x, -slope * d_x,
        d_capacitance, rest * top + bottom, leak * top,
    ]  # fmt: skip


def _fake(*arguments: Any) -> tuple[Tensor, Tensor]:
    inputs, state, (unfolds, keep) = arguments[0], arguments[1], arguments[-2:]
    (B, T, _), N = inputs.shape, state.shape[1]
    return inputs.new_empty(B, T, N), inputs.new_empty((B, T, unfolds, 2, N) if keep else (0,))


_ltc_solve_cuda = FusedOperator(
    "ltc_solve_cuda",
    _solve,
    _fake,
    _adjoint,
    parameters=LTCParameters._fields,
    network=Turns._fields,
    settings=("unfolds",),
    tape=("tape",),
)
