"""Junctions: connections of roads and lanes that are there, in words, and by way of a connecting road."""

from __future__ import annotations

from collections import defaultdict
from xml.etree.ElementTree import SubElement

from wormdrive.envs.roads.implied_links import ImpliedLink, implied_links
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.links import Connection, Junction
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs
from wormdrive.envs.roads.opendrive.road import Road

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
    read = iter(junction.connections)
    for child in list(element.children("connection")):
        if not child.text("incomingRoad") or not (child.text("connectingRoad") or child.text("linkedRoad")):
            repairs.remove(element, child, "it names no incoming or no connecting road")
            continue
        connection = next(read)
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
        if junction.kind == "direct":
            _add_way_back(parts, element, junction, connection, links, repairs)


def _repair_lane_links(
    parts: MapParts, junction: Junction, element: Element, connection: Connection, repairs: Repairs
) -> list[tuple[int, int]]:
    incoming, connecting = (parts.roads[road].road for road in (connection.incoming_road, connection.connecting_road))
    sources = {lane for end in _ends(incoming, junction) for lane in incoming.sections[-1 if end else 0].rows}
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


def _ends(road: Road, junction: Junction) -> list[bool]:
    """Ends of a road (True: the last one) that lie at a junction."""
    links = ((True, road.successor), (False, road.predecessor))
    return [end for end, link in links if link is not None and link.kind == "junction" and link.id == junction.id]


def _add_way_back(
    parts: MapParts,
    element: Element,
    junction: Junction,
    connection: Connection,
    links: list[tuple[int, int]],
    repairs: Repairs,
) -> None:
    """State links of a direct junction in the direction of traffic, too, where the file states the other one."""
    incoming, connecting = (parts.roads[road].road for road in (connection.incoming_road, connection.connecting_road))
    ends = _ends(incoming, junction)
    if not ends or not _ends(connecting, junction):
        return
    back = [(target, source) for source, target in links if ends[0] == (source > 0) and parts.is_met(incoming, source)]
    stated = {
        pair
        for other in junction.connections
        if (other.incoming_road, other.connecting_road) == (connection.connecting_road, connection.incoming_road)
        for pair in other.lane_links
    }
    back = [pair for pair in back if pair not in stated]
    if not back:
        return
    repairs.note(element, f"a connection of road {connecting.id} to road {incoming.id} is added")
    roads = {"incomingRoad": connecting.id, "connectingRoad": incoming.id, "linkedRoad": incoming.id}
    made = SubElement(element.xml, "connection", {"id": "", **roads, "contactPoint": "end" if ends[0] else "start"})
    for source, target in back:
        SubElement(made, "laneLink", {"from": str(source), "to": str(target)})
