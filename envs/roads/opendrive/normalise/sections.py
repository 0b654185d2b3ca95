"""Lane sections: in order, the first one at the road's start, none without length, each with both sides."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Final
from xml.etree.ElementTree import Element as XmlElement
from xml.etree.ElementTree import SubElement

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, place_of, plain_number, written
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.section_reader import continues_sides, missing_sides, placed_sections

__all__ = ["repair_sections"]

_SIDES: Final = ("left", "center", "right")
_HELD: Final = ("roadMark", "speed", "material", "visibility", "access", "height", "rule")
"""Records that hold from their sOffset on until the next one."""


def repair_sections(lanes: Element, road: Road, repairs: Repairs) -> list[Element]:
    """Repair which sections there are and where; return those that are left, in order."""
    placed = placed_sections(lanes, road.length_m)
    kept = [element for _, _, element in placed]
    there = list(lanes.children("laneSection"))
    if [element.xml for element in there] != [element.xml for element in kept]:
        repairs.note(lanes, f"{len(kept)} of {len(there)} lane sections are kept, in order")
        index = place_of(lanes, "laneSection", len(lanes.xml))
        for element in there:
            lanes.xml.remove(element.xml)
        for element in reversed(kept):
            lanes.xml.insert(index, element.xml)
    for k, (start, _, element) in enumerate(placed):
        if plain_number(element, "s") != start or element.xml.get("s") is None:
            repairs.set(element, "s", written(start))
        _gather_sides(element, repairs)
        if continues_sides(element, k):
            _continue(kept[k - 1], element, start - placed[k - 1][0], repairs)
    return kept


def _gather_sides(section: Element, repairs: Repairs) -> None:
    """Put the lanes of a side into one group: other readers look into the first one only."""
    for side in _SIDES:
        groups = list(section.children(side))
        for group in groups[1:]:
            groups[0].xml.extend(list(group.xml))
            repairs.remove(section, group, "its lanes go to the first group of their side")


def _continue(before: Element, section: Element, since: float, repairs: Repairs) -> None:
    """Write down the lanes that a single-sided section leaves out, as they go on from the section before it."""
    repairs.note(section, "the lanes of its other side go on in words")
    del section.xml.attrib["singleSide"]
    for side in missing_sides(section):
        _copy_group(before, section, "left" if side > 0 else "right", since, linked=True)
    centre = section.child("center")
    if centre is None or centre.child("lane") is None:
        if centre is not None:
            section.xml.remove(centre.xml)
        _copy_group(before, section, "center", since, linked=False)


def _copy_group(before: Element, section: Element, side: str, since: float, linked: bool) -> None:
    group = before.child(side)
    if group is None:
        return
    copy = deepcopy(group.xml)
    for old, new in zip(group.xml.findall("lane"), copy.findall("lane"), strict=True):
        _shift(new, since)
        if linked:
            _set_link(old, "successor")
            _set_link(new, "predecessor")
    index = sum(child.tag in _SIDES[: _SIDES.index(side)] for child in section.xml)
    section.xml.insert(index, copy)


def _set_link(lane: XmlElement, which: str) -> None:
    link = lane.find("link")
    if link is None:
        link = XmlElement("link")
        lane.insert(0, link)
    for there in link.findall(which):
        link.remove(there)
    SubElement(link, which, {"id": lane.get("id", "")})


def _shift(lane: XmlElement, since: float) -> None:
    """Count a lane's stations from ``since`` [m] on."""
    for tag in ("width", "border"):
        for record in lane.findall(tag):
            start = _start(record)
            if start is not None:
                record.set("sOffset", written(start - since))
    for tag in _HELD:
        records = sorted(
            [(start, record) for record in lane.findall(tag) if (start := _start(record)) is not None],
            key=lambda pair: pair[0],
        )
        ended = max(sum(start <= since for start, _ in records) - 1, 0)
        for start, record in records[ended:]:
            record.set("sOffset", written(max(start - since, 0.0)))
        _remove_all(lane, (record for _, record in records[:ended]))


def _start(record: XmlElement) -> float | None:
    try:
        return float(record.get("sOffset", "0"))
    except ValueError:
        return None


def _remove_all(lane: XmlElement, records: Iterable[XmlElement]) -> None:
    for record in records:
        lane.remove(record)
