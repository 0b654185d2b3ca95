"""Junctions: connections of roads and lanes that are there, in words, and by way of a connecting road."""

from __future__ import annotations

from collections import defaultdict
from xml.etree.ElementTree import SubElement

from wormdrive.envs.roads.implied_links import ImpliedLink, implied_links
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.links import Connection, Junction, read_connection
from wormdrive.envs.roads.opendrive.normalise.direct_junctions import junction_ends
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs

__all__ = ["repair_junctions"]


def repair_junctions(parts: MapParts, repairs: Repairs) -> None:
    """Remove connections of what is not there, and write down those that are implied."""
    implied: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    connections = [connection for junction in parts.road_map.junctions.values() for connection in junction.connections]
    silent = {(each.incoming_road, each.connecting_road) for each in connections if not each.lane_links}
    for link in implied_links(parts.road_map):
        if not parts.is_met(parts.roads[link.other[0]].road, link.other[2]):
            continue
        if (link.one[0], link.other[0]) in silent:
            implied[link.one[0], link.other[0]].append((link.one[2], link.other[2]))
        else:
            _link_lane(parts, link, repairs)
    taken: set[str] = set()
    for element in list(parts.root.children("junction")):
        junction = parts.road_map.junctions[element.text("id")]
        if junction.id in taken:
            repairs.remove(parts.root, element, "its id is taken by an earlier junction")
            continue
        taken.add(junction.id)
        _repair_junction(parts, element, junction, implied, repairs)


def _link_lane(parts: MapParts, link: ImpliedLink, repairs: Repairs) -> None:
    """Link a lane of a connecting road with the one behind it."""
    road, section, lane_id = link.one
    lane = parts.roads[road].lanes[section][lane_id]
    holder = lane.child("link")
    xml = SubElement(lane.xml, "link") if holder is None else holder.xml
    repairs.note(lane, f"a link to lane {link.other[2]} is added")
    SubElement(xml, "successor" if link.at_end else "predecessor", {"id": str(link.other[2])})


def _repair_junction(
    parts: MapParts,
    element: Element,
    junction: Junction,
    implied: dict[tuple[str, str], list[tuple[int, int]]],
    repairs: Repairs,
) -> None:
    for child in list(element.children("connection")):
        if not child.text("incomingRoad") or not (child.text("connectingRoad") or child.text("linkedRoad")):
            repairs.remove(element, child, "it names no incoming or no connecting road")
            continue
        connection = read_connection(child)
        if connection.incoming_road not in parts.roads or connection.connecting_road not in parts.roads:
            repairs.remove(element, child, "it names a road that is not there")
            continue
        repairs.set(child, "connectingRoad", child.xml.get("connectingRoad") or connection.connecting_road)
        if child.xml.get("contactPoint") is not None:
            repairs.set(child, "contactPoint", connection.contact)
        links = _repair_lane_links(parts, junction, child, connection, repairs)
        if connection.lane_links and not links:
            repairs.remove(element, child, "none of its lanes is there")
        elif not connection.lane_links and junction.kind == "default":
            for source, target in implied[connection.incoming_road, connection.connecting_road]:
                repairs.note(child, f"laneLink from {source} to {target} is added")
                SubElement(child.xml, "laneLink", {"from": str(source), "to": str(target)})


def _repair_lane_links(
    parts: MapParts, junction: Junction, element: Element, connection: Connection, repairs: Repairs
) -> list[tuple[int, int]]:
    incoming, connecting = (parts.roads[road].road for road in (connection.incoming_road, connection.connecting_road))
    sources = {lane for end in junction_ends(incoming, junction) for lane in incoming.sections[-1 if end else 0].rows}
    met = connecting.sections[0 if connection.contact == "start" else -1]
    kept = []
    for link in list(element.children("laneLink")):
        try:
            source, target = int(link.xml.get("from", "")), int(link.xml.get("to", ""))
        except ValueError:
            source = target = 0
        if source in sources and target in met.rows and parts.is_met(connecting, target):
            kept.append((source, target))
        else:
            repairs.remove(element, link, "it names a lane that is not there")
    return kept
