"""Bounds of the memoryless read-out: linear, rectifier, linear, over a box of features.

Of each hidden unit a line lies above and one below what the rectifier makes of it between the ends that it can reach;
so the output lies below a function that is linear in the features, and is exactly bounded over their box (Zhang et al.,
*Efficient neural network robustness certification with general activation functions*, 2018). Plain intervals, that take
every unit for itself, are at times tighter: the better of the two counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy
from wormdrive.audit.certificate.interval import ROUNDING, Interval

__all__ = ["FeedForwardBounds"]

Numbers = NDArray[np.float64]


class FeedForwardBounds:
    """Of one policy, with its numbers as they are now."""

    def __init__(self, policy: FeedForwardPolicy) -> None:
        self._weight, self._bias, output, shift = (
            np.asarray(part.detach().cpu().double().numpy(), np.float64)
            for layer in (policy.hidden, policy.output)
            for part in (layer.weight, layer.bias)
        )
        self._output, self._shift = output[0], float(shift[0])

    def step(self, features: Interval, state: Interval, _elapsed: float) -> tuple[Interval, Interval]:
        """Bound the output (1,), from features (F,); there is no state."""
        centre, radius = (features.low + features.high) / 2, features.width / 2
        middle, reach = self._weight @ centre + self._bias, np.abs(self._weight) @ radius
        room = ROUNDING * (1.0 + np.abs(middle) + reach)
        unit = Interval(middle - reach - room, middle + reach + room)

        def greatest(output: Numbers) -> float:
            up, shift, low = _lines(unit)
            slope = output * np.where(output > 0.0, up, low)
            by_lines = slope @ middle + np.abs(slope @ self._weight) @ radius + np.abs(slope) @ room
            by_lines += np.where(output > 0.0, output * shift, 0.0).sum()
            by_units = output @ np.maximum(np.where(output > 0.0, unit.high, unit.low), 0.0)
            return float(min(by_lines, by_units))

        ends = Interval(np.array([-greatest(-self._output)]), np.array([greatest(self._output)]))
        return ends.plus(self._shift).widened(), state


def _lines(unit: Interval) -> tuple[Numbers, Numbers, Numbers]:
    """Return slope and shift of lines above the rectifier between the ends of each unit, and slopes of lines below."""
    bends = (unit.low < 0.0) & (unit.high > 0.0)
    on = (unit.low >= 0.0).astype(np.float64)
    up = np.where(bends, unit.high / np.where(bends, unit.width, 1.0), on)
    return up, np.where(bends, -up * unit.low, 0.0), np.where(bends, unit.high > -unit.low, on)
