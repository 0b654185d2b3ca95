"""Wheel departure: how far the outermost tyre is beyond the border of its lane.

A car has left its lane when a tyre's outer edge is beyond the lane's border: so the standards of lane departure
warning (ISO 17361), lane keeping assistance (ISO 11270) and automated lane keeping (UN R157) count, none of them by the
car's centre. They look at the front tyres, we at all four: a car that runs wide with its rear has left its lane, too.
The border is the route's, which in OpenDRIVE runs along the middle of the mark.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["DEPARTURES", "TyreReach", "lane_half_widths", "offset_from_lane", "tyre_reach", "wheel_beyond"]

DEPARTURES: Final = ("centre", "wheel")
"""What ends an episode when it is beyond the lane's border: the car's reference point, or any tyre's outer edge."""

Floats: TypeAlias = "float | NDArray[np.floating]"

TyreReach: TypeAlias = "tuple[Floats, Floats, Floats]"
"""From the centre of gravity to the front axle, to the rear axle and sideways to the tyres' outer edges [m]."""


def tyre_reach(parameters: VehicleParameters) -> tuple[float, float, float]:
    """Return how far a vehicle's tyres reach [m]; their outer edges are taken to be flush with the body."""
    return parameters.front_m, parameters.rear_m, 0.5 * parameters.width_m


def lane_half_widths(route: Route, station_m: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distance from the lane's centre to its left and its right border [m] at stations (T,) [m]."""
    place = np.asarray(station_m, np.float64) / route.spacing_m
    i = np.clip(place.astype(np.int64), 0, len(route.x) - 2)
    part = place - i
    left_m, right_m = (edge[i] + part * (edge[i + 1] - edge[i]) for edge in (route.left_m, route.right_m))
    return left_m, right_m


def offset_from_lane(
    p: NDArray[np.floating], q: NDArray[np.floating], curvature: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the lateral offset [m] of points ``p`` ahead of a car's foot on the lane's centre and ``q`` to the left.

    From a centre of constant curvature ``k`` that is

        d = q - k p² / (1 - k q + sqrt((1 - k q)² + (k p)²))

    to second order in p ``q - k p² / 2``, and exact on an arc.
    """
    inner = np.maximum(1.0 - curvature * q, 0.1)  # nobody drives about the bend's own centre
    return np.asarray(q - curvature * p * p / (inner + np.hypot(inner, curvature * p)))


def wheel_beyond(
    lateral_offset_m: NDArray[np.floating],
    heading_error_rad: NDArray[np.floating],
    curvature: NDArray[np.floating],
    left_m: NDArray[np.floating],
    right_m: NDArray[np.floating],
    reach: TyreReach,
) -> NDArray[np.float64]:
    """Return how far the outermost tyre's outer edge is beyond its lane's border [m]: negative while all are inside.

    That the lane's curvature and width change between the car's foot and the tyre's is left out, see
    ``offset_from_lane``.

    Parameters
    ----------
    lateral_offset_m, heading_error_rad, curvature:
        As in ``VehicleState``, (T,) each: samples of one vehicle, or as many vehicles.
    left_m, right_m:
        The lane's half-widths there [m], (T,).
    reach:
        Of the vehicle's tyres, see ``tyre_reach``: numbers, or arrays (T,) for as many vehicles.
    """
    front_m, rear_m, side_m = reach
    heading = np.asarray(heading_error_rad, np.float64)
    bend = np.asarray(curvature, np.float64)
    ahead, aside = np.cos(heading), np.sin(heading)
    beyond = np.full(heading.shape, -np.inf)
    for axle_m in (front_m, -np.asarray(rear_m)):
        for tyre_m in (side_m, -np.asarray(side_m)):
            p = axle_m * ahead - tyre_m * aside
            q = lateral_offset_m + axle_m * aside + tyre_m * ahead
            offset = offset_from_lane(p, q, bend)
            np.maximum(beyond, np.maximum(offset - left_m, -offset - right_m), out=beyond)
    return beyond
