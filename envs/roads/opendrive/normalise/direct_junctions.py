"""Direct junctions (OpenDRIVE 1.7) without their kind: who meets one road only is linked with it as roads are.

Readers of older revisions know junctions by connecting roads. They find their way from the one road that meets several
others by the connections, and from these by their links.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TypeAlias
from xml.etree.ElementTree import SubElement

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.links import Junction, RoadLink
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["junction_ends", "repair_direct_junctions"]

_Meeting: TypeAlias = dict[str, dict[str, list[tuple[int, int]]]]
"""Pairs of lanes that meet, by their two roads; each pair both ways."""


def repair_direct_junctions(parts: MapParts, repairs: Repairs) -> None:
    """Link roads that junctions join without a connecting road between them so that others find their way."""
    for element in parts.root.children("junction"):
        junction = parts.road_map.junctions[element.text("id")]
        if junction.kind != "virtual":
            _repair(parts, element, junction, repairs)


def junction_ends(road: Road, junction: Junction) -> list[bool]:
    """List the ends of a road (True: the last one) that lie at a junction."""
    links = ((True, road.successor), (False, road.predecessor))
    return [end for end, link in links if link is not None and link.kind == "junction" and link.id == junction.id]


def _repair(parts: MapParts, element: Element, junction: Junction, repairs: Repairs) -> None:
    meeting = _meeting(parts, junction)
    ends = {road: junction_ends(parts.roads[road].road, junction)[0] for road in meeting}
    alone = {road: next(iter(others)) for road, others in meeting.items() if len(others) == 1}
    for road, other in alone.items():
        _link_road(parts, road, ends[road], RoadLink("road", other, "end" if ends[other] else "start"), repairs)
        _link_lanes(parts, road, ends[road], meeting[road][other])
    stated = set()
    for child in list(element.children("connection")):
        incoming, linked = child.text("incomingRoad"), child.text("connectingRoad") or child.text("linkedRoad")
        stated.add((incoming, linked))
        if incoming in alone:
            repairs.remove(element, child, "its roads are linked as roads are")
    for road, others in meeting.items():
        for other in others:
            if road not in alone and (road, other) not in stated:
                repairs.note(element, f"a connection of road {road} to road {other} is added")
                roads = {"incomingRoad": road, "connectingRoad": other, "linkedRoad": other}
                contact = "end" if ends[other] else "start"
                made = SubElement(element.xml, "connection", {"id": "", **roads, "contactPoint": contact})
                for source, target in others[other]:
                    SubElement(made, "laneLink", {"from": str(source), "to": str(target)})


def _meeting(parts: MapParts, junction: Junction) -> _Meeting:
    found: _Meeting = defaultdict(dict)
    for connection in junction.connections:
        one, two = connection.incoming_road, connection.connecting_road
        if one == two or any(
            road not in parts.roads or len(junction_ends(parts.roads[road].road, junction)) != 1 for road in (one, two)
        ):
            continue
        for source, target in connection.lane_links:
            for road, other, pair in ((one, two, (source, target)), (two, one, (target, source))):
                pairs = found[road].setdefault(other, [])
                if pair not in pairs:
                    pairs.append(pair)
    return found


def _link_road(parts: MapParts, name: str, at_end: bool, link: RoadLink, repairs: Repairs) -> None:
    road_parts = parts.roads[name]
    which = "successor" if at_end else "predecessor"
    holder = road_parts.element.child("link")
    target = None if holder is None else holder.child(which)
    if target is None:
        return
    repairs.set(target, "elementType", "road")
    repairs.set(target, "elementId", link.id)
    repairs.set(target, "contactPoint", link.contact)
    old = road_parts.road
    road = replace(old, successor=link) if at_end else replace(old, predecessor=link)
    parts.roads[name] = replace(road_parts, road=road)


def _link_lanes(parts: MapParts, name: str, at_end: bool, pairs: list[tuple[int, int]]) -> None:
    which = "successor" if at_end else "predecessor"
    lanes = parts.roads[name].lanes[-1 if at_end else 0]
    for lane in lanes.values():
        for link in lane.children("link"):
            for target in list(link.children(which)):
                link.xml.remove(target.xml)
    for source, target_id in pairs:
        if source in lanes:
            holder = lanes[source].child("link")
            xml = SubElement(lanes[source].xml, "link") if holder is None else holder.xml
            SubElement(xml, which, {"id": str(target_id)})
