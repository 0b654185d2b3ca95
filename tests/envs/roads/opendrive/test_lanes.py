"""Lanes: widths, borders, offsets, sections, bank, and who drives where."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.roads.opendrive.road import Road


def only_road(text: str) -> Road:
    return next(iter(read_map_text(text, "t").roads.values()))


def borders(of: Road, s: float, index: int = 0) -> list[float]:
    return list(np.round(of.profile(of.sections[index], np.array([s])).borders_t[:, 0], 6))


def test_widths_add_up_from_the_reference_line_outwards() -> None:
    of = only_road(opendrive(road(sections=section(lane(2, "sidewalk", 2.0), lane(1, width=3.0), lane(-1), lane(-2)))))
    assert [each.id for each in of.sections[0].lanes] == [-2, -1, 1, 2]
    assert borders(of, 50.0) == [-7.0, -3.5, 0.0, 3.0, 5.0]


def test_lanes_may_be_listed_in_any_order() -> None:
    of = only_road(
        opendrive(road(sections=section(lane(1, width=3.0), lane(2, width=2.0), lane(-2), lane(-1, width=1.0))))
    )
    assert borders(of, 50.0) == [-4.5, -1.0, 0.0, 3.0, 5.0]


def test_width_is_a_cubic_of_the_distance_from_the_section() -> None:
    width = '<width sOffset="0" a="2" b="0.1" c="0" d="0"/><width sOffset="10" a="3" b="0" c="0.01" d="-0.0001"/>'
    of = only_road(opendrive(road(sections=section(lane(1)) + section(lane(-1, width=width), s=40.0))))
    assert borders(of, 45.0, 1) == [-2.5, 0.0]
    assert borders(of, 60.0, 1) == [-(3.0 + 1.0 - 0.1), 0.0]


def test_negative_widths_are_none() -> None:
    of = only_road(opendrive(road(sections=section(lane(-1, width='<width sOffset="0" a="2" b="-0.1"/>'), lane(-2)))))
    assert borders(of, 10.0) == [-4.5, -1.0, 0.0]
    assert borders(of, 50.0) == [-3.5, 0.0, 0.0]


def test_borders_are_absolute() -> None:
    border = '<border sOffset="0" a="{}" b="{}" c="0" d="0"/>'
    of = only_road(
        opendrive(
            road(
                sections=section(
                    lane(2, width=border.format(6.0, 0.01)),
                    lane(1, width=border.format(3.0, 0.0)),
                    lane(-1, width=border.format(-3.2, 0.0)),
                    lane(-2, width=border.format(-5.0, -0.02)),
                )
            )
        )
    )
    assert borders(of, 50.0) == [-6.0, -3.2, 0.0, 3.0, 6.5]
    centre = of.lane_centre(of.sections[0], of.sections[0].lanes[0], np.array([50.0]))
    assert centre.width_m[0] == pytest.approx(2.8)
    assert centre.heading_rad[0] == pytest.approx(np.arctan(-0.01))  # half of the outer border's slope


def test_width_holds_where_border_is_given_too() -> None:
    both = '<border sOffset="0" a="-9"/><width sOffset="0" a="3"/>'
    assert borders(only_road(opendrive(road(sections=section(lane(-1, width=both))))), 10.0) == [-3.0, 0.0]


def test_lane_offset_moves_all_lanes() -> None:
    offset = '<laneOffset s="0" a="0" b="0"/><laneOffset s="40" a="1" b="0.05"/>'
    of = only_road(opendrive(road(lane_offset=offset)))
    assert borders(of, 20.0) == [-3.5, 0.0, 3.5]
    assert borders(of, 60.0) == [-1.5, 2.0, 5.5]
    centre = of.lane_centre(of.sections[0], of.sections[0].lanes[0], np.array([60.0]))
    assert centre.heading_rad[0] == pytest.approx(np.arctan(0.05))


def test_a_section_ends_with_its_own_records() -> None:
    """Where a lane offset jumps between two sections, each sees its side of the jump, rounding errors aside."""
    offset = '<laneOffset s="0" a="0"/><laneOffset s="50.0000001" a="3.5"/>'
    sections = section(lane(1), lane(-1)) + section(lane(1), lane(-1), lane(-2), s=50.0)
    of = only_road(opendrive(road(sections=sections, lane_offset=offset)))
    assert [each.end_s for each in of.sections] == [50.0, 100.0]
    assert borders(of, 50.0, 0) == [-3.5, 0.0, 3.5]
    assert borders(of, 50.0, 1) == [-3.5, 0.0, 3.5, 7.0]


def test_superelevation_turns_the_cross_section_about_the_reference_line() -> None:
    extra = '<elevationProfile><elevation s="0" a="10" b="0.1"/></elevationProfile>'
    extra += '<lateralProfile><superelevation s="0" a="0.1"/></lateralProfile>'
    of = only_road(opendrive(road(extra=extra)))
    left = of.lane_centre(of.sections[0], of.sections[0].lanes[1], np.array([20.0]))
    assert left.x[0] == pytest.approx(20.0)
    assert left.y[0] == pytest.approx(1.75 * np.cos(0.1))
    assert left.z[0] == pytest.approx(12.0 + 1.75 * np.sin(0.1))  # positive: the left side is higher


def test_heading_of_a_lane_in_a_bend_with_growing_width() -> None:
    """The centre's heading is the derivative of its position."""
    plan = '<geometry s="0" x="0" y="0" hdg="1" length="60"><spiral curvStart="0.01" curvEnd="0.05"/></geometry>'
    width = '<width sOffset="0" a="3" b="0.05" c="0.001"/>'
    of = only_road(opendrive(road(plan, section(lane(-1, width=width), lane(-2)), length=60)))
    s = np.linspace(1.0, 59.0, 30)
    for each in of.sections[0].lanes:
        here, ahead = (of.lane_centre(of.sections[0], each, s + k) for k in (-1e-4, 1e-4))
        np.testing.assert_allclose(
            np.arctan2(ahead.y - here.y, ahead.x - here.x),
            of.lane_centre(of.sections[0], each, s).heading_rad,
            atol=1e-6,
        )


