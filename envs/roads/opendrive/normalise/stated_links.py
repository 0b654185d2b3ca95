"""Links of lanes stated where traffic leaves them: others look nowhere else.

A lane is linked if either of two states it. Others follow what a lane says about the end that its traffic comes to
(by its sign: right lanes run along s, left ones against it) and, into a junction, what connecting roads say about their
incoming ones.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element as XmlElement

from wormdrive.envs.roads.lane_graph import LaneKey, LaneNode, lane_graph
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs

__all__ = ["state_links"]


def state_links(parts: MapParts, repairs: Repairs) -> None:
    """Add the statements that are missing."""
    graph = lane_graph(parts.road_map)
    lanes = {name: road_parts.lanes for name, road_parts in parts.roads.items()}
    for key, after in graph.followers.items():
        for to in after:
            pair = _as_signs_say(graph.nodes[key], graph.nodes[to])
            if pair is not None:
                _state(parts, lanes, *pair, repairs)


def _as_signs_say(one: LaneNode, two: LaneNode) -> tuple[LaneKey, LaneKey] | None:
    """Which lane leads to which by their signs: on roads that keep to the left, the other way round; None if mixed."""
    along = [node.forward == (node.lane.id < 0) for node in (one, two)]
    if all(along):
        return one.key, two.key
    return None if any(along) else (two.key, one.key)


def _state(
    parts: MapParts, lanes: dict[str, list[dict[int, Element]]], one: LaneKey, two: LaneKey, repairs: Repairs
) -> None:
    at_end = one.lane < 0
    beyond = parts.beyond(parts.roads[one.road].road, one.section, at_end)
    if beyond is not None:
        within = beyond[0].id == two.road and beyond[1].index == two.section
        if within and (beyond[0].id == one.road or parts.is_met(beyond[0], two.lane)):
            _add(lanes[one.road][one.section][one.lane], "successor" if at_end else "predecessor", two.lane, repairs)
        return
    # into a junction
    to_start = two.lane < 0
    back = parts.beyond(parts.roads[two.road].road, two.section, not to_start)
    if back is not None and back[0].id == one.road and back[1].index == one.section:
        _add(lanes[two.road][two.section][two.lane], "predecessor" if to_start else "successor", one.lane, repairs)


def _add(lane: Element, which: str, lane_id: int, repairs: Repairs) -> None:
    link = lane.child("link")
    if link is not None and link.child(which) is not None:
        return
    if link is None:
        xml = XmlElement("link")
        lane.xml.insert(0, xml)
    else:
        xml = link.xml
    repairs.note(lane, f"{which} {lane_id} is stated, which only that lane did")
    xml.append(XmlElement(which, {"id": str(lane_id)}))
