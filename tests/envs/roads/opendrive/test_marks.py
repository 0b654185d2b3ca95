"""Road marks."""

from __future__ import annotations

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import MarkColour, read_map_text
from wormdrive.envs.roads.opendrive.marks import PaintedLine, RoadMark

WHITE = MarkColour.WHITE


def read(mark: str, lane_id: int = -1, kind: str = "rural") -> RoadMark:
    sections = section(centre=mark) if lane_id == 0 else section(lane(lane_id, mark=mark))
    road_map = read_map_text(opendrive(road(sections=sections, extra=f'<type s="0" type="{kind}"/>')), "t")
    only = road_map.roads["1"].sections[0]
    owner = only.centre if lane_id == 0 else only.lanes[0]
    assert owner is not None
    return owner.marks[0]


@pytest.mark.parametrize(
    ("attributes", "lines"),
    [
        ('type="none"', ()),
        ('type="curb"', ()),
        ('type="grass"', ()),
        ('type="solid"', (PaintedLine(0.0, 0.12, WHITE, 1.0, 1.0),)),
        ('type="solid" weight="bold"', (PaintedLine(0.0, 0.25, WHITE, 1.0, 1.0),)),
        ('type="solid" color="black"', ()),
        ('type="broken" width="0.15" color="yellow"', (PaintedLine(0.0, 0.15, MarkColour.YELLOW, 3.0, 9.0),)),
        ('type="broken" width="-0" color="orange"', (PaintedLine(0.0, 0.12, MarkColour.ORANGE, 3.0, 9.0),)),
        ('type="botts dots" color="red"', (PaintedLine(0.0, 0.12, MarkColour.RED, 0.1, 1.2),)),
    ],
)
def test_defaults(attributes: str, lines: tuple[PaintedLine, ...]) -> None:
    assert read(f'<roadMark sOffset="0" {attributes}/>').lines == lines


def test_broken_lines_are_longer_on_motorways() -> None:
    (line,) = read('<roadMark sOffset="0" type="broken"/>', kind="motorway").lines
    assert (line.dash_m, line.period_m) == (6.0, 18.0)


@pytest.mark.parametrize(
    ("lane_id", "solid_at"),
    [(-1, 0.2), (1, -0.2), (0, 0.2)],  # from the inside to the outside; on the centre lane from left to right
)
def test_double_lines(lane_id: int, solid_at: float) -> None:
    solid, broken = read('<roadMark sOffset="0" type="solid broken" width="0.2"/>', lane_id).lines
    assert (solid.t_offset_m, solid.period_m) == (solid_at, 1.0)
    assert (broken.t_offset_m, broken.period_m) == (-solid_at, 9.0)


def test_described_lines_go_before_defaults() -> None:
    mark = (
        '<roadMark sOffset="3" type="broken" width="0.1" color="white"><type name="x" width="0.15">'
        '<line length="4" space="8" tOffset="0.3" sOffset="1" width="0.2" color="blue"/>'
        '<line length="0" space="0" tOffset="-0.3" sOffset="0"/></type></roadMark>'
    )
    found = read(mark)
    assert found.s_offset_m == 3.0
    assert found.lines == (
        PaintedLine(0.3, 0.2, MarkColour.BLUE, 4.0, 12.0, start_m=1.0),
        PaintedLine(-0.3, 0.15, WHITE, 1.0, 1.0),
    )


def test_explicit_lines_are_single_strokes() -> None:
    mark = (
        '<roadMark sOffset="0" type="custom" color="yellow"><explicit>'
        '<line length="2" tOffset="0" sOffset="5" width="0.1"/><line length="3" tOffset="1" sOffset="20"/>'
        "</explicit></roadMark>"
    )
    assert read(mark).lines == (
        PaintedLine(0.0, 0.1, MarkColour.YELLOW, 1.0, 1.0, 5.0, 7.0),
        PaintedLine(1.0, 0.12, MarkColour.YELLOW, 1.0, 1.0, 20.0, 23.0),
    )


def test_unknown_types_and_colours_are_noted() -> None:
    marks = '<roadMark sOffset="0" type="zebra" color="pink"/>'
    problems = read_map_text(opendrive(road(sections=section(lane(-1, mark=marks)))), "t").problems
    assert any("type='zebra'" in problem for problem in problems)
    assert any("color='pink'" in problem for problem in problems)


def test_marks_are_ordered_along_the_road() -> None:
    marks = '<roadMark sOffset="40" type="none"/><roadMark sOffset="0" type="solid"/>'
    only = read_map_text(opendrive(road(sections=section(lane(-1, mark=marks)))), "t").roads["1"].sections[0].lanes[0]
    assert [(mark.s_offset_m, mark.kind) for mark in only.marks] == [(0.0, "solid"), (40.0, "none")]


def test_equal_marks_are_one_object() -> None:
    marks = '<roadMark sOffset="0" type="solid" color="yellow"/>'
    lanes = section(lane(1, mark=marks), lane(-1, mark=marks), lane(-2, mark=marks.replace("yellow", "white")))
    left, middle, outer = (
        one.marks[0]
        for one in reversed(read_map_text(opendrive(road(sections=lanes)), "t").roads["1"].sections[0].lanes)
    )
    again = read_map_text(opendrive(road(sections=lanes)), "other").roads["1"].sections[0].lanes[1].marks[0]
    assert again is middle
    assert left == middle  # a single line looks the same on either side
    assert outer != middle


def test_a_fault_is_noted_of_each_mark_that_has_it() -> None:
    marks = '<roadMark sOffset="0" type="zebra"/>'
    lanes = section(lane(1, mark=marks), lane(-1, mark=marks))
    for _ in range(2):
        problems = read_map_text(opendrive(road(sections=lanes)), "t").problems
        assert [("left, lane 1" in problem, "right, lane -1" in problem) for problem in problems] == [
            (True, False),
            (False, True),
        ]
