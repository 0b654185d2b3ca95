"""Driver: whoever decides what N vehicles do next, be it the expert or a network."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.observation import Observation

__all__ = ["Driver"]


class Driver(Protocol):
    """Turns observations of N worlds into commands; what it remembers is one state a world."""

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the worlds in ``mask`` (N,): their episodes begin anew."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return the commands (N, 2): steer and acceleration, as ``Simulator.step`` wants them."""
