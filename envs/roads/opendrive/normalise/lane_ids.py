"""Lane ids without gaps: from 1 outwards on the left, from -1 on the right, wherever they are named."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts, RoadParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs

__all__ = ["close_gaps"]

_Ids: TypeAlias = dict[tuple[str, int], dict[int, int]]
"""New ids by old ones, by road and index of the section; only where they differ."""


def close_gaps(parts: MapParts, repairs: Repairs) -> None:
    """Renumber lanes, and what refers to them."""
    ids: _Ids = {}
    for name, road_parts in parts.roads.items():
        for index, section in enumerate(road_parts.road.sections):
            new = _dense(section)
            if any(old != dense for old, dense in new.items()):
                ids[name, index] = new
    if not ids:
        return
    elements = {name: road_parts.lanes for name, road_parts in parts.roads.items()}
    for name, road_parts in parts.roads.items():
        for index, lanes in enumerate(elements[name]):
            for lane in lanes.values():
                _renumber_links(parts, road_parts, index, lane, ids, repairs)
        _renumber_validity(road_parts, ids, repairs)
    _renumber_junctions(parts, ids, repairs)
    for (name, index), new in ids.items():
        for old, lane in elements[name][index].items():
            repairs.set(lane, "id", str(new.get(old, old)))


def _dense(section: LaneSection) -> dict[int, int]:
    new = {}
    for side in (1, -1):
        own = sorted((lane.id for lane in section.lanes if lane.id * side > 0), key=abs)
        new.update({lane_id: side * (k + 1) for k, lane_id in enumerate(own)})
    return new


def _renumber_links(
    parts: MapParts, road_parts: RoadParts, index: int, lane: Element, ids: _Ids, repairs: Repairs
) -> None:
    for which, at_end in (("predecessor", False), ("successor", True)):
        beyond = parts.beyond(road_parts.road, index, at_end)
        if beyond is None:
            continue
        new = ids.get((beyond[0].id, beyond[1].index), {})
        for link in lane.children("link"):
            for target in link.children(which):
                _renumber(target, "id", new, repairs)


def _renumber_junctions(parts: MapParts, ids: _Ids, repairs: Repairs) -> None:
    for junction in parts.root.children("junction"):
        for connection in junction.children("connection"):
            incoming = parts.roads[connection.text("incomingRoad")].road
            connecting = parts.roads[connection.text("connectingRoad")].road
            at_end = incoming.successor is not None and incoming.successor.id == junction.text("id")
            source = ids.get((incoming.id, len(incoming.sections) - 1 if at_end else 0), {})
            ends = connection.text("contactPoint", "start") == "end"
            target = ids.get((connecting.id, len(connecting.sections) - 1 if ends else 0), {})
            for link in connection.children("laneLink"):
                _renumber(link, "from", source, repairs)
                _renumber(link, "to", target, repairs)


def _renumber_validity(road_parts: RoadParts, ids: _Ids, repairs: Repairs) -> None:
    """Renumber for which lanes signals and objects of a road hold."""
    starts = [section.start_s for section in road_parts.road.sections]
    for holder in ("signals", "objects"):
        for group in road_parts.element.children(holder):
            for element in group:
                s = float(element.text("s")) if element.is_number("s") and element.text("s") else 0.0
                index = max(int(np.searchsorted(starts, s, side="right")) - 1, 0)
                new = ids.get((road_parts.road.id, index), {})
                for validity in element.children("validity"):
                    _renumber(validity, "fromLane", new, repairs)
                    _renumber(validity, "toLane", new, repairs)


def _renumber(element: Element, name: str, new: dict[int, int], repairs: Repairs) -> None:
    try:
        old = int(element.xml.get(name, ""))
    except ValueError:
        return
    if new.get(old, old) != old:
        repairs.set(element, name, str(new[old]))
