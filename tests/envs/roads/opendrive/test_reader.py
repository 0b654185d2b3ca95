"""Whole files: identities, links, junctions, versions."""

from __future__ import annotations

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import BUILTIN_MAPS, read_map, read_map_text
from wormdrive.envs.roads.opendrive.links import Connection, RoadLink


def test_ids_are_any_text() -> None:
    ids = ["7", "007", "-3", "main street", "ö", "9999999999999999999999"]
    road_map = read_map_text(opendrive(*(road(road_id=each) for each in ids)), "t")
    assert list(road_map.roads) == ids


def test_a_second_road_of_the_same_id_is_ignored() -> None:
    road_map = read_map_text(opendrive(road(10.0), road(20.0)), "t")
    assert road_map.roads["1"].length_m == 10.0
    assert road_map.problems == ("road 1: its id is taken by an earlier road; ignored",)


def test_links_of_roads_and_lanes() -> None:
    link = '<predecessor elementType="junction" elementId="j"/>'
    link += '<successor elementType="road" elementId="x y" contactPoint="end"/>'
    lanes = section(lane(-1, link='<predecessor id="-2"/><successor id="1"/><successor id="2"/>'))
    road_map = read_map_text(opendrive(road(sections=lanes, link=link), road(road_id="x y"), '<junction id="j"/>'), "t")
    of = road_map.roads["1"]
    assert of.predecessor == RoadLink("junction", "j", "")
    assert of.successor == RoadLink("road", "x y", "end")
    assert of.sections[0].lanes[0].predecessors == (-2,)
    assert of.sections[0].lanes[0].successors == (1, 2)
    assert road_map.problems == ()


def test_junctions() -> None:
    junction = (
        '<junction id="j 1" name="crossing" type="default"><connection id="4" incomingRoad="a" connectingRoad="b" '
        'contactPoint="end"><laneLink from="-1" to="1"/><laneLink from="-2" to="2"/></connection></junction>'
    )
    road_map = read_map_text(opendrive(road(road_id="a"), road(road_id="b", junction="j 1"), junction), "t")
    assert road_map.roads["b"].junction_id == "j 1"
    assert road_map.roads["a"].junction_id is None
    found = road_map.junctions["j 1"]
    assert found.name == "crossing"
    assert found.connections == (Connection("4", "a", "b", "end", ((-1, 1), (-2, 2))),)


def test_dangling_links_are_noted() -> None:
    link = '<successor elementType="road" elementId="9" contactPoint="start"/>'
    link += '<predecessor elementType="junction" elementId="8"/>'
    junction = (
        '<junction id="5"><connection id="0" incomingRoad="1" connectingRoad="7" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection></junction>'
    )
    problems = read_map_text(opendrive(road(link=link), junction), "t").problems
    assert problems == (
        "road 1, predecessor: there is no junction '8'",
        "road 1, successor: there is no road '9'",
        "junction 5, connection 0: there is no road '7'",
    )


@pytest.mark.parametrize(("version", "noted"), [("1.4", 0), ("1.8", 0), ("1.1", 1), ("2.0", 1)])
def test_versions(version: str, noted: int) -> None:
    road_map = read_map_text(opendrive(road(), version=version), "t")
    assert road_map.version == version
    assert len(road_map.problems) == noted


def test_namespaces_are_ignored() -> None:
    text = opendrive(road()).replace("<OpenDRIVE>", '<OpenDRIVE xmlns="http://code.asam.net/simulation/standard">')
    assert read_map_text(text, "t").lanes == 2


def test_the_text_is_kept() -> None:
    text = opendrive(road())
    road_map = read_map_text(text, "some name")
    assert (road_map.name, road_map.text) == ("some name", text)


def test_counts() -> None:
    sections = section(lane(1), lane(-1), lane(-2, "sidewalk")) + section(lane(1), s=50.0)
    road_map = read_map_text(opendrive(road(sections=sections), road(30.0, road_id="2")), "t")
    assert (road_map.lanes, road_map.driving_lanes, road_map.length_m) == (6, 5, 130.0)


def test_sections_without_length_are_ignored() -> None:
    sections = section(lane(1), s=0) + section(lane(1), lane(-1), s=0) + section(lane(-1), s=100)
    road_map = read_map_text(opendrive(road(sections=sections)), "t")
    assert [(each.start_s, each.end_s, len(each.lanes)) for each in road_map.roads["1"].sections] == [(0.0, 100.0, 2)]
    assert len(road_map.problems) == 2


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_builtin_names(name: str) -> None:
    road_map = read_map(name)
    assert road_map.name == name
    assert road_map.problems == ()
