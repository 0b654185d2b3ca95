"""Validator: whether a road keeps the rules of the tool competition."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real
from wormdrive.envs.roads.from_points.ribbon import Ribbon
from wormdrive.scenarios.road_tests.road_test import LANE_M, polygon_length

__all__ = ["MAP_SIZES_M", "TestValidator"]

MAP_SIZES_M: Final = (100, 1000)
"""Least and greatest side of the square [m]."""
MOST_POINTS: Final = 500
TIGHTEST_M: Final = 47.0 * 0.3048
"""Least radius of the road's middle [m]; the rule says 47 feet."""
_SPAN: Final = 2
"""A bend's radius is that of the circle through three interpolated points so many apart."""


class TestValidator:
    """The competition's rules: inside the square, not on itself, long enough, no bend too sharp.

    Parameters
    ----------
    map_size:
        Side of the square in which the road must lie with its whole width, from (0, 0) on [m].
    min_road_length:
        A road must be longer [m].

    Raises
    ------
    ArgumentError
        If ``map_size`` is not allowed.
    """

    __test__ = False

    def __init__(self, map_size: float = 200, min_road_length: float = 40.0) -> None:
        if not is_real(map_size) or not MAP_SIZES_M[0] <= map_size <= MAP_SIZES_M[1]:
            raise ArgumentError(f"map_size={map_size!r}: allowed are {MAP_SIZES_M[0]} to {MAP_SIZES_M[1]} m")
        self.map_size = map_size
        self.min_road_length = min_road_length
        self.max_points = MOST_POINTS

    def validate_test(self, the_test: Any) -> tuple[bool, str]:
        """Return whether a test keeps the rules, and the first rule that it breaks, in the competition's words.

        A test is anything with ``road_points`` and ``interpolated_points``.
        """
        if not (hasattr(the_test, "road_points") and hasattr(the_test, "interpolated_points")):
            return False, "Wrong type"
        if len(the_test.road_points) < 2 or len(the_test.interpolated_points) < 2:
            return False, "Not enough road points."
        if len(the_test.road_points) > self.max_points:
            return False, "The road definition contains too many points"
        points = np.array([point[:2] for point in the_test.interpolated_points], np.float64)
        ribbon = Ribbon.along(points[:, 0], points[:, 1], LANE_M)
        edges = np.concatenate([ribbon.left, ribbon.right])
        if edges.min() <= 0.0 or edges.max() >= self.map_size:
            return False, "Not entirely inside the map boundaries"
        if ribbon.first_overlap() is not None:
            return False, "The road is self-intersecting"
        if polygon_length(points) <= self.min_road_length:
            return False, "The road is not long enough."
        if _least_radius(points) < TIGHTEST_M:
            return False, "The road is too sharp"
        return True, ""


def _least_radius(points: NDArray[np.float64]) -> float:
    """Return the radius [m] of the tightest circle through three points (n, 2): a b c / (4 area)."""
    one, two, three = points[: -2 * _SPAN], points[_SPAN:-_SPAN], points[2 * _SPAN :]
    sides = [np.hypot(*(b - a).T) for a, b in ((one, two), (two, three), (one, three))]
    (ax, ay), (bx, by) = (two - one).T, (three - one).T
    curvature = 2.0 * np.abs(ax * by - ay * bx) / np.maximum(sides[0] * sides[1] * sides[2], 1e-9)
    return 1.0 / max(float(curvature.max(initial=0.0)), 1e-9)
