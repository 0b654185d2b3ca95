"""Single-sided lane sections: the lanes of the other side go on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import RoadMap, follow_route, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey, lane_graph

SOLID = '<roadMark sOffset="0" type="solid"/><roadMark sOffset="70" type="broken"/>'


def single(side: str, *lanes: str, s: float) -> str:
    other = {"left": "<right></right>", "right": "<left></left>"}[side]
    return section(*lanes, s=s).replace(other, "").replace("<laneSection", '<laneSection singleSide="true"')


def widening() -> RoadMap:
    """Right lanes that are 3 m wide and grow by 1 cm a metre; the left side gets a second lane at s=50."""
    right = lane(-1, width='<width sOffset="0" a="3" b="0.01"/>', mark=SOLID)
    first = section(lane(1), right, lane(-2, width='<width sOffset="60" a="2"/>'))
    return read_map_text(opendrive(road(sections=first + single("left", lane(1), lane(2), s=50.0))), "t")


def test_the_other_side_goes_on() -> None:
    sections = widening().roads["1"].sections
    assert [[each.id for each in one.lanes] for one in sections] == [[-2, -1, 1], [-2, -1, 1, 2]]
    road_map = widening()
    for s, width in ((10.0, 3.1), (50.0, 3.5), (80.0, 3.8)):
        index = int(s >= 50.0)
        only = road_map.roads["1"].sections[index]
        points = road_map.roads["1"].lane_centre(only, only.lane(-1), np.array([s]))  # type: ignore[arg-type]
        np.testing.assert_allclose(points.width_m, width)
        np.testing.assert_allclose(points.y, -0.5 * width)


def test_it_is_driven_from_end_to_end() -> None:
    road_map = widening()
    graph = lane_graph(road_map)
    assert graph.followers[LaneKey("1", 0, -1)] == (LaneKey("1", 1, -1),)
    assert graph.followers[LaneKey("1", 1, 1)] == ()  # the side that changes states its links itself
    assert {follow_route(road_map, seed, 200.0).length_m for seed in range(3)} == {100.0}


def test_marks_go_on_where_they_are() -> None:
    (solid, broken) = widening().roads["1"].sections[1].lane(-1).marks  # type: ignore[union-attr]
    assert (solid.kind, solid.s_offset_m) == ("solid", -50.0)
    assert (broken.kind, broken.s_offset_m) == ("broken", 20.0)


def test_sides_may_take_turns() -> None:
    parts = section(lane(1), lane(-1)) + single("left", lane(1), lane(2), s=30.0) + single("right", lane(-1), s=60.0)
    sections = read_map_text(opendrive(road(sections=parts)), "t").roads["1"].sections
    assert [[each.id for each in one.lanes] for one in sections] == [[-1, 1], [-1, 1, 2], [-1, 1, 2]]


@pytest.mark.parametrize("said", ["false", ""])
def test_other_sections_say_all(said: str) -> None:
    parts = section(lane(1), lane(-1)) + single("left", lane(1), s=30.0).replace('"true"', f'"{said}"')
    sections = read_map_text(opendrive(road(sections=parts)), "t").roads["1"].sections
    assert [[each.id for each in one.lanes] for one in sections] == [[-1, 1], [1]]


def test_limits_go_on() -> None:
    slow = lane(-1, width='<width sOffset="0" a="3"/><speed sOffset="30" max="10"/><speed sOffset="80" max="5"/>')
    parts = section(lane(1), slow) + single("left", lane(1), s=50.0)
    only = read_map_text(opendrive(road(sections=parts)), "t").roads["1"]
    found = only.speed_limit(only.sections[1], only.sections[1].lanes[0], np.array([51.0, 90.0]))
    np.testing.assert_array_equal(found, [10.0, 5.0])
