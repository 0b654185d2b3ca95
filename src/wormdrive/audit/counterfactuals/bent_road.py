"""Bent road: the same lane with other bends, and the same car on it.

Only the way of the lane's centre line changes. The cross-section stays as it is, side by side: traffic keeps right, the
broken line is on the left and the edge line on the right, the lane lies on its side of the road and the verge on
its own. So a road that bends right is another road than one that bends left, not its flipped picture: what a map would
hold on which this lane has that curvature. Heights stay, and nothing is banked. Scenery stands by station and side, and
so goes with the road.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["bent_road", "placed_on"]

Numbers = NDArray[np.float64]


def bent_road(route: Route, curvature: Numbers) -> Route:
    """Return a route that begins where ``route`` does, with other ``curvature`` (n,) [1/m] at its samples.

    Curvature changes linearly from sample to sample, as on a clothoid.
    """
    step = np.hypot(np.diff(route.x), np.diff(route.y))
    between = 0.5 * (curvature[1:] + curvature[:-1])
    heading = route.heading_rad[0] + np.concatenate([[0.0], np.cumsum(between * step)])
    way = np.concatenate([[0.0], np.cumsum(step * np.exp(0.5j * (heading[1:] + heading[:-1])))])
    return replace(
        route,
        x=route.x[0] + way.real,
        y=route.y[0] + way.imag,
        heading_rad=heading,
        curvature=curvature,
        bank_rad=np.zeros_like(route.bank_rad),
    )


def placed_on(route: Route, bent: Route, state: VehicleState) -> VehicleState:
    """Put T states of a drive on ``route`` upon what ``bent_road`` made of it.

    Station, speed, lateral offset and heading error stay, sign and all: the car stands in its lane as it stood. Pose,
    curvature and yaw rate are those of the other road; the angle of the wheels, which nobody sees, stays as it was.
    """
    at = np.arange(len(bent.x)) * bent.spacing_m
    x, y, heading, curvature, bank = (
        np.interp(state.station_m, at, column)
        for column in (bent.x, bent.y, bent.heading_rad, bent.curvature, route.bank_rad)
    )
    offset = state.lateral_offset_m
    return replace(
        state,
        curvature=curvature,
        yaw_rate_radps=state.yaw_rate_radps + _turning(state, curvature) - _turning(state, state.curvature),
        x_m=x - offset * np.sin(heading),
        y_m=y + offset * np.cos(heading),
        z_m=state.z_m - offset * bank,
        heading_rad=heading + state.heading_error_rad,
    )


def _turning(state: VehicleState, curvature: Numbers) -> Numbers:
    """Return how fast the lane turns under the car [rad/s], if it has such a curvature (T,)."""
    return curvature * state.speed_mps * np.cos(state.heading_error_rad) / (1.0 - state.lateral_offset_m * curvature)
