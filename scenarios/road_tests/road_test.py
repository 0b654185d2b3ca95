"""Road test: a road that a generator invents, and what has become of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points import road_points
from wormdrive.envs.roads.from_points.smooth_line import line_through

if TYPE_CHECKING:
    from wormdrive.scenarios.road_tests.execution_data import ExecutionData

__all__ = ["LANE_M", "RoadTest", "RoadTestFactory", "json_of_test", "polygon_length"]

LANE_M: Final = 4.0
"""Width of each of the road's two lanes [m]."""
_EVERY_M: Final = 1.0
_FEWEST: Final = 20
_DECIMALS: Final = 3


class RoadTest:
    """A road by the points [m] that its middle leads through; ``RoadTestFactory.create_road_test`` makes one.

    Attributes
    ----------
    road_points:
        As they were given: (x, y) each.
    interpolated_points:
        (x, y, z, width) about every metre along the cubic spline through them; ``width`` is that of both lanes. Empty
        where points are fewer than two, or all in one place.
    id:
        Its number.
    is_valid, validation_message:
        Whether it keeps the rules, and which one it breaks; ``None`` until somebody has looked.
    test_outcome, description, execution_data:
        What came of driving it; ``None`` before.

    Raises
    ------
    ArgumentError
        A point is no pair of finite numbers.
    """

    __test__ = False

    def __init__(self, points: Sequence[Sequence[float]], number: int) -> None:
        pairs = list(points)
        for k, point in enumerate(pairs):
            if not hasattr(point, "__len__") or len(point) != 2:
                raise ArgumentError(f"road_points: point {k}: {point!r:.60}: allowed are two numbers, x and y")
        if pairs:
            road_points([*pairs, pairs[-1]])  # says what is wrong with one
        self.road_points = [(float(x), float(y)) for x, y in pairs]
        self.interpolated_points = _interpolated(self.road_points)
        self.id = number
        self.is_valid: bool | None = None
        self.validation_message: str | None = None
        self.test_outcome: str | None = None
        self.description: str | None = None
        self.execution_data: ExecutionData | None = None

    def get_road_length(self, interpolate_road_points: bool = False) -> float:
        """Return the length of the road's middle [m]: of the interpolated points, whatever the argument says."""
        return polygon_length(np.array([point[:2] for point in self.interpolated_points]))

    def set_validity(self, is_valid: bool, validation_message: str) -> None:
        """Note whether it keeps the rules, and which one it breaks."""
        self.is_valid, self.validation_message = is_valid, validation_message

    def to_json(self) -> str:
        """Write it down with all that is known of it."""
        return json_of_test(self)


_RoadTest: TypeAlias = RoadTest


class RoadTestFactory:
    """Makes tests and numbers them, from 1 on."""

    RoadTest = RoadTest
    test_id_generator: Iterator[int] = itertools.count(1)

    @staticmethod
    def create_road_test(road_points: Sequence[Sequence[float]]) -> _RoadTest:
        """Make a test of a road through points (x, y) [m].

        Raises
        ------
        ArgumentError
            A point is no pair of finite numbers.
        """
        return RoadTest(road_points, next(RoadTestFactory.test_id_generator))


def json_of_test(the_test: Any) -> str:
    """Write down a test, of whose package ever, with all that is known of it."""
    values: dict[str, Any] = {
        "is_valid": the_test.is_valid,
        "validation_message": the_test.validation_message,
        "road_points": the_test.road_points,
        "interpolated_points": [point[:2] for point in the_test.interpolated_points],
        "id": the_test.id,
    }
    for name in ("test_outcome", "description"):
        values[name] = getattr(the_test, name, None)
    values["execution_data"] = list(getattr(the_test, "execution_data", None) or ())
    return json.dumps(values, allow_nan=False)


def polygon_length(points: NDArray[np.float64]) -> float:
    """Return the length of a polygon through points (n, 2) [m]."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def _interpolated(points: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    if len(points) < 2:
        return []
    try:
        line, _ = line_through(road_points(points))
    except ArgumentError:
        return []
    parts = max(int(line.at_points[-1] / _EVERY_M), _FEWEST)
    x, y = line.places(np.linspace(0.0, line.at_points[-1], parts + 1))
    places = np.round(np.stack([x, y], axis=1), _DECIMALS).tolist()
    return [(at_x, at_y, 0.0, 2.0 * LANE_M) for at_x, at_y in places]
