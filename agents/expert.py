"""The expert: it knows the route, and pursues it; see ``envs.simulation.pure_pursuit``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.pure_pursuit import HasRoutes, PurePursuit
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["Expert"]


class Expert:
    """A ``Driver`` with privileged knowledge; it remembers nothing, and leaves the speed to the cruise control.

    Parameters
    ----------
    simulator:
        Whose ``routes`` to follow.
    parameters:
        Of the vehicle.
    """

    camera: None = None
    """It needs none: it knows the route."""

    def __init__(self, simulator: HasRoutes, parameters: VehicleParameters | None = None) -> None:
        self._parameters = parameters or VehicleParameters()
        self._pursuit = PurePursuit(simulator, self._parameters)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return commands (N, 2): steer for ``curvature``, and NaN, which means the cruise control."""
        speed = observation.state.speed_mps
        command = np.full((len(speed), 2), np.nan)
        command[:, 0] = steer_for_curvature(self.curvature(observation), speed, self._parameters)
        return command

    def curvature(self, observation: Observation) -> NDArray[np.float64]:
        """Path curvature (N,) to drive now [1/m], positive to the left: the label that policies learn from."""
        return self._pursuit.curvature(observation.state)
