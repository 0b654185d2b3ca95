"""A large map: the built-in town again and again, written as richly as CARLA's largest maps are.

Those (Town12, Town13) have some 50 MB: numbers of seventeen digits, hills, many lane sections and records in each road,
remarks on every lane. The towns stand beside one another; no road joins them.
"""

from __future__ import annotations

import copy
from typing import Final
from xml.etree import ElementTree as Xml

from wormdrive.envs.roads import read_map

__all__ = ["large_map"]

_TOWN_M: Final = (800.0, 600.0)
"""From one town to the next."""
_SECTION_M: Final = 60.0
_HILL_M: Final = 1.5
_IDS: Final = {
    "road": ("id", "junction"),
    "junction": ("id",),
    "predecessor": ("elementId",),
    "successor": ("elementId",),
    "connection": ("incomingRoad", "connectingRoad"),
    "signal": ("id",),
    "controller": ("id",),
    "control": ("signalId",),
    "object": ("id",),
}
"""Attributes that name something of the whole map, by the element's tag."""
_IDS_A_TOWN: Final = 1_000_000
_WORDS: Final = frozenset(
    {"id", "name", "elementId", "max", "type", "value", "subtype", "from", "to", "rule", "country"}
)
"""Attributes that are written as they are."""


def large_map(towns: int) -> str:
    """Write the OpenDRIVE text of a map of so many towns: 159 roads and 0.9 MB each, always the same."""
    root = Xml.fromstring(read_map("town").text)  # noqa: S314  (our own file)
    header = next(root.iter("header"))
    for road in root.iter("road"):
        _enrich(road)
        for element in road.iter():
            _write_long(element)
    Xml.indent(root, "    ")
    parts = {tag: root.findall(tag) for tag in ("road", "controller", "junction")}
    across = max(1, round(towns**0.5))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<OpenDRIVE>", Xml.tostring(header, "unicode").rstrip()]
    for elements in parts.values():
        for town in range(towns):
            lines += [_of_town(element, town, across) for element in elements]
    return "\n".join((*lines, "</OpenDRIVE>", ""))


def _of_town(element: Xml.Element, town: int, across: int) -> str:
    """Write an element as it is in one of the towns: with ids and at a place of its own."""
    moved = copy.deepcopy(element)
    dx, dy = _TOWN_M[0] * (town % across), _TOWN_M[1] * (town // across)
    for inner in moved.iter():
        for name in _IDS.get(inner.tag, ()):
            value = inner.get(name, "-1")
            if value != "-1":
                inner.set(name, str(int(value) + town * _IDS_A_TOWN))
        if inner.tag == "geometry":
            inner.set("x", _long(float(inner.get("x", "0")) + dx))
            inner.set("y", _long(float(inner.get("y", "0")) + dy))
    return Xml.tostring(moved, "unicode").rstrip()


def _enrich(road: Xml.Element) -> None:
    """Enrich a road by what CARLA's roads have; its ends stay where they are."""
    length = float(road.get("length", "0"))
    lanes, plan_view = next(road.iter("lanes")), next(road.iter("planView"))
    road.insert(list(road).index(plan_view) + 1, _hills(length))
    if road.get("junction") == "-1":
        _split(lanes, length)
    lanes.insert(0, Xml.Element("laneOffset", s="0", a="0", b="0", c="0", d="0"))
    for lane in lanes.iter("lane"):
        data = Xml.SubElement(lane, "userData")
        Xml.SubElement(data, "vectorLane", travelDir="forward" if int(lane.get("id", "0")) < 0 else "backward")


def _hills(length: float) -> Xml.Element:
    """Up and down again, level at both ends."""
    profile = Xml.Element("elevationProfile")
    half = 0.5 * length
    rise = _HILL_M * min(length / 100.0, 1.0)
    for s, a, sign in ((0.0, 0.0, 1.0), (half, rise, -1.0)):
        values = {"s": s, "a": a, "b": 0.0, "c": sign * 3.0 * rise / half**2, "d": sign * -2.0 * rise / half**3}
        Xml.SubElement(profile, "elevation", {name: repr(value) for name, value in values.items()})
    return profile


def _split(lanes: Xml.Element, length: float) -> None:
    """Cut the one lane section of a street into several."""
    whole = next(lanes.iter("laneSection"))
    for k in range(1, int(length / _SECTION_M)):
        section = copy.deepcopy(whole)
        section.set("s", repr(k * _SECTION_M))
        lanes.append(section)


def _write_long(element: Xml.Element) -> None:
    for name, value in element.attrib.items():
        if name in _WORDS or name in _IDS.get(element.tag, ()):
            continue
        try:
            element.set(name, _long(float(value)))
        except ValueError:
            continue


def _long(value: float) -> str:
    """Write a number as RoadRunner does."""
    return f"{value:.16e}"
