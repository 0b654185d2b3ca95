"""Lanes of a section: on their side, once, with a width from the start on, and marks of sensible sizes."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element as XmlElement

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.lane_types import read_lane_type
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.limits import MAX_LANES_PER_SECTION
from wormdrive.envs.roads.opendrive.normalise.marks import repair_marks
from wormdrive.envs.roads.opendrive.normalise.records import Record, repair_records
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs
from wormdrive.envs.roads.opendrive.normalise.widths import widths_of_section
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["lane_elements", "repair_lanes"]

_SIDES: Final = (("left", 1), ("center", 0), ("right", -1))


def lane_elements(section: Element) -> dict[int, Element]:
    """List a section's lanes by their ids, as they are read: on their own side, and the first one of an id."""
    found: dict[int, Element] = {}
    for tag, side in _SIDES:
        for group in section.children(tag):
            for lane in group.children("lane"):
                lane_id = _lane_id(lane, side)
                if lane_id is not None:
                    found.setdefault(lane_id, lane)
    return found


def repair_lanes(element: Element, road: Road, section: LaneSection, repairs: Repairs) -> None:
    """Repair the lanes of one section."""
    for tag, side in _SIDES:
        taken: set[int] = set()
        for group in element.children(tag):
            for lane in list(group.children("lane")):
                lane_id = _lane_id(lane, side)
                # of several centre lanes, the last one is read
                if lane_id is None or lane_id in taken or (side == 0 and lane.xml is not _centre(element)):
                    repairs.remove(group, lane, "it is no lane of this side, or there is one of its id")
                    continue
                taken.add(lane_id)
                repairs.set(lane, "id", str(lane_id))
    _add_centre(element, repairs)
    widths = widths_of_section(road, section)
    lanes = lane_elements(element)
    for read in section.lanes:
        _repair_lane(lanes[read.id], read, widths[read.id], repairs)
        repair_marks(lanes[read.id], repairs)
    if section.centre is not None:
        repair_marks(lanes[0], repairs)


def _lane_id(lane: Element, side: int) -> int | None:
    try:
        lane_id = int(lane.xml.get("id", ""))
    except ValueError:
        return None
    on_side = (lane_id > 0) - (lane_id < 0) == side
    return lane_id if on_side and abs(lane_id) <= MAX_LANES_PER_SECTION else None


def _centre(section: Element) -> XmlElement | None:
    lanes = [lane.xml for group in section.children("center") for lane in group.children("lane")]
    zeros = [lane for lane in lanes if _lane_id(Element(lane, section.faults), 0) == 0]
    return zeros[-1] if zeros else None


def _add_centre(section: Element, repairs: Repairs) -> None:
    if _centre(section) is not None:
        return
    repairs.note(section, "a centre lane is added")
    group = section.child("center")
    xml = XmlElement("center") if group is None else group.xml
    if group is None:
        section.xml.insert(int(section.child("left") is not None), xml)
    xml.insert(0, XmlElement("lane", {"id": "0", "type": "none", "level": "false"}))


def _repair_lane(element: Element, lane: Lane, widths: list[Record], repairs: Repairs) -> None:
    if element.text("type", "none") != lane.kind and read_lane_type(element) == lane.kind:
        repairs.set(element, "type", lane.kind)
    if lane.border is not None:
        for border in list(element.children("border")):
            repairs.remove(element, border, "it becomes a width")
    link = element.child("link")
    repair_records(element, "width", "sOffset", widths, repairs, 0 if link is None else 1)
