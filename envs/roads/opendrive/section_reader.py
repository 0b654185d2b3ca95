"""Read ``<lanes>``: sections, lanes and what belongs to each lane."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic, read_widths
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.lane_types import read_lane_type
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.limits import MAX_LANES_PER_SECTION
from wormdrive.envs.roads.opendrive.links import read_lane_links
from wormdrive.envs.roads.opendrive.marks import read_road_mark
from wormdrive.envs.roads.opendrive.single_side import continued
from wormdrive.envs.roads.opendrive.speeds import read_lane_speeds

__all__ = ["continues_sides", "missing_sides", "placed_sections", "read_sections"]

_SEAM_M: Final = 0.01
"""Sections that begin this close to the road's end, or to the next section, hold nothing."""
_NO_WIDTH: Final = PiecewiseCubic.constant(0.0)


def read_sections(lanes: Element, road_length: float, motorway: bool) -> tuple[LaneSection, ...]:
    """Read all lane sections of a road."""
    sections: list[LaneSection] = []
    for index, (start, end, element) in enumerate(placed_sections(lanes, road_length)):
        section = _read_section(element, index, start, end, motorway)
        if continues_sides(element, index):
            sections[-1], section = continued(sections[-1], section, missing_sides(element))
        sections.append(section)
    return tuple(sections)


def placed_sections(lanes: Element, road_length: float) -> list[tuple[float, float, Element]]:
    """Find the sections that hold a part of the road, in order: start and end [m] and the element of each."""
    elements = [(element.value("s", 0.0), element) for element in lanes.children("laneSection")]
    if not elements:
        lanes.fail("holds no laneSection")
    for start, element in elements:
        if start < -_SEAM_M:
            element.note("begins before the road; taken to begin with it")
    elements = [(max(start, 0.0), element) for start, element in elements]
    if any(later[0] < earlier[0] for earlier, later in pairwise(elements)):
        lanes.note("lane sections are not in order of s; sorted")
        elements.sort(key=lambda pair: pair[0])
    kept = []
    for k, (start, element) in enumerate(elements):
        end = elements[k + 1][0] if k + 1 < len(elements) else road_length
        if start > road_length + _SEAM_M:
            element.note(f"begins beyond the road's length of {road_length:g} m; ignored")
            continue
        if min(end, road_length) - start < 1e-6:
            element.note("has no length; ignored")
            continue
        kept.append((start, element))
    if not kept:
        lanes.fail(f"holds no laneSection with a length within the road's {road_length:g} m")
    if kept[0][0] > _SEAM_M:
        kept[0][1].note("is the first one but does not begin at s=0; it is taken to")
    starts = [0.0, *(start for start, _ in kept[1:]), road_length]
    return [(starts[k], starts[k + 1], element) for k, (_, element) in enumerate(kept)]


def continues_sides(element: Element, index: int) -> bool:
    """Whether sides that a section does not hold go on from the section before it."""
    return index > 0 and element.text("singleSide") in ("true", "1")


def missing_sides(element: Element) -> list[int]:
    """List the sides (1 left, -1 right) that a section does not hold."""
    return [side for tag, side in (("left", 1), ("right", -1)) if element.child(tag) is None]


def _read_section(element: Element, index: int, start: float, end: float, motorway: bool) -> LaneSection:
    lanes: dict[int, Lane] = {}
    centre: Lane | None = None
    for side_name, side in (("left", 1), ("center", 0), ("right", -1)):
        for group in element.children(side_name):
            for lane_element in group.children("lane"):
                lane = _read_lane(lane_element, side, motorway)
                if lane is None:
                    continue
                if side == 0:
                    centre = lane
                elif lane.id in lanes:
                    lane_element.note("its id is taken; ignored")
                else:
                    lanes[lane.id] = lane
    if len(lanes) > MAX_LANES_PER_SECTION:
        element.fail(f"{len(lanes)} lanes: at most {MAX_LANES_PER_SECTION} are allowed")
    # ids rise with t on both sides: right lanes from the outermost (most negative) inwards, left lanes outwards
    ordered = tuple(lanes[lane_id] for lane_id in sorted(lanes))
    for side in (1, -1):
        ids = sorted(abs(lane.id) for lane in ordered if lane.id * side > 0)
        if ids != list(range(1, len(ids) + 1)):
            element.note(f"{'left' if side > 0 else 'right'} lane ids {ids[:10]} are not consecutive from 1")
    return LaneSection(index, start, end, ordered, centre)


def _read_lane(element: Element, side: int, motorway: bool) -> Lane | None:
    lane_id = element.integer("id", MAX_LANES_PER_SECTION)
    if lane_id is None:
        return None
    if (lane_id > 0) - (lane_id < 0) != side:
        element.note(f"id={lane_id} does not belong on this side; ignored")
        return None
    borders = element.child("border") is not None
    widths = element.child("width") is not None
    if side != 0 and not widths and not borders:
        element.note("has neither width nor border; read as no width")
    # the standard: where both are given, width holds
    border = read_widths(element, "border") if borders and not widths else None
    marks = [read_road_mark(mark, side, motorway) for mark in element.children("roadMark")]
    marks.sort(key=lambda mark: mark.s_offset_m)
    link = element.child("link")
    return Lane(
        id=lane_id,
        kind=read_lane_type(element),
        width=read_widths(element, "width") if side else _NO_WIDTH,
        border=border,
        predecessors=read_lane_links(link, "predecessor"),
        successors=read_lane_links(link, "successor"),
        marks=tuple(marks),
        speeds=read_lane_speeds(element),
        direction=element.text("direction", "standard"),
    )
