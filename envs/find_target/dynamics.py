"""Dynamics: a point mass with a gimballed camera, N at once.

No rotors: velocities follow what is commanded with a lag, an autopilot keeps the height above ground within bounds, and
the gimbal keeps the camera level. Commands are those of MIT's drones: forward, lateral, climb, yaw rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ACTION_NAMES", "ALTITUDES_M", "DT_S", "TOP_RATES", "Flight"]

DT_S: Final = 0.1
"""Time of a step [s]."""
ACTION_NAMES: Final = ("forward", "lateral", "climb", "yaw_rate")
TOP_RATES: Final = (3.0, 1.5, 1.0, 1.0)
"""What an action of 1 asks for [m/s, m/s, m/s, rad/s]; lateral and yaw are positive to the left."""
ALTITUDES_M: Final = (2.0, 6.0)
"""Least and greatest height above ground."""
_LAG_S: Final = 0.3


@dataclass(eq=False)
class Flight:
    """Where N cameras are, and how they move.

    Attributes
    ----------
    position:
        (N, 3) x, y, z [m].
    heading:
        (N,) [rad], counter-clockwise from x.
    rates:
        (N, 4): forward, lateral, climb [m/s], yaw rate [rad/s].
    """

    position: NDArray[np.float64]
    heading: NDArray[np.float64]
    rates: NDArray[np.float64]

    @classmethod
    def at_rest(cls, count: int) -> Flight:
        """Return N that stand still in the origin."""
        return cls(np.zeros((count, 3)), np.zeros(count), np.zeros((count, 4)))

    def step(self, actions: NDArray[np.float64], moving: NDArray[np.bool_]) -> None:
        """Fly for a step.

        Parameters
        ----------
        actions:
            (N, 4) in [-1, 1].
        moving:
            (N,) who does; the others stay where they are.
        """
        wanted = np.clip(actions, -1.0, 1.0) * TOP_RATES
        rates = self.rates + (wanted - self.rates) * (DT_S / (_LAG_S + DT_S))
        heading = self.heading + rates[:, 3] * DT_S
        middle = self.heading + 0.5 * rates[:, 3] * DT_S
        cos, sin = np.cos(middle), np.sin(middle)
        velocity = np.stack(
            [rates[:, 0] * cos - rates[:, 1] * sin, rates[:, 0] * sin + rates[:, 1] * cos, rates[:, 2]], axis=1
        )
        self.position[moving] += DT_S * velocity[moving]
        self.heading[moving] = np.mod(heading[moving] + np.pi, 2.0 * np.pi) - np.pi
        self.rates[moving] = rates[moving]

    def hold_altitude(self, n: int, ground_m: float) -> None:
        """Keep one within ``ALTITUDES_M`` above the ground, whose height is given [m]."""
        low, high = ground_m + ALTITUDES_M[0], ground_m + ALTITUDES_M[1]
        z = self.position[n, 2]
        if not low <= z <= high:
            self.position[n, 2] = min(max(z, low), high)
            self.rates[n, 2] = 0.0
