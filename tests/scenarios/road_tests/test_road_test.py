from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy.interpolate import splev, splprep

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.road_tests import RoadTest, RoadTestFactory

POINTS = [(20.0, 20.0), (60.0, 30.0), (100.0, 80.0), (150.0, 90.0), (160.0, 150.0)]


def test_the_factory_numbers_its_tests() -> None:
    one, two = (RoadTestFactory.create_road_test(POINTS) for _ in range(2))
    assert two.id == one.id + 1
    assert isinstance(one, RoadTestFactory.RoadTest)
    assert (one.is_valid, one.validation_message, one.test_outcome) == (None, None, None)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_points_are_interpolated_as_in_the_competition_about_every_metre(count: int) -> None:
    test = RoadTestFactory.create_road_test(POINTS[:count])
    spline, _ = splprep(np.array(POINTS[:count]).T, s=0, k=min(3, count - 1))
    theirs = splev(np.linspace(0.0, 1.0, len(test.interpolated_points)), spline)
    ours = np.array(test.interpolated_points)
    np.testing.assert_allclose(ours[:, :2], np.stack(theirs, axis=1), atol=6e-4)
    assert set(ours[:, 3]) == {8.0}
    steps = np.hypot(*np.diff(ours[:, :2], axis=0).T)
    assert 0.5 < steps.min() < steps.max() < 2.5
    assert test.get_road_length() == pytest.approx(steps.sum())


def test_json_holds_the_road_and_what_is_known_of_it() -> None:
    test = RoadTest([[20, 20], [80, 20]], 7)
    test.set_validity(False, "The road is too sharp")
    told = json.loads(test.to_json())
    assert told["id"] == 7
    assert (told["is_valid"], told["validation_message"]) == (False, "The road is too sharp")
    assert told["road_points"] == [[20.0, 20.0], [80.0, 20.0]]
    assert told["interpolated_points"][0] == [20.0, 20.0]
    assert (told["test_outcome"], told["execution_data"]) == (None, [])


@pytest.mark.parametrize("points", [[], [(1.0, 2.0)], [(1.0, 2.0)] * 3])
def test_too_few_places_are_no_road_yet_no_error(points: list[tuple[float, float]]) -> None:
    test = RoadTestFactory.create_road_test(points)
    assert test.interpolated_points == []
    assert test.get_road_length() == 0.0


@pytest.mark.parametrize("points", [[(0, 0), (1, math.nan)], [(0, 0), (1, 2, 3)], [(0, 0), 4], [(0, 0), (1, "x")]])
def test_what_is_no_pair_of_numbers_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ArgumentError, match="point 1"):
        RoadTestFactory.create_road_test(points)
