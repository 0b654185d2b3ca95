"""A map's OpenDRIVE text, in which other readers find what ours finds."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import tostring

from wormdrive.envs.common.errors import MapError
from wormdrive.envs.common.garbage_collection import garbage_collection_paused
from wormdrive.envs.roads.opendrive.document import Element, parse_xml
from wormdrive.envs.roads.opendrive.limits import MAX_WIDTH_M
from wormdrive.envs.roads.opendrive.normalise.clipping import clipped
from wormdrive.envs.roads.opendrive.normalise.direct_junctions import repair_direct_junctions
from wormdrive.envs.roads.opendrive.normalise.identifiers import number_ids
from wormdrive.envs.roads.opendrive.normalise.junctions import repair_junctions
from wormdrive.envs.roads.opendrive.normalise.lane_ids import close_gaps
from wormdrive.envs.roads.opendrive.normalise.lanes import repair_lanes
from wormdrive.envs.roads.opendrive.normalise.links import repair_links
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts, RoadParts
from wormdrive.envs.roads.opendrive.normalise.plan_view import repair_plan_view
from wormdrive.envs.roads.opendrive.normalise.records import repair_records, sound_records
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, plain_number, written
from wormdrive.envs.roads.opendrive.normalise.sections import repair_sections
from wormdrive.envs.roads.opendrive.normalise.signals import repair_signals
from wormdrive.envs.roads.opendrive.normalise.stated_links import state_links
from wormdrive.envs.roads.opendrive.normalise.stray_numbers import repair_numbers
from wormdrive.envs.roads.opendrive.reader import left_hand_default, read_map_text, read_road
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["normalised_text"]

_PREFIXED: Final = re.compile(r"<[\w.-]+:[\w.-]+")
_ONCE: Final = ("link", "planView", "elevationProfile", "lateralProfile", "lanes")
"""Children of a road of which the first one is read."""
_MOST_PASSES: Final = 4


def normalised_text(road_map: RoadMap) -> tuple[str, tuple[str, ...]]:
    """Write a map so that readers which put up with less than ours, CARLA's client above all, read the same roads.

    What begins late begins with the road, links to what is not there are removed, lanes are numbered without gaps and
    roads by numbers, and whatever our reader passes over, cuts or takes for something else is written as it was read.

    Returns
    -------
    The text, and the repairs, each naming its element. A map that needs no repair keeps its text; that of a text
    that was repaired is itself.
    """
    text, made = _normalised_once(road_map)
    repairs = made
    for _ in range(
        _MOST_PASSES
    ):  # a repair may make another one needed, such as of links to lanes that got new numbers
        if not made:
            break
        text, made = _normalised_once(read_map_text(text, road_map.name))
        repairs += made
    return text, repairs


def _normalised_once(road_map: RoadMap) -> tuple[str, tuple[str, ...]]:
    """Repair what is read of a map's text."""
    with garbage_collection_paused():
        root = parse_xml(road_map.text, road_map.name)
        repairs = Repairs()
        if _PREFIXED.search(road_map.text):
            repairs.note(root, "prefixes of names are left out")
        parts = MapParts(root, road_map)
        for element, road in _paired(root, road_map, repairs):
            parts.roads[road.id] = RoadParts(element, road, _repair_shape(element, road, repairs))
        repair_direct_junctions(parts, repairs)
        repair_junctions(parts, repairs)
        repair_links(parts, repairs)
        state_links(parts, repairs)
        close_gaps(parts, repairs)
        repair_signals(parts, repairs)
        number_ids(root, repairs)
        repair_numbers(root, repairs)
        if not repairs.made:
            return road_map.text, ()
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root.xml, encoding="unicode")}', tuple(repairs.made)


def _paired(root: Element, road_map: RoadMap, repairs: Repairs) -> list[tuple[Element, Road]]:
    """Find the element of each road, and remove those that were not read."""
    elements = list(root.children("road"))
    ids = [element.text("id") for element in elements]
    paired: dict[str, tuple[Element, Road]] = {}
    for element, road_id in zip(elements, ids, strict=True):
        if road_id in paired:
            repairs.remove(root, element, "its id is taken by an earlier road")
        elif road_id not in road_map.roads or (ids.count(road_id) > 1 and not _can_be_read(root, element)):
            repairs.remove(root, element, "no sensible road is left of it")
        else:
            paired[road_id] = element, road_map.roads[road_id]
    return list(paired.values())


def _can_be_read(root: Element, element: Element) -> bool:
    try:
        read_road(element, left_hand_default(root))
    except MapError:
        return False
    return True


def _repair_shape(element: Element, road: Road, repairs: Repairs) -> list[Element]:
    """Repair all of a road but its links; returns the elements of its lane sections."""
    for tag in _ONCE:
        for more in list(element.children(tag))[1:]:
            repairs.remove(element, more, "the first one is read")
    if plain_number(element, "length") != road.length_m:
        repairs.set(element, "length", written(road.length_m))
    plan_view, lanes = element.child("planView"), element.child("lanes")
    if plan_view is None or lanes is None:
        return element.fail("holds no planView or no lanes")
    repair_plan_view(plan_view, road, repairs)
    for parent, tag, function in (
        ("elevationProfile", "elevation", road.elevation),
        ("lateralProfile", "superelevation", road.superelevation),
        ("lanes", "laneOffset", road.lane_offset),
    ):
        holder = element.child(parent)
        if holder is not None:
            rows = sound_records(function)
            if tag == "laneOffset":
                rows = clipped(rows, -MAX_WIDTH_M, MAX_WIDTH_M, road.length_m)
            repair_records(holder, tag, "s", rows, repairs)
    sections = repair_sections(lanes, road, repairs)
    for section, read in zip(sections, road.sections, strict=True):
        repair_lanes(section, road, read, repairs)
    return sections
