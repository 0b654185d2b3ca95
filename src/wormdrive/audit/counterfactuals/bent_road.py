"""Bent road: the same lane with other bends, and the same car on it.

Only the way of the lane's centre line changes. The cross-section stays as it is, side by side: traffic keeps right, the
broken line is on the left and the edge line on the right, the lane lies on its side of the road and the verge on
its own. So the mirrored road (factor -1) is another road, not a flipped picture: what a map would hold on which every
curvature of this lane has the other sign. Heights stay, banking turns with the bend. Scenery stands by station and
side, and so goes with the road.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["MIRRORED", "STRAIGHT", "bent_road", "placed_on"]

MIRRORED: Final = -1.0
STRAIGHT: Final = 0.0


def bent_road(route: Route, factor: float) -> Route:
    """Return a route that begins where ``route`` does, with all of its curvature times ``factor``."""
    steps = np.diff(route.x) + 1j * np.diff(route.y)
    first = route.heading_rad[0]
    turned = np.abs(steps) * np.exp(1j * (first + factor * np.unwrap(np.angle(steps * np.exp(-1j * first)))))
    way = np.concatenate([[0.0], np.cumsum(turned)])
    return replace(
        route,
        x=route.x[0] + way.real,
        y=route.y[0] + way.imag,
        heading_rad=first + factor * (route.heading_rad - first),
        curvature=factor * route.curvature,
        bank_rad=factor * route.bank_rad,
    )


def placed_on(route: Route, factor: float, state: VehicleState) -> VehicleState:
    """Put T states of a drive on ``route`` upon ``bent_road(route, factor)``.

    Station, speed, lateral offset and heading error stay, sign and all: the car stands in its lane as it stood. Pose,
    curvature and yaw rate are those of the other road; the angle of the wheels, which nobody sees, stays as it was.
    """
    bent = bent_road(route, factor)
    at = np.arange(len(bent.x)) * bent.spacing_m
    x, y, heading, bank = (
        np.interp(state.station_m, at, column) for column in (bent.x, bent.y, bent.heading_rad, route.bank_rad)
    )
    offset, curvature = state.lateral_offset_m, factor * state.curvature
    return replace(
        state,
        curvature=curvature,
        yaw_rate_radps=state.yaw_rate_radps + _turning(state, curvature) - _turning(state, state.curvature),
        x_m=x - offset * np.sin(heading),
        y_m=y + offset * np.cos(heading),
        z_m=state.z_m + (factor - 1.0) * offset * bank,
        heading_rad=heading + state.heading_error_rad,
    )


def _turning(state: VehicleState, curvature: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how fast the lane turns under the car [rad/s], if it has such a curvature (T,)."""
    return curvature * state.speed_mps * np.cos(state.heading_error_rad) / (1.0 - state.lateral_offset_m * curvature)
