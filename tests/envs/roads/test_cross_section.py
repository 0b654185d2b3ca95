"""Cross-sections: the ego road exactly, and whatever else of the map lies beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import MarkColour, Route, Surface, follow_route, read_map, read_map_text

SOLID = '<roadMark sOffset="0" type="solid" width="0.15" color="white"/>'
BROKEN = '<roadMark sOffset="0" type="broken" width="0.12" color="yellow"/>'
CURB = '<roadMark sOffset="0" type="curb" width="0.2"/>'


def route_on(*parts: str, length: float = 90.0, start_road: str = "1") -> Route:
    """A route whose first sample lies on the lane -1 of a road; seeds are tried until it does."""
    road_map = read_map_text(opendrive(*parts), "t")
    for seed in range(200):
        route = follow_route(road_map, seed, length)
        if abs(route.y[0] + 1.75) < 1e-6 and abs(math.sin(route.heading_rad[0])) < 1e-6 and route.x[1] > route.x[0]:
            return route
    raise AssertionError("no seed starts on the lane")


def intervals(route: Route, sample: int) -> list[tuple[float, float, Surface]]:
    sections = route.cross_sections
    row = route.section[sample]
    edges, kinds = np.round(sections.edges[row].astype(float), 2), sections.surface[row]
    assert (np.diff(edges) >= 0.0).all()
    return [(a, b, Surface(k)) for a, b, k in zip(edges[:-1], edges[1:], kinds, strict=True) if b > a]


def marks(route: Route, sample: int) -> list[tuple[float, float, MarkColour, float, float]]:
    sections = route.cross_sections
    row = route.section[sample]
    columns = (
        sections.mark_offset,
        sections.mark_width,
        sections.mark_colour,
        sections.mark_dash,
        sections.mark_period,
    )
    found = [tuple(round(float(column[row, k]), 2) for column in columns) for k in range(columns[0].shape[1])]
    return sorted((d, w, MarkColour(int(c)), dash, period) for d, w, c, dash, period in found if w > 0.0)


def surface_at(route: Route, sample: int, d: float) -> Surface:
    for low, high, kind in intervals(route, sample):
        if low <= d < high:
            return kind
    return Surface.TERRAIN


def at_x(route: Route, x: float) -> int:
    return int(np.argmin(np.abs(route.x - x)))


def test_own_road() -> None:
    lanes = section(
        lane(3, "sidewalk", 2.0),
        lane(2, "parking", 2.2),
        lane(1, mark=SOLID),
        lane(-1, mark=SOLID),
        lane(-2, "shoulder", 1.0),
        lane(-3, "biking", 1.5),
        lane(-4, "median", 1.0),
        lane(-5, "none", 5.0),
        centre=BROKEN,
    )
    route = route_on(road(sections=lanes))
    assert len(route.cross_sections.edges) == 1
    assert intervals(route, 0) == [
        (-5.25, -4.25, Surface.MEDIAN),
        (-4.25, -2.75, Surface.BIKING),
        (-2.75, -1.75, Surface.SHOULDER),
        (-1.75, 1.75, Surface.DRIVING),
        (1.75, 5.25, Surface.DRIVING),
        (5.25, 7.45, Surface.PARKING),
        (7.45, 9.45, Surface.SIDEWALK),
    ]
    assert marks(route, 0) == [
        (-1.75, 0.15, MarkColour.WHITE, 1.0, 1.0),
        (1.75, 0.12, MarkColour.YELLOW, 3.0, 9.0),
        (5.25, 0.15, MarkColour.WHITE, 1.0, 1.0),
    ]


def test_driven_against_s_left_and_right_change_places() -> None:
    lanes = section(lane(2, "sidewalk", 2.0), lane(1, mark=SOLID), lane(-1), centre=BROKEN)
    road_map = read_map_text(opendrive(road(sections=lanes)), "t")
    route = next(r for r in (follow_route(road_map, seed, 60.0) for seed in range(50)) if r.x[1] < r.x[0])
    assert intervals(route, 0) == [
        (-3.75, -1.75, Surface.SIDEWALK),
        (-1.75, 1.75, Surface.DRIVING),
        (1.75, 5.25, Surface.DRIVING),
    ]
    assert marks(route, 0) == [(-1.75, 0.15, MarkColour.WHITE, 1, 1), (1.75, 0.12, MarkColour.YELLOW, 3, 9)]


def test_double_lines_are_two_and_kerbs_have_a_width() -> None:
    double = '<roadMark sOffset="0" type="solid broken" width="0.1" color="white"/>'
    lanes = section(lane(1), lane(-1, mark=CURB), lane(-2, "sidewalk", 2.0), centre=double)
    route = route_on(road(sections=lanes))
    assert intervals(route, 0) == [
        (-3.75, -1.85, Surface.SIDEWALK),
        (-1.85, -1.75, Surface.CURB),  # its other half lies under the asphalt
        (-1.75, 1.75, Surface.DRIVING),
        (1.75, 5.25, Surface.DRIVING),
    ]
    # from left to right: the solid line is the left one
    assert marks(route, 0) == [(1.65, 0.1, MarkColour.WHITE, 3, 9), (1.85, 0.1, MarkColour.WHITE, 1, 1)]


def test_marks_change_along_the_road() -> None:
    changing = SOLID + BROKEN.replace('sOffset="0"', 'sOffset="40"')
    stroke = (
        '<roadMark sOffset="0" type="custom"><explicit><line length="5" sOffset="60" tOffset="0.5" width="0.3"/>'
        "</explicit></roadMark>"
    )
    route = route_on(road(sections=section(lane(1), lane(-1, mark=changing), centre=stroke)), length=99.0)
    assert [m[4] for m in marks(route, at_x(route, 39.0))] == [1.0]
    assert [m[4] for m in marks(route, at_x(route, 41.0))] == [9.0]
    assert (2.25, 0.3, MarkColour.WHITE, 1.0, 1.0) in marks(route, at_x(route, 62.0))
    assert len(marks(route, at_x(route, 58.0))) == len(marks(route, at_x(route, 67.0))) == 1


def side_road(z: float = 0.0) -> str:
    """A road that begins beside the main road's left edge at x = 50 and leaves at a right angle."""
    elevation = f'<elevationProfile><elevation s="0" a="{z}"/></elevationProfile>'
    return road(
        60.0, section(lane(1), lane(-1), lane(-2, "sidewalk", 1.5)), "2", pose=(50.0, 3.5, math.pi / 2), extra=elevation
    )


