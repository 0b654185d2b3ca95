"""Bounds of an LTC: the tightest interval of every potential after an unfold, from intervals of all it depends on.

One unfold of neuron j (see ``agents.cells.ltc_solver``) is

    v' = (C v + h (g r + sum_i c_i E_i)) / (C + h (g + sum_i c_i)),    c_i = w_i sigmoid(s_i (u_i - m_i))

It grows with v, and in each conductance c_i it is monotone: up where E_i > v', down where E_i < v'. So the greatest v'
over a box of conductances is the root V of

    F(V) = C (v - V) + h g (r - V) + h sum_i max over c_i of c_i (E_i - V)

and F, which falls with V, is found by Dinkelbach's iteration (*On nonlinear fractional programming*, 1967). Whatever V
it has come to is a sound bound as soon as F(V) <= 0, which is checked. Every neuron is bounded by itself, as if its
inputs could take their worst values at once: sound, and wider than what can happen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.cells.ltc import LTC
from wormdrive.audit.certificate.interval import Interval, sigmoid

__all__ = ["LTCBounds"]

Numbers = NDArray[np.float64]
_ITERATIONS: Final = 30
_CLOSE: Final = 1e-12


class LTCBounds:
    """Of one cell, with its numbers as they are now."""

    def __init__(self, cell: LTC) -> None:
        p = cell.physical()
        self.unfolds = cell.unfolds
        self._weight, self._reversal, self._slope, self._midpoint, self._capacitance, self._leak, self._rest = (
            np.asarray(part.detach().cpu().double().numpy(), np.float64) for part in p
        )
        wiring = cell.wiring
        self._sources, self._targets = wiring.sources, wiring.targets
        self._sensory = wiring.sensory_synapse_count
        self._neurons = wiring.state_size

    def sample(self, sensory: Interval, state: Interval, elapsed: float) -> Interval:
        """Bound the potentials (N,) after a sample: ``sensory`` (F,), ``state`` (N,) before, ``elapsed`` in periods."""
        step = elapsed / self.unfolds
        from_outside = self._conductance(sensory, slice(None, self._sensory))
        for _ in range(self.unfolds):
            from_inside = self._conductance(state, slice(self._sensory, None))
            open_ = Interval(*(np.concatenate(ends) for ends in zip(from_outside, from_inside, strict=True)))
            # the least potential is minus the greatest of a cell whose potentials are mirrored
            high = self._greatest(state.high, self._rest, self._reversal, open_, step)
            low = -self._greatest(-state.low, -self._rest, -self._reversal, open_, step)
            state = Interval(low, high).widened()
        return state

    def _conductance(self, heard: Interval, which: slice) -> Interval:
        """Bound w sigmoid(s (u - m)) of some synapses."""
        sources, slope, midpoint = self._sources[which], self._slope[which], self._midpoint[which]
        argument = Interval(heard.low[sources], heard.high[sources]).plus(-midpoint).times(slope)
        return Interval(*(self._weight[which] * sigmoid(end) for end in argument))

    def _greatest(self, before: Numbers, rest: Numbers, reversal: Numbers, open_: Interval, step: float) -> Numbers:
        """Return an upper bound of each potential after one unfold, (N,)."""
        bound = before.copy()
        for _ in range(_ITERATIONS):
            raised = reversal > bound[self._targets]
            c = np.where(raised, open_.high, open_.low)
            total, driven = self._sums(c), self._sums(c * reversal)
            new = (self._capacitance * before + step * (self._leak * rest + driven)) / (
                self._capacitance + step * (self._leak + total)
            )
            moved = np.abs(new - bound).max(initial=0.0)
            bound = new
            if moved < _CLOSE:
                break
        return self._made_sound(bound, before, rest, reversal, open_, step)

    def _made_sound(
        self, bound: Numbers, before: Numbers, rest: Numbers, reversal: Numbers, open_: Interval, step: float
    ) -> Numbers:
        """Raise bounds until F is not positive."""
        room = _CLOSE
        while True:
            above = reversal - bound[self._targets]
            best = self._sums(np.where(above > 0, open_.high, open_.low) * above)
            wrong = self._capacitance * (before - bound) + step * (self._leak * (rest - bound) + best) > 0
            if not wrong.any():
                return bound
            bound = np.where(wrong, bound + room, bound)
            room *= 2.0

    def _sums(self, synapses: Numbers) -> Numbers:
        sums: Numbers = np.zeros(self._neurons)
        np.add.at(sums, self._targets, synapses)
        return sums
