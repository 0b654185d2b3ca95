"""The reference line: chains of curves placed in the world."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.opendrive_text import opendrive, road
from wormdrive.envs.roads import RoadMap, read_map_text
from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, lay_out
from wormdrive.envs.roads.maps.road_specs import RoadSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr

elements = st.lists(
    st.one_of(
        st.builds(Straight, st.floats(1.0, 100.0)),
        st.builds(Bend, st.floats(-170.0, 170.0), st.floats(12.0, 300.0), st.floats(5.0, 60.0)),
    ),
    min_size=1,
    max_size=6,
).filter(lambda chain: all(not isinstance(element, Bend) or abs(element.angle_deg) > 1.0 for element in chain))
poses = st.builds(PlanPose, st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-7.0, 7.0))


def chain_map(chain: list[Straight | Bend], start: PlanPose) -> RoadMap:
    line = tuple(lay_out(chain, start))
    return read_map_text(to_xodr("t", [RoadSpec("0", "", "rural", 80.0, line, (SectionSpec(0.0, ()),))]), "t")


@settings(max_examples=60, deadline=None)
@given(chain=elements, start=poses)
def test_clothoid_chains_are_continuous(chain: list[Straight | Bend], start: PlanPose) -> None:
    """Written, read and evaluated: position, heading and curvature pass every joint without a jump."""
    road_map = chain_map(chain, start)
    assert road_map.problems == ()
    line = road_map.roads["0"].line
    joints = line.joints[1:]
    before, after = line.at(joints - 1e-6), line.at(joints)
    np.testing.assert_allclose(np.hypot(after.x - before.x, after.y - before.y), 0.0, atol=1e-4)
    np.testing.assert_allclose(after.heading_rad, before.heading_rad, atol=1e-6)
    np.testing.assert_allclose(after.curvature, before.curvature, atol=1e-5)
    first = line.at(np.zeros(1))
    np.testing.assert_allclose([first.x[0], first.y[0]], [start.x, start.y], atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(chain=elements, start=poses, part=st.floats(0.05, 0.95))
def test_station_to_point_and_back(chain: list[Straight | Bend], start: PlanPose, part: float) -> None:
    """A point beside the line projects back on the station and the distance that it was made from."""
    line = chain_map(chain, start).roads["0"].line
    s = part * line.end_s
    at = line.at(np.array([s]))
    aside = 1.5
    x = at.x[0] - aside * np.sin(at.heading_rad[0])
    y = at.y[0] + aside * np.cos(at.heading_rad[0])
    found = s + 0.3  # Newton's method from a wrong start
    for _ in range(50):
        here = line.at(np.array([found]))
        cos, sin = np.cos(here.heading_rad[0]), np.sin(here.heading_rad[0])
        ahead = (x - here.x[0]) * cos + (y - here.y[0]) * sin
        found += ahead / (1.0 - aside * here.curvature[0])
    np.testing.assert_allclose(found, s, atol=1e-6)
    here = line.at(np.array([found]))
    left = (y - here.y[0]) * np.cos(here.heading_rad[0]) - (x - here.x[0]) * np.sin(here.heading_rad[0])
    np.testing.assert_allclose(left, aside, atol=1e-9)


def test_lines_run_on_straight_beyond_their_last_piece() -> None:
    plan = '<geometry s="0" x="0" y="0" hdg="0" length="10"><arc curvature="0.1"/></geometry>'
    road_map = read_map_text(opendrive(road(plan, length=25.0)), "t")
    assert road_map.problems == ("road 1: length=25 but its geometry ends at s=10",)
    points = road_map.roads["1"].line.at(np.array([10.0, 15.0, 25.0]))
    np.testing.assert_allclose(np.diff(points.x), np.array([5.0, 10.0]) * np.cos(1.0))
    np.testing.assert_allclose(points.heading_rad, 1.0)


def test_gaps_and_disorder_are_noted() -> None:
    one = '<geometry s="0" x="0" y="0" hdg="0" length="10"><line/></geometry>'
    two = '<geometry s="10" x="10.5" y="0" hdg="0" length="10"><line/></geometry>'
    late = '<geometry s="12" x="12" y="0" hdg="0" length="10"><line/></geometry>'
    none = '<geometry s="20" x="20" y="0" hdg="0" length="0"><line/></geometry>'
    assert "a gap of 0.5 m" in read_map_text(opendrive(road(one + two, length=20)), "t").problems[0]
    assert "s jumps by 2 m" in read_map_text(opendrive(road(one + late, length=22)), "t").problems[0]
    assert "not in order" in read_map_text(opendrive(road(two + one, length=20)), "t").problems[0]
    assert "has no length" in read_map_text(opendrive(road(one + none, length=10)), "t").problems[0]


def test_heading_turns_the_local_axes() -> None:
    road_map = read_map_text(opendrive(road(10.0, pose=(3.0, 4.0, 0.5 * np.pi))), "t")
    points = road_map.roads["1"].line.at(np.array([0.0, 10.0]))
    np.testing.assert_allclose(points.x, 3.0, atol=1e-12)
    np.testing.assert_allclose(points.y, [4.0, 14.0])
