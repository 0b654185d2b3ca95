"""The lane graph: which lane leads to which."""

from __future__ import annotations

import math

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import RoadMap, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import LaneGraph, LaneKey, lane_graph


def graph_of(*parts: str) -> LaneGraph:
    return lane_graph(read_map_text(opendrive(*parts), "t"))


def both(lane_id: int) -> str:
    return f'<predecessor id="{lane_id}"/><successor id="{lane_id}"/>'


def edges(graph: LaneGraph) -> set[tuple[tuple[str, int, int], tuple[str, int, int]]]:
    return {(tuple(one), tuple(other)) for one, followers in graph.followers.items() for other in followers}


def test_sections_follow_one_another_in_the_direction_of_travel() -> None:
    lanes = section(lane(1, link=both(1)), lane(-1, link=both(-1)))
    found = edges(graph_of(road(sections=lanes + lanes.replace('s="0.0"', 's="40"'))))
    assert found == {(("1", 0, -1), ("1", 1, -1)), (("1", 1, 1), ("1", 0, 1))}


def test_left_hand_traffic_runs_the_other_way() -> None:
    lanes = section(lane(1, link=both(1)), lane(-1, link=both(-1)))
    found = edges(graph_of(road(sections=lanes + lanes.replace('s="0.0"', 's="40"'), rule="LHT")))
    assert found == {(("1", 0, 1), ("1", 1, 1)), (("1", 1, -1), ("1", 0, -1))}


@pytest.mark.parametrize("stated_by", ["the first", "the second"])
def test_a_link_may_be_stated_on_either_side(stated_by: str) -> None:
    ahead, behind = ('<successor id="-1"/>', "") if stated_by == "the first" else ("", '<predecessor id="-1"/>')
    one = road(
        sections=section(lane(-1, link=ahead)),
        road_id="a",
        link='<successor elementType="road" elementId="b" contactPoint="start"/>',
    )
    two = road(
        sections=section(lane(-1, link=behind)),
        road_id="b",
        link='<predecessor elementType="road" elementId="a" contactPoint="end"/>',
        pose=(100, 0, 0),
    )
    assert edges(graph_of(one, two)) == {(("a", 0, -1), ("b", 0, -1))}


def test_roads_that_meet_head_on() -> None:
    """Road b begins where a ends too: a's right lane goes on as b's left lane, seen from b's start."""
    one = road(
        sections=section(lane(1, link='<successor id="-1"/>'), lane(-1, link='<successor id="1"/>')),
        road_id="a",
        link='<successor elementType="road" elementId="b" contactPoint="end"/>',
    )
    two = road(
        sections=section(lane(1, link='<successor id="-1"/>'), lane(-1, link='<successor id="1"/>')),
        road_id="b",
        link='<successor elementType="road" elementId="a" contactPoint="end"/>',
        pose=(200, 0, math.pi),
    )
    assert edges(graph_of(one, two)) == {(("a", 0, -1), ("b", 0, 1)), (("b", 0, -1), ("a", 0, 1))}


def test_junctions_lead_through_their_connecting_roads() -> None:
    graph = lane_graph(read_map("suburb"))
    assert graph.problems == ()
    arrivals = [key for key, followers in graph.followers.items() if len(followers) > 1]
    assert {len(graph.followers[key]) for key in arrivals} == {2, 3}  # T and X
    for key in arrivals:
        for way in graph.followers[key]:
            assert graph.nodes[way].road.junction_id is not None
            (beyond,) = graph.followers[way]
            assert graph.nodes[beyond].road.junction_id is None
    assert all(graph.followers[key] for key in graph.nodes)  # no dead end


def test_lane_links_of_a_connection_are_enough() -> None:
    """Neither lane states its link; the connection does."""
    one = road(road_id="a", sections=section(lane(-1)), link='<successor elementType="junction" elementId="j"/>')
    two = road(road_id="b", sections=section(lane(-1)), junction="j", pose=(100, 0, 0))
    junction = (
        '<junction id="j"><connection id="0" incomingRoad="a" connectingRoad="b" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection></junction>'
    )
    assert edges(graph_of(one, two, junction)) == {(("a", 0, -1), ("b", 0, -1))}


@pytest.mark.parametrize("pose", [(102.0, 0.0, 0.0), (100.0, 0.0, 1.0)])
def test_lanes_that_do_not_meet_are_not_followed(pose: tuple[float, float, float]) -> None:
    one = road(
        sections=section(lane(-1, link='<successor id="-1"/>')),
        road_id="a",
        link='<successor elementType="road" elementId="b" contactPoint="start"/>',
    )
    graph = graph_of(one, road(sections=section(lane(-1)), road_id="b", pose=pose))
    assert edges(graph) == set()
    assert "road a, section 0, lane -1: linked with road b" in graph.problems[0]


@pytest.mark.parametrize(("turn_rad", "follows"), [(-0.55, True), (0.55, True), (-0.65, False), (0.65, False)])
def test_lanes_that_turn_sharply_where_they_meet_are_not_followed(turn_rad: float, follows: bool) -> None:
    one = road(
        sections=section(lane(-1, link='<successor id="-1"/>')),
        road_id="a",
        link='<successor elementType="road" elementId="b" contactPoint="start"/>',
    )
    # so that b's lane, 1.75 m to the right of its line, begins where a's ends, at (100, -1.75)
    pose = (100.0 - 1.75 * math.sin(turn_rad), -1.75 + 1.75 * math.cos(turn_rad), turn_rad)
    graph = graph_of(one, road(sections=section(lane(-1)), road_id="b", pose=pose))
    assert edges(graph) == ({(("a", 0, -1), ("b", 0, -1))} if follows else set())
    said = "which begins 0.00 m away, turned by 37 degrees"
    assert [problem.endswith(said) for problem in graph.problems] == ([] if follows else [True])


def test_reach() -> None:
    """Dead ends have a finite reach, whatever leads into a loop has none."""
    lanes = section(lane(-1, link=both(-1)))
    chain = graph_of(road(sections=lanes + lanes.replace('s="0.0"', 's="40"')))
    assert chain.reach_m[LaneKey("1", 0, -1)] == pytest.approx(100.0)
    assert chain.reach_m[LaneKey("1", 1, -1)] == pytest.approx(60.0)
    assert set(lane_graph(read_map("country_loop")).reach_m.values()) == {math.inf}


def test_tapers_are_driven_only_where_there_is_nothing_wider() -> None:
    taper = lane(-2, width='<width sOffset="0" a="3.5" b="-0.035"/>')
    graph = graph_of(road(sections=section(lane(-1), taper)))
    assert graph.drivable == {LaneKey("1", 0, -1)}
    only = graph_of(road(sections=section(taper.replace('id="-2"', 'id="-1"'))))
    assert only.drivable == {LaneKey("1", 0, -1)}


def test_the_graph_is_built_once_for_a_map() -> None:
    road_map: RoadMap = read_map_text(opendrive(road()), "t")
    assert lane_graph(road_map) is lane_graph(road_map)
