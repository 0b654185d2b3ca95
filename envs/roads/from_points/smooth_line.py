"""Smooth line: the cubic spline through points, over their chord length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_interp_spline

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points.road_points import RoadPoints
from wormdrive.envs.roads.opendrive.curves import Array

__all__ = ["NEAREST_M", "SmoothLine", "line_through"]

NEAREST_M: Final = 0.1
"""Points nearer than this to the one before say nothing about the road's direction, and are left out [m]."""


@dataclass(frozen=True)
class _Motion:
    """Where the line is at some parameters (m,), and how it goes on."""

    x: Array
    y: Array
    heading_rad: Array
    curvature: Array


class SmoothLine:
    """A line with continuous curvature through all points: straight through two, a parabola through three.

    Its parameter is the distance along the polygon, so that it runs at about 1 m/m: de Boor, *A Practical Guide to
    Splines*, ch. 16; its ends are 'not a knot', as FITPACK's are, which ``scipy.interpolate.splprep`` wraps.

    Parameters
    ----------
    x, y:
        Points (n,) [m], no two neighbours alike.

    Attributes
    ----------
    at_points:
        The parameters (n,) of the points.
    """

    def __init__(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
        chords = np.hypot(np.diff(x), np.diff(y))
        self.at_points: Array = np.concatenate([[0.0], np.cumsum(chords)])
        knots, points = self.at_points, np.stack([x, y], axis=1)
        if len(points) == 2:  # a parabola through a straight's middle is straight
            knots, points = (np.insert(ends, 1, ends.mean(axis=0), axis=0) for ends in (knots, points))
        self._spline: BSpline = make_interp_spline(knots, points, k=min(3, len(points) - 1))
        self._slope: BSpline = self._spline.derivative()
        self._bend: BSpline = self._slope.derivative()

    def places(self, u: Array) -> tuple[Array, Array]:
        """Return x and y (m,) at parameters."""
        found = self._spline(u)
        return found[..., 0], found[..., 1]

    def motion(self, u: Array) -> _Motion:
        """Return places, headings, not unwrapped, and curvatures (m,) at parameters."""
        x, y = self.places(u)
        slope, bend = self._slope(u), self._bend(u)
        speed = np.hypot(slope[..., 0], slope[..., 1])
        turn = slope[..., 0] * bend[..., 1] - slope[..., 1] * bend[..., 0]
        with np.errstate(divide="ignore", invalid="ignore"):  # where the line stops it turns on the spot
            curvature = np.where(turn == 0.0, 0.0, turn / speed**3)
        return _Motion(x, y, np.arctan2(slope[..., 1], slope[..., 0]), curvature)

    def distance(self, x: Array, y: Array, u: Array) -> Array:
        """Return how far places (m,) are from the line [m]; ``u`` are parameters near the nearest points."""
        for _ in range(4):
            place, slope = self._spline(u), self._slope(u)
            away_x, away_y = place[..., 0] - x, place[..., 1] - y
            ahead = away_x * slope[..., 0] + away_y * slope[..., 1]
            u = u - ahead / np.maximum(slope[..., 0] ** 2 + slope[..., 1] ** 2, 1e-12)
            u = np.clip(u, 0.0, self.at_points[-1])
        near_x, near_y = self.places(u)
        return np.hypot(near_x - x, near_y - y)


def line_through(points: RoadPoints) -> tuple[SmoothLine, NDArray[np.bool_]]:
    """Return the smooth line through points, and through which of them (n,): both ends, and no near neighbours.

    Raises
    ------
    ArgumentError
        All points are near to the first.
    """
    x, y = points.x.tolist(), points.y.tolist()
    kept = [0]
    for k in range(1, len(x)):
        if math.hypot(x[k] - x[kept[-1]], y[k] - y[kept[-1]]) >= NEAREST_M:
            kept.append(k)
    end = len(x) - 1
    if len(kept) > 1 and math.hypot(x[end] - x[kept[-1]], y[end] - y[kept[-1]]) < NEAREST_M:
        kept[-1] = end
    if len(kept) < 2:
        raise ArgumentError(f"points: all within {NEAREST_M:g} m of the first: allowed is a line")
    chosen = np.zeros(len(x), np.bool_)
    chosen[kept] = True
    return SmoothLine(points.x[chosen], points.y[chosen]), chosen
