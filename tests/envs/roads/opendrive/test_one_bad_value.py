"""What does not refuse a map: one bad value is a problem that is named, and the road goes on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import RoadMap, follow_route, read_map_text

TO_TWO = '<successor elementType="road" elementId="2" contactPoint="start"/>'
FROM_ONE = '<predecessor elementType="road" elementId="1" contactPoint="end"/>'
TO_THREE = '<successor elementType="road" elementId="3" contactPoint="start"/>'
FROM_TWO = '<predecessor elementType="road" elementId="2" contactPoint="end"/>'
ONWARDS = section(lane(-1, link='<predecessor id="-1"/><successor id="-1"/>'))


def three_roads(middle: str) -> RoadMap:
    """Two roads of 60 m with another one between them."""
    one = road(60.0, ONWARDS, "1", link=TO_TWO)
    three = road(60.0, ONWARDS, "3", link=FROM_TWO, pose=(60.0, 0.0, 0.0))
    return read_map_text(opendrive(one, middle, three), "t")


def one_road(mark: str = "", **more: object) -> RoadMap:
    return read_map_text(opendrive(road(sections=section(lane(-1, mark=mark)), **more)), "t")  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [2.2e-7, 1e-12, 5e-7])
def test_a_microscopic_road_is_driven_through(length: float) -> None:
    tiny = road(length, ONWARDS, "2", link=FROM_ONE + TO_THREE, pose=(60.0, 0.0, 0.0))
    road_map = three_roads(tiny)
    assert follow_route(road_map, 0, 200.0).length_m == 120.0
    assert any(problem.startswith("road 2: length=") for problem in road_map.problems)


@pytest.mark.parametrize("length", ["0", "-1e-9", "0.0000000001"])
def test_a_geometry_without_length_is_a_place(length: str) -> None:
    plan = f'<geometry s="0" x="60" y="0" hdg="0" length="{length}"><arc curvature="0.1"/></geometry>'
    road_map = three_roads(road(plan, ONWARDS, "2", length=0.1, link=FROM_ONE + TO_THREE))
    assert follow_route(road_map, 0, 200.0).length_m == pytest.approx(120.0, abs=0.5)
    assert any("geometry at s=0: has no length; ignored" in problem for problem in road_map.problems)


MARKS = {
    '<roadMark sOffset="-1.8e-15" type="solid"/>': "sOffset='-1.8e-15'",
    '<roadMark sOffset="0" type="solid" width="-1"/>': "width=-1",
    '<roadMark sOffset="0" type="solid" width=""/>': "width=''",
    '<roadMark sOffset="x" type="solid" width="nan"/>': "width='nan'",
    '<roadMark sOffset="inf" type="solid"/>': "sOffset='inf'",
    '<roadMark sOffset="0" type="solid"><type name="s" width="-2"><line length="60" space="0" sOffset="-1.8e-15" '
    'tOffset="0"/></type></roadMark>': "sOffset='-1.8e-15'",
    '<roadMark sOffset="0" type="broken"><type name="s"><line length="x" space="-1" tOffset="1e99"/></type>'
    "</roadMark>": "tOffset='1e99'",
    '<roadMark sOffset="0" type="solid"><explicit><line length="nan" sOffset="-3" tOffset="a"/></explicit>'
    "</roadMark>": "length='nan'",
}


@pytest.mark.parametrize("mark", MARKS)
def test_road_marks_never_refuse_a_map(mark: str) -> None:
    road_map = one_road(mark)
    (found,) = road_map.roads["1"].sections[0].lanes[0].marks
    assert 0.0 <= found.s_offset_m < np.inf
    assert all(0.0 < line.width_m <= 2.0 and line.start_m >= 0.0 for line in found.lines)
    assert any("roadMark" in problem and MARKS[mark] in problem for problem in road_map.problems)
    assert follow_route(road_map, 0, 100.0).length_m == 100.0


@pytest.mark.parametrize(("length", "read"), [("-3", 100.0), ("nan", 100.0), ("x", 100.0), ("", 100.0), ("0", 100.0)])
def test_a_road_is_as_long_as_its_geometry_if_it_does_not_say(length: str, read: float) -> None:
    road_map = read_map_text(
        opendrive(road(100.0).replace('length="100.0" junction', f'length="{length}" junction')), "t"
    )
    assert road_map.roads["1"].length_m == read
    assert any(f"road 1: length={length!r}" in problem for problem in road_map.problems)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("elevation", '<elevationProfile><elevation s="0" a="nan"/></elevationProfile>'),
        ("elevation", '<elevationProfile><elevation s="x" a="7"/></elevationProfile>'),
        ("superelevation", '<lateralProfile><superelevation s="0" a="1e99"/></lateralProfile>'),
        ("superelevation", '<lateralProfile><superelevation s="0" a="0.1" b="4.0+0"/></lateralProfile>'),
    ],
)
def test_a_profile_without_sense_is_flat(name: str, records: str) -> None:
    road_map = one_road(extra=records)
    points = road_map.roads["1"].lane_centre(*section_and_lane(road_map), np.array([10.0, 90.0]))
    np.testing.assert_array_equal(points.z, 0.0)
    assert any(name in problem and "ignored" in problem for problem in road_map.problems)


def section_and_lane(road_map: RoadMap):  # type: ignore[no-untyped-def]
    only = road_map.roads["1"].sections[0]
    return only, only.lanes[0]


def test_a_lane_offset_without_sense_is_none() -> None:
    road_map = one_road(lane_offset='<laneOffset s="0" a="inf"/><laneOffset s="50" a="1"/>')
    offset = road_map.roads["1"].lane_offset(np.array([0.0, 40.0, 60.0]))
    np.testing.assert_array_equal(offset, [0.0, 0.0, 1.0])


def test_a_width_without_sense_leaves_the_one_before_it() -> None:
    widths = '<width sOffset="0" a="3"/><width sOffset="20" a="nan"/>'
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, width=widths)))), "t")
    assert road_map.roads["1"].sections[0].lanes[0].width(np.array([50.0])).tolist() == [3.0]
    assert any("width at sOffset=20: a='nan'" in problem for problem in road_map.problems)


@pytest.mark.parametrize(("start", "sections"), [("nan", 1), ("-7", 1), ("500", 1), ("x", 1), ("50", 2)])
def test_lane_sections_out_of_place(start: str, sections: int) -> None:
    lanes = section(lane(-1)) + section(lane(-1), lane(-2), s=50.0).replace('s="50.0"', f's="{start}"')
    road_map = read_map_text(opendrive(road(sections=lanes)), "t")
    found = road_map.roads["1"].sections
    assert len(found) == sections
    assert (found[0].start_s, found[-1].end_s) == (0.0, 100.0)
    assert bool(road_map.problems) == (sections == 1)


def test_geometries_without_a_station_follow_one_another() -> None:
    plan = '<geometry s="0" x="0" y="0" hdg="0" length="60"><line/></geometry>'
    plan += '<geometry x="60" y="0" hdg="0" length="40"><line/></geometry>'
    road_map = one_road(plan=plan, length=100.0)
    assert road_map.roads["1"].line.joints.tolist() == [0.0, 60.0]
    assert road_map.problems == (
        "road 1, planView, geometry: attribute s is missing; taken to follow on what is before it",
    )


BROKEN = {
    "geometry": road(50.0, road_id="b", pose=(np.nan, 0.0, 0.0)),
    "curve": road('<geometry s="0" x="0" y="0" hdg="0" length="9"><arc curvature="x"/></geometry>', "", "b", 9.0),
    "no planView": '<road id="b" length="5"/>',
    "widths": road(50.0, section(lane(-1, width='<width sOffset="0" a="nan"/>')), "b"),
    "no lanes": road(50.0, "<x/>", "b"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_road_without_sense_is_left_out_of_a_map_that_has_others(fault: str) -> None:
    with pytest.raises(MapError) as alone:
        read_map_text(opendrive(BROKEN[fault]), "t")
    road_map = read_map_text(opendrive(BROKEN[fault], road(60.0, road_id="a")), "t")
    assert list(road_map.roads) == ["a"]
    assert road_map.left_out == (f"road b: {alone.value.reason}",)
    assert road_map.problems[-1] == f"{alone.value.element}: {alone.value.reason}; road b is left out"


def test_links_to_a_road_that_is_left_out_lead_nowhere() -> None:
    road_map = read_map_text(
        opendrive(road(60.0, ONWARDS, "1", link=TO_TWO), road(50.0, ONWARDS, "2", pose=(np.inf, 0, 0))), "t"
    )
    assert road_map.problems[-1] == "road 1, successor: there is no road '2'"
    assert follow_route(road_map, 0, 100.0).length_m == 60.0


@pytest.mark.parametrize("tag", ["shape", "crossSectionSurface", "crossfall"])
def test_cross_sections_that_are_not_read_are_noted(tag: str) -> None:
    road_map = one_road(extra=f"<lateralProfile><{tag}/></lateralProfile>")
    assert road_map.problems == (f"road 1, lateralProfile: {tag} is not read: the road is drawn without it",)


def test_virtual_junctions_are_noted() -> None:
    junction = (
        '<junction id="9" type="virtual" mainRoad="1" sStart="40" sEnd="70" orientation="+"><connection id="0" '
        'type="virtual" incomingRoad="1" connectingRoad="2" contactPoint="start"><laneLink from="-1" to="-1"/>'
        "</connection></junction>"
    )
    side = road(
        30.0,
        road_id="2",
        junction="9",
        pose=(50.0, -1.75, -0.3),
        link='<predecessor elementType="road" elementId="1" elementS="50" elementDir="+"/>',
    )
    (problem,) = read_map_text(opendrive(road(), side, junction), "t").problems
    assert problem.startswith("junction 9: is virtual: what branches off road '1'")
