"""Connections that name no lanes: the same ids go on, as far as they meet."""

from __future__ import annotations

import math

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import RoadMap, follow_route, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey, lane_graph

LANES = section(lane(1), lane(-1))


def crossing(lane_link: str = "", kind: str = "default", lanes: str = LANES) -> RoadMap:
    a = road(60.0, lanes, "a", link='<successor elementType="junction" elementId="j"/>')
    via = '<predecessor elementType="road" elementId="a" contactPoint="end"/>'
    via += '<successor elementType="road" elementId="b" contactPoint="start"/>'
    middle = road(20.0, LANES, "m", link=via, junction="j", pose=(60.0, 0.0, 0.0))
    b = road(60.0, LANES, "b", link='<predecessor elementType="junction" elementId="j"/>', pose=(80.0, 0.0, 0.0))
    connection = f'<connection id="0" incomingRoad="a" connectingRoad="m" contactPoint="start">{lane_link}</connection>'
    return read_map_text(opendrive(a, middle, b, f'<junction id="j" type="{kind}">{connection}</junction>'), "t")


def test_the_same_ids_go_on() -> None:
    road_map = crossing()
    followers = lane_graph(road_map).followers
    assert followers[LaneKey("a", 0, -1)] == (LaneKey("m", 0, -1),)
    assert followers[LaneKey("m", 0, -1)] == (LaneKey("b", 0, -1),)
    assert followers[LaneKey("b", 0, 1)] == (LaneKey("m", 0, 1),)
    assert follow_route(road_map, 0, 140.0).length_m == 140.0
    assert "has no laneLink; lanes of the same ids follow one another" in road_map.problems[0]


def test_what_is_stated_goes_before() -> None:
    followers = lane_graph(crossing('<laneLink from="-1" to="-1"/>')).followers
    assert followers[LaneKey("a", 0, -1)] == (LaneKey("m", 0, -1),)
    assert followers[LaneKey("m", 0, -1)] == ()
    assert followers[LaneKey("m", 0, 1)] == ()


@pytest.mark.parametrize("kind", ["virtual", "direct"])
def test_other_junctions_imply_nothing(kind: str) -> None:
    assert not any(lane_graph(crossing(kind=kind)).followers.values())


def test_roads_that_meet_head_on_change_the_sign() -> None:
    """The connecting road ends where a ends: what runs along a runs against it."""
    a = road(60.0, LANES, "a", link='<successor elementType="junction" elementId="j"/>')
    middle = road(20.0, LANES, "m", junction="j", pose=(80.0, 0.0, math.pi))
    junction = '<junction id="j"><connection id="0" incomingRoad="a" connectingRoad="m" contactPoint="end"/></junction>'
    followers = lane_graph(read_map_text(opendrive(a, middle, junction), "t")).followers
    assert followers[LaneKey("a", 0, -1)] == (LaneKey("m", 0, 1),)
    assert followers[LaneKey("m", 0, -1)] == (LaneKey("a", 0, 1),)
