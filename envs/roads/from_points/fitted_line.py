"""Fitted line: straights, arcs and clothoids along the smooth line through points, as few as keep close to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points.clothoid_spline import Clothoids, clothoid_spline
from wormdrive.envs.roads.from_points.smooth_line import SmoothLine
from wormdrive.envs.roads.maps.alignment import Geometry, PlanPose
from wormdrive.envs.roads.opendrive.curves import Array

__all__ = ["TIGHTEST_M", "TOLERANCE_M", "FittedLine", "fit_line"]

TOLERANCE_M: Final = 0.01
"""How far from the smooth line the fitted one may run [m]."""
TIGHTEST_M: Final = 1.0
"""Radius below which a bend is a kink [m]: there the points do not say how the road runs."""
_STRAIGHT_PER_M: Final = 1e-9
"""Less curvature than this is rounding [1/m]."""
_EVEN_PER_M: Final = 1e-7
"""A clothoid whose curvature changes by less is an arc [1/m]: readers that use Fresnel integrals cancel there."""
_TURN_RAD: Final = 0.5
"""How far one clothoid turns, about."""
_LOOKS: Final = 32
"""Samples of an interval between points."""
_SHARES: Final = np.linspace(0.0, 1.0, 13)[1:-1]
_MOST_ROUNDS: Final = 14
_MOST_RECORDS: Final = 200_000


@dataclass(frozen=True)
class FittedLine:
    """Geometries from the first point to the last, and how well they follow the points.

    ``stations_m`` (n,) are those of the points; ``deviation_m`` is the greatest distance from the smooth line through
    them, ``least_radius_m`` that of the tightest bend, infinite where there is none.
    """

    geometries: tuple[Geometry, ...]
    stations_m: Array
    deviation_m: float
    least_radius_m: float


def fit_line(line: SmoothLine) -> FittedLine:
    """Fit clothoids to a smooth line, with heading and curvature continuous and within ``TOLERANCE_M``.

    Clothoids meet on the smooth line; those that leave it in between are halved.

    Raises
    ------
    ArgumentError
        The smooth line has kinks.
    """
    u = _first_nodes(line)
    for _ in range(_MOST_ROUNDS):
        motion = line.motion(u)
        heading = np.unwrap(motion.heading_rad)
        clothoids = clothoid_spline(motion.x, motion.y, heading, motion.curvature)
        if clothoids is None:
            far = np.ones(len(u) - 1, np.bool_)
        else:
            away = _deviations(line, clothoids, u, motion.x, motion.y)
            far = away > TOLERANCE_M
            if not far.any():
                stations = np.concatenate([[0.0], np.cumsum(clothoids.length_m)])
                return FittedLine(
                    _geometries(clothoids, motion.x, motion.y, stations),
                    stations[np.searchsorted(u, line.at_points)],
                    float(away.max()),
                    _least_radius(clothoids),
                )
        if len(u) + far.sum() > _MOST_RECORDS:
            break
        u = np.sort(np.concatenate([u, (0.5 * (u[:-1] + u[1:]))[far]]))
    raise ArgumentError(f"points: no clothoids follow them within {TOLERANCE_M:g} m: allowed are points without kinks")


def _first_nodes(line: SmoothLine) -> Array:
    """Return parameters of all points, and of places between them where the line turns."""
    intervals = len(line.at_points) - 1
    share = np.linspace(0.0, 1.0, _LOOKS + 1)
    u = line.at_points[:-1, None] + np.diff(line.at_points)[:, None] * share
    motion = line.motion(u)
    tight = ~(np.abs(motion.curvature) * TIGHTEST_M <= 1.0)
    turns = np.abs(np.angle(np.exp(1j * np.diff(motion.heading_rad, axis=1))))
    tight[:, 1:] |= turns > 1.0
    if tight.any():
        k = int(np.argmax(tight.any(axis=1)))
        i = int(np.argmax(tight[k]))
        raise ArgumentError(
            f"points: between points {k} and {k + 1}, near x={motion.x[k, i]:.6g} y={motion.y[k, i]:.6g}, the smooth "
            f"line through them turns within {TIGHTEST_M:g} m: allowed are bends of a greater radius"
        )
    parts = np.maximum(np.ceil(turns.sum(axis=1) / _TURN_RAD), 1).astype(int)
    inside = [
        line.at_points[k] + (line.at_points[k + 1] - line.at_points[k]) * np.arange(1, parts[k]) / parts[k]
        for k in range(intervals)
    ]
    return np.sort(np.concatenate([line.at_points, *inside]))


def _deviations(line: SmoothLine, clothoids: Clothoids, u: Array, x: Array, y: Array) -> Array:
    """Return how far each clothoid leaves the smooth line [m]."""
    places = clothoids.places(x, y, _SHARES)
    return np.asarray(line.distance(*places, u[:-1, None] + np.diff(u)[:, None] * _SHARES).max(axis=1))


def _geometries(clothoids: Clothoids, x: Array, y: Array, stations: Array) -> tuple[Geometry, ...]:
    curvature = np.where(np.abs(clothoids.curvature) < _STRAIGHT_PER_M, 0.0, clothoids.curvature)
    start, end = curvature[:-1].copy(), curvature[1:].copy()
    even = np.abs(end - start) < _EVEN_PER_M
    start[even] = end[even] = 0.5 * (start + end)[even]
    columns = stations[:-1], x[:-1], y[:-1], clothoids.heading_rad[:-1], clothoids.length_m, start, end
    return tuple(
        Geometry(s, PlanPose(at_x, at_y, math.remainder(heading, math.tau)), length, begins, ends)
        for s, at_x, at_y, heading, length, begins, ends in np.stack(columns, axis=1).tolist()
    )


def _least_radius(clothoids: Clothoids) -> float:
    most = float(np.abs(clothoids.curvature).max())
    return 1.0 / most if most >= _STRAIGHT_PER_M else math.inf
