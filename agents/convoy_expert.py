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
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["GAP_GAIN", "SPEED_GAIN", "ConvoyExpert", "follower_commands"]

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
        return follower_commands(self.label(shown), shown, self._simulator.embedded.parameters)

    def label(self, shown: ConvoyObservation) -> NDArray[np.float64]:
        """Return what policies learn (W, N - 1, 2): the path's curvature [1/m], positive left, and acceleration [m/s²].

        The acceleration is what engine and brakes are to do: what a slope takes is made good.
        """
        simulator = self._simulator
        road = simulator.allowance()
        wanted = GAP_GAIN * shown.gap_error_m - SPEED_GAIN * shown.closing_mps
        wanted = np.clip(wanted, -MOST_BRAKING, MOST_ACCELERATION) + road.pull
        curvature = simulator.pursuit.curvature(simulator.embedded.last_observation.state)
        followers = curvature.reshape(simulator.convoys, simulator.cars)[:, 1:]
        return np.stack([followers, np.minimum(wanted, road.most)], axis=-1)


def follower_commands(
    wanted: NDArray[np.floating], shown: ConvoyObservation, parameters: VehicleParameters
) -> NDArray[np.float64]:
    """Return the commands (W, N - 1, 2) for wanted curvature [1/m] and acceleration [m/s²] (W, N - 1, 2).

    Of a follower's own state the speed alone is used, which every car shows: how far its wheels must turn.
    """
    exact: NDArray[np.float64] = np.asarray(wanted, np.float64)
    steer = steer_for_curvature(exact[..., 0], shown.state.speed_mps[:, 1:], parameters)
    return np.stack([steer, pedal_for(exact[..., 1], parameters)], axis=-1)
