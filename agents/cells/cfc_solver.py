"""The closed-form continuous-time equations on a wiring, in plain torch: the reference.

Hasani et al., *Closed-form continuous-time neural networks*, Nature Machine Intelligence 4 (2022), equation 10. Every
neuron j has four affine functions of what it hears, its own past included: two potentials p and q, a rate a and a shift
b, and goes over from one potential to the other as time passes:

    x_j(t) = (1 - s) tanh(p_j) + s tanh(q_j),    s = sigmoid(a_j t + b_j)

    p_j = bias_j + memory_j x_j + sum_i weight_ij u_i,    likewise q_j, a_j and b_j, each with numbers of its own

where u_i is the input of a sensory neuron or the activity of another one; nothing else reaches neuron j, its time gate
included. Within a sample the roles take turns: first all inter neurons, then command, then motor neurons. A synapse
from an earlier role carries the activity of this sample, all others that of the sample before; so what the sensory
neurons see moves the motor neurons at once, as it does through the unfolds of an LTC.

The activity is a convex combination of two values within [-1, 1], whatever the input and however much time has passed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.wirings.wiring import Role, Wiring

__all__ = ["CfCGraph", "CfCParameters", "cfc_reference", "solve_cfc"]

_TURNS: tuple[Role, ...] = ("inter", "command", "motor")


class CfCParameters(NamedTuple):
    """The numbers in the equation, all of one float type; row 0 is for p, then q, a and b.

    ``weight`` (4, E), synapses in the wiring's order; ``memory`` and ``bias`` (4, N), neurons in state order.
    """

    weight: Tensor
    memory: Tensor
    bias: Tensor


class CfCGraph(nn.Module):
    """What a wiring means to the cell.

    ``source`` (E,): which row of [inputs F, old activity N, new activity N] each synapse carries; ``target`` (E,) in
    state order; ``turns``: the neurons in state order, by the turn in which they move. As tensors they are buffers that
    are not saved, so that they follow their cell to a device and out in ``torch.export``.
    """

    def __init__(self, wiring: Wiring) -> None:
        super().__init__()
        self.input_size, self.state_size, self.output_size = wiring.input_size, wiring.state_size, wiring.output_size
        turn = np.array([_TURNS.index(neuron.role) for neuron in wiring.state_neurons])
        self.turns = [np.flatnonzero(turn == k) for k in range(len(_TURNS)) if (turn == k).any()]
        self.target: NDArray[np.int64] = wiring.targets
        inner = np.arange(len(wiring.synapses)) >= wiring.sensory_synapse_count
        self.source: NDArray[np.int64] = wiring.sources.copy()
        self.source[inner] += self.input_size
        inner[inner] = turn[wiring.sources[inner]] < turn[self.target[inner]]
        self.source[inner] += self.state_size
        for name, part in zip(self._names(), (self.source, self.target, *self.turns), strict=True):
            self.register_buffer(name, torch.from_numpy(np.array(part)), persistent=False)

    def _names(self) -> list[str]:
        return ["sources", "targets", *(f"turn_{k}" for k in range(len(self.turns)))]

    def tensors(self) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return ``source``, ``target`` and ``turns`` as tensors, where the cell is."""
        source, target, *turns = (self.get_buffer(name) for name in self._names())
        return source, target, turns


def solve_cfc(graph: CfCGraph, parameters: CfCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
    """Activity after every sample.

    ``inputs`` (B, T, F), ``state`` (B, N) before the first sample, ``elapsed`` (B, T) >= 0 -> (B, T, N). Everything
    has the parameters' type; autograd works through it any number of times.
    """
    p, F, N = parameters, graph.input_size, graph.state_size
    device = inputs.device
    source, target, columns = graph.tensors()
    # One (F + 2N, 4, N) matrix: from the inputs, from the old activity (a neuron's own included), from the new one.
    heads = torch.arange(4, device=device)[:, None]
    own = torch.arange(N, device=device)
    matrix = p.weight.new_zeros(F + 2 * N, 4, N).index_put((source, heads, target), p.weight)
    matrix = matrix.index_put((F + own, heads, own), p.memory, accumulate=True)
    from_inputs, from_old, from_new = torch.split(matrix.flatten(1), [F, N, N])
    driven = inputs @ from_inputs + p.bias.flatten()
    earlier = [torch.cat(columns[:k]) if k else own[:0] for k in range(len(columns))]
    within = [from_new.view(N, 4, N)[earlier[k]][..., columns[k]].flatten(1) for k in range(len(columns))]
    order = torch.argsort(torch.cat(columns))
    trajectory: list[Tensor] = []
    x = state
    for drive, time in zip(driven.unbind(1), elapsed.unsqueeze(-1).unbind(1), strict=True):
        heard = (drive + x @ from_old).view(-1, 4, N)
        moved = x[:, :0]
        for turn, new in zip(columns, within, strict=True):
            near, far, rate, shift = (heard[..., turn] + (moved @ new).view(-1, 4, len(turn))).unbind(1)
            gate = torch.sigmoid(rate * time + shift)
            moved = torch.cat([moved, (1 - gate) * torch.tanh(near) + gate * torch.tanh(far)], 1)
        x = moved[:, order]
        trajectory.append(x)
    return torch.stack(trajectory, 1)


def cfc_reference(graph: CfCGraph) -> Callable[..., Tensor]:
    """Return ``solve_cfc`` as a function of inputs, state, elapsed and the three parameters."""
    return partial(_solve, graph)


def _solve(graph: CfCGraph, inputs: Tensor, state: Tensor, elapsed: Tensor, *parameters: Tensor) -> Tensor:
    return solve_cfc(graph, CfCParameters(*parameters), inputs, state, elapsed)
