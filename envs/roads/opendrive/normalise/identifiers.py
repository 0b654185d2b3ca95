"""Ids of roads, junctions and connections: whole numbers, each once; names stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs

__all__ = ["number_ids"]

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_ROADS: Final = (
    "incomingRoad", "connectingRoad", "linkedRoad", "mainRoad", "crossingRoad", "roadAtStart", "roadAtEnd", "roadId",
)  # fmt: skip
"""Attributes that name a road."""


def number_ids(root: Element, repairs: Repairs) -> None:
    """Change the ids of roads and junctions that are no numbers, and of junctions that are called like a road."""
    roads = [road.text("id") for road in root.children("road")]
    junctions = [junction.text("id") for junction in root.children("junction")]
    new_roads = _numbered(roads, [*roads, *junctions], ())
    new_junctions = _numbered(junctions, [*new_roads.values(), *junctions], new_roads.values())
    for junction in root.children("junction"):
        _number_connections(junction, repairs)
    if any(old != new for ids in (new_roads, new_junctions) for old, new in ids.items()) or _has_blanks(root):
        _rename(root, new_roads, new_junctions, repairs)


def _numbered(ids: Iterable[str], known: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Find new ids: the same, where they are numbers that are not taken; else those after all that are known."""
    taken = set(taken)
    free = max([int(each) for each in known if _NUMBER.fullmatch(each)], default=0) + 1
    new = {}
    for each in ids:
        if _NUMBER.fullmatch(each) and each not in taken:
            new[each] = each
        else:
            new[each] = str(free)
            free += 1
    return new


def _has_blanks(root: Element) -> bool:
    return any(
        element.xml.get("id") != element.text("id") for tag in ("road", "junction") for element in root.children(tag)
    )


def _number_connections(junction: Element, repairs: Repairs) -> None:
    connections = list(junction.children("connection"))
    ids = [connection.xml.get("id", "") for connection in connections]
    if len(set(ids)) < len(ids) or not all(_NUMBER.fullmatch(each) for each in ids):
        for k, connection in enumerate(connections):
            repairs.set(connection, "id", str(k))


def _rename(root: Element, roads: dict[str, str], junctions: dict[str, str], repairs: Repairs) -> None:
    for road in root.children("road"):
        repairs.set(road, "id", roads[road.text("id")])
        _point(road, "junction", junctions, repairs)
        for link in road.children("link"):
            for target in link:
                _point(target, "elementId", junctions if target.text("elementType") == "junction" else roads, repairs)
    for junction in root.children("junction"):
        repairs.set(junction, "id", junctions[junction.text("id")])
    for name in _ROADS:
        for xml in root.xml.iterfind(f".//*[@{name}]"):
            _point(Element(xml, root.faults, root), name, roads, repairs)
    for group in root.children("junctionGroup"):
        for reference in group.children("junctionReference"):
            _point(reference, "junction", junctions, repairs)


def _point(element: Element, name: str, ids: dict[str, str], repairs: Repairs) -> None:
    old = element.text(name)
    if old in ids:
        repairs.set(element, name, ids[old])