@pytest.mark.parametrize(
    ("rule", "direction", "travel"),
    [
        ("RHT", "standard", {-1: 1, 1: -1}),
        ("LHT", "standard", {-1: -1, 1: 1}),
        ("", "standard", {-1: 1, 1: -1}),
        ("RHT", "reversed", {-1: -1, 1: 1}),
        ("LHT", "reversed", {-1: 1, 1: -1}),
        ("RHT", "both", {-1: 1, 1: -1}),
    ],
)
def test_direction_of_travel(rule: str, direction: str, travel: dict[int, int]) -> None:
    lanes = section(lane(1, direction=direction), lane(-1, direction=direction))
    of = only_road(opendrive(road(sections=lanes, rule=rule, pose=(0.0, 0.0, 0.25))))
    assert {each.id: of.travel(each) for each in of.sections[0].lanes} == travel
    for each in of.sections[0].lanes:
        heading = of.lane_centre(of.sections[0], each, np.array([5.0])).heading_rad[0]
        assert heading == pytest.approx(0.25 if travel[each.id] > 0 else 0.25 + np.pi)


def test_the_header_can_set_the_rule_for_all_roads() -> None:
    text = opendrive(road(rule=""), version="1.8").replace(
        'revMinor="8"/>', 'revMinor="8"><defaultRegulations rule="LHT"/></header>'
    )
    assert only_road(text).left_hand


def test_lane_faults_are_noted() -> None:
    faults = section(
        lane(-1),
        lane(-1, width=9.0),
        lane(-3),
        lane(-4, width=""),
        lane(-2).replace('"-2"', '"-two"'),
        lane(-999),
    )
    problems = " / ".join(read_map_text(opendrive(road(sections=faults)), "t").problems)
    for words in ("id is taken", "not consecutive", "neither width nor border", "id='-two'", "up to 256"):
        assert words in problems


@pytest.mark.parametrize(
    ("record", "limit"),
    [
        ('max="50" unit="km/h"', 50 / 3.6),
        ('max="30" unit="mph"', 30 * 0.44704),
        ('max="13.9"', 13.9),
        ('max="20" unit="m/s"', 20.0),
        ('max="no limit"', np.inf),
        ('max="undefined"', np.inf),
        ('max="0" unit="km/h"', np.inf),
    ],
)
def test_speed_limits(record: str, limit: float) -> None:
    extra = f'<type s="0" type="town"><speed {record}/></type><type s="50" type="rural"/>'
    of = only_road(opendrive(road(extra=extra)))
    found = of.speed_limit(of.sections[0], of.sections[0].lanes[0], np.array([0.0, 49.0, 50.0, 99.0]))
    np.testing.assert_allclose(found, [limit, limit, np.inf, np.inf])


def test_a_lanes_own_limit_goes_before_the_roads() -> None:
    slow = lane(-1, width='<width sOffset="0" a="3"/><speed sOffset="30" max="10"/>')
    of = only_road(
        opendrive(road(sections=section(lane(1), slow), extra='<type s="0" type="town"><speed max="20"/></type>'))
    )
    s = np.array([10.0, 60.0])
    np.testing.assert_array_equal(of.speed_limit(of.sections[0], of.sections[0].lanes[0], s), [20.0, 10.0])
    np.testing.assert_array_equal(of.speed_limit(of.sections[0], of.sections[0].lanes[1], s), [20.0, 20.0])
