"""Bounds of a CfC: intervals of every activity after a sample, from intervals of all it depends on.

A neuron's activity (see ``agents.cells.cfc_solver``) is (1 - s) tanh(p) + s tanh(q), where p, q and what the gate s
hears are affine in the neuron's inputs, and so exactly bounded over a box of these. Two bounds follow, both sound:

- the activity grows with p and with q and is linear in s: over a box of the three it is greatest at the greatest p and
  q and one of the gate's ends. That the three hear the same inputs is forgotten;
- by the mean value theorem it differs from that of the box's middle by no more than its steepest slope on each input
  times how far that may be off. The slope knows that what moves p moves q and s as well.

The second is the better one while noise is small; the narrower counts. Neurons are bounded by themselves, as if their
inputs could take their worst values at once: wider than what can happen. Roles take turns, as they do in the cell.
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
            after.low[turn], after.high[turn] = _activity(matrix[:, :, turn], bias[:, turn], heard).widened()
        return after


def _with_gate(numbers: Numbers, elapsed: float) -> Numbers:
    """Put what the gate hears, rate times time and shift together, in the place of both."""
    near, far, rate, shift = numbers
    return np.stack([near, far, elapsed * rate + shift])


def _activity(matrix: Numbers, bias: Numbers, heard: Interval) -> Interval:
    """Bound n activities; ``matrix`` (3, M, n) and ``bias`` (3, n) lead from what is heard (M,) to p, q and gate."""
    centre, radius = (heard.low + heard.high) / 2, heard.width / 2
    size = np.abs(matrix)
    middle = _through(matrix, centre) + bias
    room = ROUNDING * (1.0 + _through(size, np.abs(centre) + radius) + np.abs(bias))  # of all that is added
    reach = _through(size, radius) + room
    near, far, gate = (Interval(*ends) for ends in zip(middle - reach, middle + reach, strict=True))
    gates = sigmoid(np.stack(gate))
    least, most = (_mixed(np.tanh(p), np.tanh(q), gates) for p, q in zip(near, far, strict=True))

    slope = _slopes(near, far, Interval(*gates))
    mean, half = (slope.low + slope.high) / 2, slope.width / 2
    steepest = np.abs(np.einsum("kn,kmn->mn", mean, matrix)) + np.einsum("kn,kmn->mn", half, size)
    moved = radius @ steepest + ((np.abs(mean) + half) * room).sum(0)
    there = _mixed(np.tanh(middle[0]), np.tanh(middle[1]), sigmoid(middle[2]))
    return Interval(np.maximum(least.min(0), there - moved), np.minimum(most.max(0), there + moved))


def _slopes(near: Interval, far: Interval, gate: Interval) -> Interval:
    """Bound the activity's derivatives by p, q and what the gate hears, (3, n)."""
    shut = Interval(1.0 - gate.high, 1.0 - gate.low)
    by_near = tuple(share * steep for share, steep in zip(shut, _falling(near), strict=True))
    by_far = tuple(share * steep for share, steep in zip(gate, _falling(far), strict=True))
    turns = gate.low * (1.0 - gate.low), gate.high * (1.0 - gate.high)
    most = np.where((gate.low < 0.5) & (gate.high > 0.5), 0.25, np.maximum(*turns))
    apart = Interval(np.tanh(far.low) - np.tanh(near.high), np.tanh(far.high) - np.tanh(near.low))
    least = np.minimum(*turns)
    by_gate = np.minimum(apart.low * least, apart.low * most), np.maximum(apart.high * least, apart.high * most)
    return Interval(*(np.stack(ends) for ends in zip(by_near, by_far, by_gate, strict=True)))


def _falling(heard: Interval) -> Interval:
    """Bound the derivative of tanh, which falls to both sides of 0."""
    nearest = np.maximum(np.maximum(heard.low, -heard.high), 0.0)
    farthest = np.maximum(-heard.low, heard.high)
    return Interval(*(1.0 - np.tanh(np.stack([farthest, nearest])) ** 2))


def _mixed(p: Numbers, q: Numbers, gate: Numbers) -> Numbers:
    return np.asarray((1.0 - gate) * p + gate * q, np.float64)


def _through(matrix: Numbers, numbers: Numbers) -> Numbers:
    """(3, M, n), (M,) -> (3, n)."""
    return np.asarray(np.einsum("kmn,m->kn", matrix, numbers), np.float64)
