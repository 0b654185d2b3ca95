"""Ramps: the small continuous functions that seasons are mixed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["mix", "ramp", "ramp_colour", "smoothstep"]

Value = TypeVar("Value", float, NDArray[np.float64])


def mix(a: Value, b: Value, t: float) -> Value:
    """Go from ``a`` (t = 0) to ``b`` (t = 1) along a line."""
    return a + (b - a) * t


def smoothstep(low: float, high: float, x: float) -> float:
    """0 below ``low``, 1 above ``high``, smooth between; falls instead when ``low > high``."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def ramp(x: float, keys: Sequence[tuple[float, float]]) -> float:
    """Piecewise linear through (x, y) ``keys``, ascending in x; constant beyond them."""
    return float(np.interp(x, [key[0] for key in keys], [key[1] for key in keys]))


def ramp_colour(x: float, positions: Sequence[float], colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Piecewise linear through ``colours`` (n, 3) that stand at ``positions`` (n,)."""
    return np.array([np.interp(x, positions, colours[:, channel]) for channel in range(3)])