def test_a_side_road_shows_at_its_mouth() -> None:
    route = route_on(road(), side_road())
    mouth = [surface_at(route, k, 20.0) for k in range(len(route.x))]
    opens = route.x[np.array(mouth) == Surface.DRIVING]
    assert opens.min() == pytest.approx(46.5, abs=0.5)
    assert opens.max() == pytest.approx(53.5, abs=0.5)
    walk = route.x[np.array(mouth) == Surface.SIDEWALK]
    assert walk.min() == pytest.approx(53.5, abs=0.5)
    assert walk.max() == pytest.approx(55.0, abs=0.5)
    # in the middle of the mouth, asphalt reaches from our road's right edge to the end of what is looked at
    here = intervals(route, at_x(route, 48.0))
    assert here[0][0] == -1.75
    assert here[-1][1] == 30.0
    assert {kind for *_, kind in here} == {Surface.DRIVING}
    # before and behind it there is only our own road
    assert intervals(route, at_x(route, 40.0)) == [(-1.75, 1.75, Surface.DRIVING), (1.75, 5.25, Surface.DRIVING)]


@pytest.mark.parametrize(("z", "seen"), [(1.5, True), (-1.5, True), (6.0, False), (-6.0, False)])
def test_bridges_do_not_show(z: float, seen: bool) -> None:
    route = route_on(road(), side_road(z))
    assert (surface_at(route, at_x(route, 48.0), 20.0) == Surface.DRIVING) is seen


def test_another_carriageway_keeps_its_lanes_and_marks() -> None:
    other = section(lane(-1, mark=SOLID), lane(-2, mark=BROKEN))
    route = route_on(road(), road(100.0, other, "2", pose=(0.0, 14.0, 0.0)))
    k = at_x(route, 60.0)
    assert intervals(route, k) == [
        (-1.75, 1.75, Surface.DRIVING),
        (1.75, 5.25, Surface.DRIVING),
        (5.25, 8.75, Surface.TERRAIN),
        (8.75, 12.25, Surface.DRIVING),
        (12.25, 15.75, Surface.DRIVING),
    ]
    assert marks(route, k) == [(8.75, 0.12, MarkColour.YELLOW, 3, 9), (12.25, 0.15, MarkColour.WHITE, 1, 1)]


def test_marks_of_slanted_roads_are_as_wide_as_the_line_crosses_them() -> None:
    slanted = section(lane(-1, "shoulder", mark=SOLID))
    route = route_on(road(), road(100.0, slanted, "2", pose=(0.0, 4.0, 0.3)))
    k = at_x(route, 40.0)
    ((offset, width, *_),) = marks(route, k)
    assert width == pytest.approx(0.15 / math.cos(0.3), abs=0.011)
    assert offset == pytest.approx(4.0 + route.x[k] * math.tan(0.3) - 3.5 / math.cos(0.3) + 1.75, abs=0.011)


def test_islands_between_the_ways_through_a_junction_are_asphalt() -> None:
    """Inside our suburb's junctions no grass grows between lanes."""
    road_map = read_map("suburb")
    for seed in range(6):
        route = follow_route(road_map, seed, 400.0)
        for k in range(len(route.x)):
            row = intervals(route, k)
            middle = [kind for low, high, kind in row if low > -6.0 and high < 6.0]
            assert Surface.TERRAIN not in middle


def test_hairpins_show_their_other_leg_at_the_same_height() -> None:
    plan = (
        '<geometry s="0" x="0" y="0" hdg="0" length="60"><line/></geometry>'
        '<geometry s="60" x="60" y="0" hdg="0" length="31.41592653589793"><arc curvature="0.1"/></geometry>'
        '<geometry s="91.41592653589793" x="60" y="20" hdg="3.141592653589793" length="60"><line/></geometry>'
    )
    route = route_on(road(plan, length=151.415926), length=140.0)
    assert intervals(route, at_x(route, 20.0)) == [
        (-1.75, 1.75, Surface.DRIVING),
        (1.75, 5.25, Surface.DRIVING),
        (5.25, 18.25, Surface.TERRAIN),
        (18.25, 21.75, Surface.DRIVING),
        (21.75, 25.25, Surface.DRIVING),
    ]


def test_equal_sections_are_shared() -> None:
    route = follow_route(read_map("country_loop"), 0, 2_000.0)
    assert len(route.cross_sections.edges) <= 3
    sections = route.cross_sections
    assert sections.edges.dtype == sections.mark_offset.dtype == np.float32
    assert sections.surface.dtype == sections.mark_colour.dtype == np.uint8
    assert route.section.dtype == np.int32


def test_padding_repeats_the_last_edge() -> None:
    route = route_on(road(), side_road())
    sections = route.cross_sections
    for edges, kinds in zip(sections.edges, sections.surface, strict=True):
        used = np.flatnonzero(np.diff(edges) > 0.0)[-1] + 1
        assert (edges[used:] == edges[used]).all()
        assert (kinds[used:] == Surface.TERRAIN).all()
