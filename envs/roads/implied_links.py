"""Implied links: where a junction's connection names no lanes, lanes of the same ids follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.links import Connection, Junction, RoadLink
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["ImpliedLink", "implied_links"]

Place: TypeAlias = tuple[str, int, int]
"""Road id, index of the lane section, lane id."""


class ImpliedLink(NamedTuple):
    """Two lanes that meet, the first with the end (or the start) of its section, along s."""

    one: Place
    other: Place
    at_end: bool


def implied_links(road_map: RoadMap) -> Iterator[ImpliedLink]:
    """Find the lanes that meet where connections have no ``laneLink``: into the connecting road, and out of it.

    Out of it, only if no lane there states a link.
    """
    roads = road_map.roads
    for junction in road_map.junctions.values():
        for connection in junction.connections:
            incoming, connecting = roads.get(connection.incoming_road), roads.get(connection.connecting_road)
            if connection.lane_links or incoming is None or connecting is None or junction.kind != "default":
                continue
            yield from _into(junction, connection, incoming, connecting)
            at_end = connection.contact == "start"  # the other one than that where it is entered
            link = connecting.successor if at_end else connecting.predecessor
            if link is not None and link.kind == "road" and link.id in roads:
                yield from _out(connecting, at_end, roads[link.id], link)


def _into(junction: Junction, connection: Connection, incoming: Road, connecting: Road) -> Iterator[ImpliedLink]:
    for at_end, link in ((True, incoming.successor), (False, incoming.predecessor)):
        if link is not None and link.kind == "junction" and link.id == junction.id:
            yield from _same_ids(incoming, at_end, connecting, connection.contact == "end")


def _out(connecting: Road, at_end: bool, outgoing: Road, link: RoadLink) -> Iterator[ImpliedLink]:
    contact_end = link.contact == "end"
    if not (_states_links(connecting, at_end) or _states_links(outgoing, contact_end)):
        yield from _same_ids(connecting, at_end, outgoing, contact_end)


def _states_links(road: Road, at_end: bool) -> bool:
    return any(lane.successors if at_end else lane.predecessors for lane in _edge(road, at_end).lanes)


def _edge(road: Road, at_end: bool) -> LaneSection:
    return road.sections[-1 if at_end else 0]


def _same_ids(one: Road, at_end: bool, other: Road, other_at_end: bool) -> Iterator[ImpliedLink]:
    """Pair lanes on the same side: by their ids, which change their sign where both roads begin, or end."""
    sign = -1 if at_end == other_at_end else 1
    here, there = _edge(one, at_end), _edge(other, other_at_end)
    for lane in here.lanes:
        if sign * lane.id in there.rows:
            yield ImpliedLink((one.id, here.index, lane.id), (other.id, there.index, sign * lane.id), at_end)
