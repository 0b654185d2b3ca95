"""Pure pursuit with curvature feed-forward, on a route that is known.

Pure pursuit (R. C. Coulter, CMU-RI-TR-92-01, 1992) steers the arc through a point of the path at distance D ahead. For
small errors d [m] and e [rad] from the path that is the curvature ``-2 (d + D e) / D²``; to it we add what the road
itself does a moment ahead, when the wheels will have followed. Two things of a real car are allowed for: in a bend it
points inwards by its slip angle, which is no error (Rajamani 2012, eq. 3.16), and its wheels turn farther for the same
curvature the faster it drives (``steer_for_curvature``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.vehicle import GRAVITY, VehicleParameters

__all__ = ["NEAREST_M", "PURSUIT_S", "HasRoutes", "PurePursuit"]

PREVIEW_S: Final = 0.15
"""How much later than the command the wheels act [s]: half a step, the actuator's lag, the car's yaw response."""
PURSUIT_S: Final = 0.8
NEAREST_M: Final = 5.0
"""The point pursued lies that many seconds ahead, and not nearer than this [m]."""
MOST_AIM_RAD: Final = 0.35
"""The steepest course back to the lane's centre [rad]."""


class HasRoutes(Protocol):
    """Whatever drives N cars along a route each."""

    @property
    def routes(self) -> Sequence[Route]:
        """The route of each."""


class PurePursuit:
    """Says what curvature keeps N cars on their lanes; it remembers nothing but the routes.

    Parameters
    ----------
    simulator:
        Whose ``routes`` to follow.
    parameters:
        Of the vehicle.
    """

    def __init__(self, simulator: HasRoutes, parameters: VehicleParameters) -> None:
        self._simulator = simulator
        self._parameters = parameters
        self._held: list[Route | None] = []
        self._curvature: NDArray[np.float64] = np.zeros((0, 0))
        self._last: NDArray[np.int64] = np.zeros(0, np.int64)
        self._spacing_m: NDArray[np.float64] = np.zeros(0)

    def curvature(self, state: VehicleState) -> NDArray[np.float64]:
        """Path curvature (N,) to drive now [1/m], positive to the left."""
        parameters = self._parameters
        speed = state.speed_mps
        road = self._curvature_at(state.station_m + PREVIEW_S * speed)
        here = self._curvature_at(state.station_m)
        slip = here * (parameters.rear_m - np.square(speed) / (GRAVITY * parameters.rear_stiffness))
        ahead = np.maximum(PURSUIT_S * speed, NEAREST_M)
        aim = np.clip(state.lateral_offset_m / ahead, -MOST_AIM_RAD, MOST_AIM_RAD)
        return np.asarray(road - 2.0 * (aim + state.heading_error_rad + slip) / ahead)

    def _curvature_at(self, station_m: NDArray[np.float64]) -> NDArray[np.float64]:
        self._follow()
        worlds = np.arange(len(station_m))
        where = np.clip(station_m / self._spacing_m, 0.0, self._last)
        i = np.minimum(where.astype(np.int64), self._last - 1)
        part = where - i
        return np.asarray((1.0 - part) * self._curvature[worlds, i] + part * self._curvature[worlds, i + 1])

    def _follow(self) -> None:
        """Take over the routes that have changed."""
        routes = self._simulator.routes
        if len(routes) != len(self._held):
            self._held = [None] * len(routes)
            self._curvature = np.zeros((len(routes), 0))
            self._last = np.zeros(len(routes), np.int64)
            self._spacing_m = np.ones(len(routes))
        for world, route in enumerate(routes):
            if route is self._held[world]:
                continue
            n = len(route.x)
            if n > self._curvature.shape[1]:
                self._curvature = np.pad(self._curvature, ((0, 0), (0, n - self._curvature.shape[1])))
            self._curvature[world, :n] = route.curvature
            self._last[world] = n - 1
            self._spacing_m[world] = route.spacing_m
            self._held[world] = route
