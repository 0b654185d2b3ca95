"""Bounds of a CfC: intervals of every activity after a sample, from intervals of all it depends on.

A neuron's activity (see ``agents.cells.cfc_solver``) is (1 - s) tanh(p) + s tanh(q). It grows with p and with q, and is
linear in the gate s, so that over a box of the three it is greatest at the greatest p and q and one of the gate's ends.
p, q and what the gate hears are affine in the neuron's inputs and exactly bounded over a box of these. That the three
hear the same inputs is forgotten: sound, and wider than what can happen. Roles take turns, as they do in the cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCGraph
from wormdrive.audit.certificate.interval import ROUNDING, Interval, sigmoid

__all__ = ["CfCBounds"]

Numbers = NDArray[np.float64]


class CfCBounds:
    """Of one cell, with its numbers as they are now."""

    def __init__(self, cell: CfC) -> None:
        weight, memory, self._bias = (
            np.asarray(part.detach().cpu().double().numpy(), np.float64) for part in cell.parameters_in_equation()
        )
        graph = CfCGraph(cell.wiring)
        inputs, neurons = graph.input_size, graph.state_size
        self._turns = graph.turns
        self._matrix: Numbers = np.zeros((4, inputs + 2 * neurons, neurons))  # from inputs, old and new activity
        self._matrix[:, graph.source, graph.target] = weight
        own = np.arange(neurons)
        self._matrix[:, inputs + own, own] += memory

    def sample(self, sensory: Interval, state: Interval, elapsed: float) -> Interval:
        """Bound activities (N,) after a sample: ``sensory`` (F,), ``state`` (N,) before, ``elapsed`` in periods."""
        matrix, bias = (_with_gate(part, elapsed) for part in (self._matrix, self._bias))
        after = Interval(np.zeros_like(state.low), np.zeros_like(state.high))
        for turn in self._turns:
            heard = Interval(*(np.concatenate(ends) for ends in zip(sensory, state, after, strict=True)))
            near, far, gate = _affine(matrix[:, :, turn], bias[:, turn], heard)
            gates = sigmoid(np.stack(gate))
            least, most = ((1.0 - gates) * p + gates * q for p, q in zip(np.tanh(near), np.tanh(far), strict=True))
            after.low[turn], after.high[turn] = Interval(least.min(0), most.max(0)).widened()
        return after


def _with_gate(numbers: Numbers, elapsed: float) -> Numbers:
    """Put what the gate hears, rate times time and shift together, in the place of both."""
    near, far, rate, shift = numbers
    return np.stack([near, far, elapsed * rate + shift])


def _affine(matrix: Numbers, bias: Numbers, heard: Interval) -> list[Interval]:
    """Bound three affine maps (3, M, n) of what is heard (M,), with room for the rounding of all that is added."""
    centre, radius = (heard.low + heard.high) / 2, heard.width / 2
    size = np.abs(matrix)
    middle = np.einsum("kmn,m->kn", matrix, centre) + bias
    added = np.einsum("kmn,m->kn", size, np.abs(centre) + radius) + np.abs(bias)
    reach = np.einsum("kmn,m->kn", size, radius) + ROUNDING * (1.0 + added)
    return [Interval(*ends) for ends in zip(middle - reach, middle + reach, strict=True)]
