"""Links of roads and lanes: those that lead nowhere are removed."""

from __future__ import annotations

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.links import read_road_link
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts, RoadParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["repair_links"]

_ENDS = (("predecessor", False), ("successor", True))


def repair_links(parts: MapParts, repairs: Repairs) -> None:
    """Remove links to roads, junctions and lanes that are not there."""
    for road_parts in parts.roads.values():
        _repair_road(parts, road_parts.element, repairs)
        for index, lanes in enumerate(road_parts.lanes):
            for lane_id, lane in lanes.items():
                for link in lane.children("link"):
                    _repair_lane(parts, road_parts, index, lane_id, link, repairs)


def _repair_road(parts: MapParts, element: Element, repairs: Repairs) -> None:
    junctions = parts.road_map.junctions
    junction = element.text("junction", "-1")
    if element.xml.get("junction") is None or (junction != "-1" and junction not in junctions):
        repairs.set(element, "junction", "-1")
    link = element.child("link")
    if link is None:
        return
    for which, _ in _ENDS:
        for k, target in enumerate(list(link.children(which))):
            read = read_road_link(link, which)
            if k or read is None or read.id not in (parts.roads if read.kind == "road" else junctions):
                repairs.remove(link, target, "it leads nowhere, or is entered in its middle")


def _repair_lane(
    parts: MapParts, road_parts: RoadParts, index: int, lane_id: int, link: Element, repairs: Repairs
) -> None:
    for which, at_end in _ENDS:
        for target in list(link.children(which)):
            if lane_id == 0 and target.text("id") == "0":
                continue
            if lane_id == 0 or not _is_there(parts, road_parts.road, index, lane_id, at_end, target):
                repairs.remove(link, target, "it leads nowhere")


def _is_there(parts: MapParts, road: Road, index: int, lane_id: int, at_end: bool, target: Element) -> bool:
    try:
        wanted = int(target.xml.get("id", ""))
    except ValueError:
        return False
    edge = index + 1 == len(road.sections) if at_end else index == 0
    link = road.successor if at_end else road.predecessor
    if edge and link is not None and link.kind == "junction" and link.id in parts.road_map.junctions:
        return True  # the junction's connections say where it leads
    beyond = parts.beyond(road, index, at_end)
    if beyond is None or wanted not in beyond[1].rows:
        return False
    ahead = at_end == (lane_id < 0)
    return not (edge and ahead) or parts.is_met(beyond[0], wanted)
