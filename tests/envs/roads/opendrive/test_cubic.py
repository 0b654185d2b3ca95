"""Piecewise cubics."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic


def test_records_hold_until_the_next_one_starts() -> None:
    function = PiecewiseCubic(np.array([0.0, 10.0]), np.array([[1.0, 2.0, 0.0, 0.0], [5.0, 0.0, 1.0, 1.0]]))
    s = np.array([-3.0, 0.0, 4.0, 9.999, 10.0, 12.0])
    np.testing.assert_allclose(function(s), [1.0, 1.0, 9.0, 20.998, 5.0, 5.0 + 4.0 + 8.0])
    np.testing.assert_allclose(function.slope(s), [0.0, 2.0, 2.0, 2.0, 0.0, 2.0 * 2.0 + 3.0 * 4.0])


def test_no_record_is_zero_everywhere() -> None:
    function = PiecewiseCubic(np.zeros(0), np.zeros((0, 4)))
    s = np.linspace(-5.0, 5.0, 7)
    np.testing.assert_array_equal(function(s), 0.0)
    np.testing.assert_array_equal(function.slope(s), 0.0)


def test_constants_take_the_short_way_with_the_same_result() -> None:
    s = np.linspace(-5.0, 50.0, 12)
    np.testing.assert_array_equal(PiecewiseCubic.constant(3.25)(s), 3.25)
    twice = PiecewiseCubic(np.array([0.0, 10.0]), np.array([[2.0, 0, 0, 0], [2.0, 0, 0, 0]]))
    np.testing.assert_array_equal(twice(s), 2.0)
    steps = PiecewiseCubic(np.array([0.0, 10.0]), np.array([[2.0, 0, 0, 0], [3.0, 0, 0, 0]]))
    np.testing.assert_array_equal(steps(s), np.where(s < 10.0, 2.0, 3.0))


def test_unordered_records_are_sorted_and_noted() -> None:
    widths = '<width sOffset="50" a="4"/><width sOffset="0" a="3"/>'
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, width=widths)))), "t")
    only = road_map.roads["1"].sections[0].lanes[0]
    np.testing.assert_array_equal(only.width(np.array([10.0, 60.0])), [3.0, 4.0])
    assert any("before the record ahead" in problem for problem in road_map.problems)


def test_a_broken_record_that_lasts_for_no_length_is_left_out() -> None:
    widths = '<width sOffset="0" a="3"/><width sOffset="20" a="nan"/><width sOffset="20" a="4"/>'
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, width=widths)))), "t")
    only = road_map.roads["1"].sections[0].lanes[0]
    np.testing.assert_array_equal(only.width(np.array([10.0, 60.0])), [3.0, 4.0])
    assert any("width at sOffset=20" in problem and "ignored" in problem for problem in road_map.problems)


@pytest.mark.parametrize("profile", ["laneOffset", "elevation", "superelevation"])
def test_profiles_are_zero_before_their_first_record(profile: str) -> None:
    record = f'<{profile} s="50" a="2" b="0.1"/>'
    text = {
        "laneOffset": road(lane_offset=record),
        "elevation": road(extra=f"<elevationProfile>{record}</elevationProfile>"),
        "superelevation": road(extra=f"<lateralProfile>{record}</lateralProfile>"),
    }[profile]
    road_map = read_map_text(opendrive(text), "t")
    of = road_map.roads["1"]
    function = {"laneOffset": of.lane_offset, "elevation": of.elevation, "superelevation": of.superelevation}[profile]
    s = np.array([0.0, 49.9, 50.0, 60.0])
    np.testing.assert_allclose(function(s), [0.0, 0.0, 2.0, 3.0])
    np.testing.assert_allclose(function.slope(s), [0.0, 0.0, 0.1, 0.1])
    assert any(f"the first {profile} begins at s=50; zero before it" in problem for problem in road_map.problems)


@pytest.mark.parametrize("start", ["1e-9", "0.01", "-2e-7"])
def test_a_first_record_may_begin_a_rounding_error_late(start: str) -> None:
    extra = f'<elevationProfile><elevation s="{start}" a="2"/></elevationProfile>'
    road_map = read_map_text(opendrive(road(extra=extra)), "t")
    np.testing.assert_array_equal(road_map.roads["1"].elevation(np.array([0.0, 50.0])), 2.0)
    assert road_map.problems == ()


def test_the_first_width_holds_before_it() -> None:
    lanes = section(lane(-1, width='<width sOffset="10" a="3" b="0.1"/>'))
    road_map = read_map_text(opendrive(road(sections=lanes)), "t")
    width = road_map.roads["1"].sections[0].lanes[0].width(np.array([0.0, 10.0, 20.0]))
    np.testing.assert_allclose(width, [3.0, 3.0, 4.0])
    assert any("the first width begins at sOffset=10" in problem for problem in road_map.problems)


@pytest.mark.parametrize("name", ["a", "b", "c", "d"])
def test_missing_coefficients_are_zero(name: str) -> None:
    width = '<width sOffset="0" a="1" b="1" c="1" d="1"/>'.replace(f' {name}="1"', "")
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, width=width)))), "t")
    assert road_map.roads["1"].sections[0].lanes[0].width(np.array([1.0]))[0] == 3.0


def test_equal_records_are_one_function() -> None:
    widths = [f'<width sOffset="0" a="{a}" b="0.1"/>' for a in ("3.5", "3.5", "3.50")]
    road_map = read_map_text(
        opendrive(road(sections=section(*(lane(-k - 1, width=w) for k, w in enumerate(widths))))), "t"
    )
    outer, middle, inner = (one.width for one in road_map.roads["1"].sections[0].lanes)
    assert middle is inner
    assert outer is not inner
    assert outer(np.array([2.0]))[0] == inner(np.array([2.0]))[0] == 3.7
    with pytest.raises(ValueError, match="read-only"):
        inner.coefficients[0, 0] = 4.0


def test_a_fault_is_noted_of_each_record_that_has_it() -> None:
    widths = '<width sOffset="50" a="4"/><width sOffset="0" a="3"/>'
    lanes = section(lane(1, width=widths), lane(-1, width=widths))
    for _ in range(2):
        problems = read_map_text(opendrive(road(sections=lanes)), "t").problems
        assert ["left, lane 1" in problem for problem in problems] == [True, False]
        assert ["right, lane -1" in problem for problem in problems] == [False, True]
