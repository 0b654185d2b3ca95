from __future__ import annotations

import math
from typing import Any

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.road_tests import RoadTestFactory, TestValidator


def bend(radius_m: float) -> list[tuple[float, float]]:
    """A straight, a half circle in the middle of the square, a straight."""
    circle = [
        (100 + radius_m * math.sin(a), 100 - radius_m * math.cos(a)) for a in (k * math.pi / 10 for k in range(11))
    ]
    before = [(x, 100 - radius_m) for x in (60.0, 70.0, 80.0, 90.0)]
    return [*before, *circle, *((x, 100 + radius_m) for x, _ in reversed(before))]


def looked_at(points: list[Any], map_size: float = 200) -> tuple[bool, str]:
    return TestValidator(map_size).validate_test(RoadTestFactory.create_road_test(points))


@pytest.mark.parametrize(
    "points", [[(20, 20), (100, 20)], [(5, 100), (195, 100)], bend(20.0), [(20.0 + 0.3 * k, 50.0) for k in range(500)]]
)
def test_roads_that_keep_the_rules(points: list[tuple[float, float]]) -> None:
    assert looked_at(points) == (True, "")


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "Not enough road points."),
        ([(50, 50)], "Not enough road points."),
        ([(50, 50), (50, 50)], "Not enough road points."),
        ([(20.0 + 0.3 * k, 50.0) for k in range(501)], "The road definition contains too many points"),
        ([(20, 3), (100, 3)], "Not entirely inside the map boundaries"),
        ([(20, 20), (220, 20)], "Not entirely inside the map boundaries"),
        ([(20, 197), (100, 197)], "Not entirely inside the map boundaries"),
        ([(50, 50), (100, 50), (130, 80), (100, 110), (70, 80), (70, 20)], "The road is self-intersecting"),
        ([(100, 100), (135, 100)], "The road is not long enough."),
        (bend(12.0), "The road is too sharp"),
    ],
)
def test_the_first_rule_that_is_broken_is_named(points: list[tuple[float, float]], message: str) -> None:
    assert looked_at(points) == (False, message)


def test_the_square_may_be_larger() -> None:
    assert looked_at([(20, 20), (220, 20)], map_size=300) == (True, "")


def test_what_is_no_road_has_the_wrong_type() -> None:
    assert TestValidator(200).validate_test([(20, 20), (100, 20)]) == (False, "Wrong type")


@pytest.mark.parametrize("size", [99, 1001, math.nan, "200"])
def test_sizes_are_bounded(size: Any) -> None:
    with pytest.raises(ArgumentError, match=r"map_size=.*: allowed are 100 to 1000 m"):
        TestValidator(size)
