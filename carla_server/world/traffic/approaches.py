"""Approaches: which light governs a vehicle, and how far it is to where it has to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.roads.lane_graph import LaneGraph, LaneKey, LaneNode, lane_graph
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.signals import SignalPlace, Signals
from wormdrive.envs.roads.point_location import PlaceIndex, Places

__all__ = ["REACH_M", "Approaches", "approaches"]

REACH_M: Final = 50.0
"""How far before a stop a light governs [m]."""
MOST_LANES: Final = 64
"""Lanes before one stop that are looked at."""


@dataclass(frozen=True)
class _Approach:
    """A lane before a stop: who drives on it has to go to ``station_m`` of the road and ``beyond_m`` farther."""

    light: int
    station_m: float
    beyond_m: float
    forward: bool


class Approaches:
    """The lanes before all lights.

    Attributes
    ----------
    stops:
        For each light where vehicles have to stop.
    """

    def __init__(self, lanes: dict[LaneKey, list[_Approach]], stops: tuple[tuple[Pose, ...], ...]) -> None:
        self._lanes = lanes
        self.stops = stops

    def find(self, index: PlaceIndex, places: Places) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Light (N,) and distance (N,) for each place; see ``TrafficLights.ahead``."""
        count = len(places.s_m)
        lights = np.full(count, -1, np.int64)
        distance = np.full(count, np.inf)
        if not self._lanes:
            return lights, distance
        for row in np.flatnonzero(places.on_driving_lane).tolist():
            for approach in self._lanes.get(index.lane_key(places, row), ()):
                s = float(places.s_m[row])
                left = approach.station_m - s if approach.forward else s - approach.station_m
                away = left + approach.beyond_m
                if left >= 0.0 and away <= REACH_M and away < distance[row]:
                    lights[row], distance[row] = approach.light, away
        return lights, distance


def approaches(road_map: RoadMap, signals: Signals, lights: list[str]) -> Approaches:
    """Find the lanes before all lights, which are given by the ids of their signals."""
    if not lights:
        return Approaches({}, ())
    graph = lane_graph(road_map)
    before: dict[LaneKey, list[LaneKey]] = {}
    for source, targets in graph.followers.items():
        for target in targets:
            before.setdefault(target, []).append(source)
    references: dict[str, list[SignalPlace]] = {}
    for place in signals.references:
        references.setdefault(place.signal, []).append(place)
    lanes: dict[LaneKey, list[_Approach]] = {}
    stops: list[tuple[Pose, ...]] = []
    for number, signal in enumerate(lights):
        found: dict[tuple[LaneKey, float], LaneNode] = {}
        others = references.get(signal, [])
        for place in (signals.signals[signal].place, *others):
            for node in _governed(graph, place, bool(others)):
                found[node.key, _station(node, place)] = node
        for (_, station), node in found.items():
            _walk(graph, before, node, station, number, lanes)
        stops.append(tuple(_stop(node, station) for (_, station), node in found.items()))
    return Approaches(lanes, tuple(stops))


def _governed(graph: LaneGraph, place: SignalPlace, referred: bool) -> list[LaneNode]:
    """Lanes for which a signal holds at one place. Lanes 0 to 0 mean none, if it holds elsewhere, otherwise all."""
    spans = [span for span in place.lanes if span != (0, 0)]
    if place.lanes and not spans and referred:
        return []
    governed = []
    for node in graph.nodes.values():
        if node.key.road != place.road or not node.section.start_s <= place.s_m <= node.section.end_s:
            continue
        if place.orientation != "none" and (place.orientation == "+") != node.forward:
            continue
        if not spans or any(low <= node.key.lane <= high for low, high in spans):
            governed.append(node)
    return governed


def _station(node: LaneNode, place: SignalPlace) -> float:
    """Where to stop: at the signal, or before the junction in which it stands."""
    if node.road.junction_id is None:
        return place.s_m
    return 0.0 if node.forward else node.road.length_m


def _stop(node: LaneNode, station: float) -> Pose:
    s = np.array([min(max(station, node.section.start_s), node.section.end_s)])
    points = node.road.lane_centre(node.section, node.lane, s)
    heading = np.arctan2(np.sin(points.heading_rad), np.cos(points.heading_rad))
    return Pose(float(points.x[0]), float(points.y[0]), float(points.z[0]), float(heading[0]))


def _walk(
    graph: LaneGraph,
    before: dict[LaneKey, list[LaneKey]],
    node: LaneNode,
    station: float,
    light: int,
    lanes: dict[LaneKey, list[_Approach]],
) -> None:
    """Note a stop for its lane and for those from which one comes to it."""
    entry = node.section.start_s if node.forward else node.section.end_s
    lanes.setdefault(node.key, []).append(_Approach(light, station, 0.0, node.forward))
    ready = [(key, abs(station - entry)) for key in before.get(node.key, ())]
    seen = {node.key}
    while ready and len(seen) < MOST_LANES:
        key, beyond = ready.pop(0)
        if key in seen or beyond > REACH_M:
            continue
        seen.add(key)
        one = graph.nodes[key]
        leave = one.section.end_s if one.forward else one.section.start_s
        lanes.setdefault(key, []).append(_Approach(light, leave, beyond, one.forward))
        ready += [(earlier, beyond + one.length_m) for earlier in before.get(key, ())]
