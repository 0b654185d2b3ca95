"""Gusts: pushes that come and go; how the expert is shaken while it teaches, and a disturbance of any flight."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import stream_number

__all__ = ["FlightGusts", "next_push"]

_DEVIATIONS: Final = (0.3, 0.6, 0.5, 0.7)  # of forward, lateral, climb, yaw rate, as shares of what an action asks for
_KEEPS: Final = 0.9  # from step to step


def next_push(push: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Return the push (..., 4) of the next step, to be added to actions; it begins with zeros."""
    fresh = random.standard_normal(push.shape) * _DEVIATIONS
    return np.asarray(_KEEPS * push + np.sqrt(1.0 - _KEEPS**2) * fresh)


class FlightGusts:
    """Gusts of one flight.

    Parameters
    ----------
    strength:
        1 is what pushes the expert while it teaches.
    seed:
        Of the scenario.
    """

    def __init__(self, strength: float, seed: int) -> None:
        self._strength = strength
        self._random = np.random.default_rng([seed, stream_number("gusts")])
        self._push = np.zeros(4)

    def pushed(self, action: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what becomes of the next step's action (4,), within -1 and 1."""
        self._push = next_push(self._push, self._random)
        return np.clip(action + self._strength * self._push, -1.0, 1.0)
