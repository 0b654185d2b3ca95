"""Convoy expert: drives followers by the true gap and closing speed, with gains that do not amplify along a string.

The acceleration is ``k1 (gap - wanted gap) + k2 (speed ahead - own speed)`` with a constant time gap h. Without lags a
change of speed then goes from car to car by (k2 s + k1) / (s² + (k2 + k1 h) s + k1), whose gain is at most 1 at every
frequency if and only if ``2 k2 h + k1 h² >= 2`` (after Rajamani, *Vehicle Dynamics and Control*, 2nd ed. 2012, ch. 6).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.convoy.pedals import pedal_for
from wormdrive.envs.convoy.simulator import ConvoyObservation, ConvoySimulator
from wormdrive.envs.simulation.vehicle import steer_for_curvature

__all__ = ["GAP_GAIN", "SPEED_GAIN", "ConvoyExpert"]

GAP_GAIN: Final = 0.3
"""k1 [1/s²]."""
SPEED_GAIN: Final = 1.1
"""k2 [1/s]."""
MOST_ACCELERATION: Final = 2.5
MOST_BRAKING: Final = 7.0
"""Of what the expert wants [m/s²]; the tyres may give less."""


class ConvoyExpert:
    """Drives all followers of a ``ConvoySimulator``; it remembers nothing."""

    def __init__(self, simulator: ConvoySimulator) -> None:
        self._simulator = simulator

    def act(self, shown: ConvoyObservation) -> NDArray[np.float64]:
        """Return commands (W, N - 1, 2): steer, and the pedal."""
        curvature, pedal = self.label(shown)
        speed = shown.state.speed_mps[:, 1:]
        steer = steer_for_curvature(curvature, speed, self._simulator.embedded.parameters)
        return np.stack([steer, pedal], axis=-1)

    def label(self, shown: ConvoyObservation) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what policies learn: the path's curvature [1/m], positive left, and the pedal, (W, N - 1) each."""
        simulator = self._simulator
        road = simulator.allowance()
        wanted = GAP_GAIN * shown.gap_error_m - SPEED_GAIN * shown.closing_mps
        wanted = np.clip(wanted, -MOST_BRAKING, MOST_ACCELERATION) + road.pull
        curvature = simulator.pursuit.curvature(simulator.embedded.last_observation.state)
        followers = curvature.reshape(simulator.convoys, simulator.cars)[:, 1:]
        return followers, pedal_for(np.minimum(wanted, road.most), simulator.embedded.parameters)
