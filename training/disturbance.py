"""Disturbances: pushes on the steering, so that what a recording shows holds recoveries as well as good driving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["pushes"]

_SOONEST_S, _LATEST_S = 1.0, 3.5
_SHORTEST_S, _LONGEST_S = 0.3, 1.2
_DEVIATION = 0.045


def pushes(steps: int, dt_s: float, strength: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Curvature (steps,) [1/m] to add to what a driver steers.

    A push lasts 0.3 to 1.2 s, 1 to 3.5 s after the one before; its curvature is normal with a deviation of
    ``strength`` x 0.045 /m. The first one comes within the first second.
    """
    added = np.zeros(steps)
    at_s = rng.uniform(0.0, 1.0)
    while at_s < steps * dt_s:
        lasts_s = rng.uniform(_SHORTEST_S, _LONGEST_S)
        added[round(at_s / dt_s) : round((at_s + lasts_s) / dt_s)] = rng.normal(0.0, _DEVIATION)
        at_s += lasts_s + rng.uniform(_SOONEST_S, _LATEST_S)
    return strength * added
