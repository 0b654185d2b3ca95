"""Intervals: lower and upper ends of what some numbers may be."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["ROUNDING", "Interval", "around", "sigmoid"]

Numbers = NDArray[np.float64]

ROUNDING: Final = 1e-6
"""By how much an interval is widened after every step, relative to its size and 1. Bounds are computed in float64; the
policy drives in float32, and this is so much more than float32 errs by that the bounds hold there, too."""


class Interval(NamedTuple):
    """``low`` <= each number <= ``high``, arrays of one shape."""

    low: Numbers
    high: Numbers

    @property
    def width(self) -> Numbers:
        """From one end to the other."""
        return self.high - self.low

    def widened(self) -> Interval:
        """Return the interval with room for rounding."""
        room = ROUNDING * (1.0 + np.maximum(np.abs(self.low), np.abs(self.high)))
        return Interval(self.low - room, self.high + room)

    def contains(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Whether each number lies in its interval."""
        return (self.low <= numbers) & (numbers <= self.high)

    def times(self, factor: Numbers | float) -> Interval:
        """Multiply by fixed numbers of either sign."""
        a, b = self.low * factor, self.high * factor
        return Interval(np.minimum(a, b), np.maximum(a, b))

    def plus(self, shift: Numbers | float) -> Interval:
        """Add fixed numbers."""
        return Interval(self.low + shift, self.high + shift)


def around(numbers: Numbers, radius: Numbers | float) -> Interval:
    """Return what lies no farther than ``radius`` from some numbers."""
    return Interval(numbers - radius, numbers + radius)


def sigmoid(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -700.0, 700.0))), np.float64)
