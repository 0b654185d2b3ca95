"""What ``maps check`` finds in the shapes of a map that can be used."""

from __future__ import annotations

import math

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import BUILTIN_MAPS, read_map, read_map_text
from wormdrive.envs.roads.map_problems import map_problems


def problems(*parts: str) -> tuple[str, ...]:
    return map_problems(read_map_text(opendrive(*parts), "t"))


def chords(kink_rad: float) -> str:
    plan, x, y = "", 0.0, 0.0
    for k in range(5):
        heading = k * kink_rad
        plan += f'<geometry s="{10 * k}" x="{x}" y="{y}" hdg="{heading}" length="10"><line/></geometry>'
        x, y = x + 10.0 * math.cos(heading), y + 10.0 * math.sin(heading)
    return plan


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_built_in_maps_have_none(name: str) -> None:
    assert map_problems(read_map(name)) == ()


@pytest.mark.parametrize("degrees", [7.0, -7.0, 40.0, -170.0])
def test_kinks_are_found(degrees: float) -> None:
    (found,) = problems(road(chords(math.radians(degrees)), length=50.0))
    assert found.startswith(
        f"road 1, planView: 4 of 4 joints are kinks, the sharpest of {abs(degrees):.1f} degrees at s="
    )


def test_rounding_errors_are_no_kinks() -> None:
    assert problems(road(chords(0.01), length=50.0)) == ()


def test_lanes_beyond_the_centre_of_a_bend_are_found() -> None:
    plan = '<geometry s="0" x="0" y="0" hdg="0" length="10"><arc curvature="0.25"/></geometry>'
    (found,) = problems(road(plan, section(lane(1), lane(2), lane(-1)), length=10.0))
    assert found.startswith("road 1, section 0, lane 2: lies beyond the centre of the bend at s=0")


def test_jumps_of_the_lane_offset_are_found() -> None:
    offset = '<laneOffset s="0" a="0"/><laneOffset s="50" a="2"/><laneOffset s="70" a="2"/>'
    (found,) = problems(road(lane_offset=offset))
    assert found == "road 1, lanes, laneOffset at s=50: all lanes jump aside by 2.00 m within a section"
    assert problems(road(sections=section(lane(-1)) + section(lane(-1), s=50.0), lane_offset=offset)) == ()


@pytest.mark.parametrize(("length", "does"), [(90, "its end is cut off"), (130, "it runs on straight")])
def test_parametric_cubics_of_another_length_are_found(length: int, does: str) -> None:
    cubic = '<paramPoly3 aU="0" bU="20" cU="40" dU="40" aV="0" bV="0" cV="0" dV="0" pRange="normalized"/>'
    (found,) = problems(
        road(f'<geometry s="0" x="0" y="0" hdg="0" length="{length}">{cubic}</geometry>', length=length)
    )
    assert found == f"road 1, planView, geometry at s=0: length={length}, but its curve is 100.00 m long; {does}"


def test_links_to_missing_lanes_are_found() -> None:
    lanes = section(lane(-1, link='<successor id="-3"/>')) + section(lane(-1, link='<predecessor id="-1"/>'), s=50.0)
    assert problems(road(sections=lanes)) == ("road 1, section 0, lane -1: there is no lane -3, its successor",)
    ahead = '<successor elementType="road" elementId="2" contactPoint="end"/>'
    one = road(sections=section(lane(-1, link='<successor id="4"/>')), link=ahead)
    two = road(road_id="2", pose=(200.0, 0.0, math.pi))
    assert problems(one, two) == ("road 1, section 0, lane -1: there is no lane 4, its successor",)
