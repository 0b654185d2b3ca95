"""Which lane leads to which: the directed graph of all drivable lanes of a map.

A node is one lane in one lane section. An edge joins it to a lane that goes on where it ends in its direction of
travel: in the next section, on the next road, or on a connecting road of a junction. Files state links in several
places (successors, predecessors, laneLinks of connections); any of them makes an edge, provided that the two lanes
really meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.implied_links import implied_links
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.limits import MAX_PROBLEMS
from wormdrive.envs.roads.opendrive.once_per_map import once_per_map
from wormdrive.envs.roads.opendrive.road import LanePoints, Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.section_stack import stack_sections

__all__ = ["LaneGraph", "LaneKey", "LaneNode", "lane_graph"]

MAX_GAP_M: Final = 1.0
"""Lanes that end farther apart than this do not meet."""
MAX_KINK_RAD: Final = 0.6
"""Lanes that turn by more than this where they meet do not follow one another."""
MIN_WIDTH_M: Final = 2.0
"""Narrower lanes, such as the ends of tapers, are not driven while there are others."""


Array = NDArray[np.float64]


class LaneKey(NamedTuple):
    """Names a lane: road id, index of the lane section, lane id."""

    road: str
    section: int
    lane: int


@dataclass(frozen=True, eq=False)
class LaneNode:
    """A drivable lane in one section.

    Attributes
    ----------
    forward:
        Whether traffic runs along s.
    ends:
        The lane's centre where traffic enters and leaves it (2 points).
    length_m:
        Of the centre, approximately.
    narrowest_m:
        Least width met at a few stations.
    """

    key: LaneKey
    road: Road
    section: LaneSection
    lane: Lane
    forward: bool
    ends: LanePoints
    length_m: float
    narrowest_m: float


class LaneGraph:
    """All drivable lanes of a map and how they follow one another.

    Attributes
    ----------
    nodes:
        By key, in the file's order.
    followers:
        Nodes that go on where a node ends; those that do not meet it are left out.
    problems:
        Links that are left out, in words.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self.map_name = road_map.name
        self._roads = road_map.roads
        self.nodes: dict[LaneKey, LaneNode] = {}
        for node in _nodes(road_map):
            self.nodes[node.key] = node
        edges: dict[LaneKey, dict[LaneKey, None]] = {key: {} for key in self.nodes}
        apart: dict[str, None] = {}
        stated = [pair for pair in self._stated(road_map) if pair[0] in edges and pair[1] in edges]
        gaps, turns = _gaps([(self.nodes[source], self.nodes[target]) for source, target in stated])
        for (source, target), gap, turn in zip(stated, gaps, turns, strict=True):
            if gap <= MAX_GAP_M and turn <= MAX_KINK_RAD:
                edges[source][target] = None
            elif len(apart) < MAX_PROBLEMS and not (_both_ways(source, self.nodes) or _both_ways(target, self.nodes)):
                apart[_complaint(source, target, gap, turn)] = None
        self.problems: tuple[str, ...] = tuple(apart)
        self.followers: dict[LaneKey, tuple[LaneKey, ...]] = {key: tuple(targets) for key, targets in edges.items()}

    def _stated(self, road_map: RoadMap) -> Iterator[tuple[LaneKey, LaneKey]]:
        """Every link that the file states or implies, in the direction of travel of the lane that it starts from."""
        for node in self.nodes.values():
            for at_end, ids in ((True, node.lane.successors), (False, node.lane.predecessors)):
                for other in self._beyond(node, at_end, ids):
                    # what lies beyond the end where traffic leaves follows; what lies beyond the other one leads here
                    yield (node.key, other) if at_end == node.forward else (other, node.key)
        for junction in road_map.junctions.values():
            for connection in junction.connections:
                incoming = self._roads.get(connection.incoming_road)
                connecting = self._roads.get(connection.connecting_road)
                if incoming is None or connecting is None:
                    continue
                section = 0 if connection.contact == "start" else len(connecting.sections) - 1
                for at_end, link in ((True, incoming.successor), (False, incoming.predecessor)):
                    if link is None or link.kind != "junction" or link.id != junction.id:
                        continue
                    edge = len(incoming.sections) - 1 if at_end else 0
                    for source, target in connection.lane_links:
                        one = LaneKey(incoming.id, edge, source)
                        two = LaneKey(connecting.id, section, target)
                        node_one = self.nodes.get(one)
                        if node_one is not None:
                            yield (one, two) if node_one.forward == at_end else (two, one)
        for implied in implied_links(road_map):
            one, two = LaneKey(*implied.one), LaneKey(*implied.other)
            if one in self.nodes:
                yield (one, two) if self.nodes[one].forward == implied.at_end else (two, one)

    def _beyond(self, node: LaneNode, at_end: bool, ids: tuple[int, ...]) -> Iterator[LaneKey]:
        """Keys of linked lanes at one end of a node's section."""
        section = node.section.index + (1 if at_end else -1)
        if 0 <= section < len(node.road.sections):
            yield from (LaneKey(node.road.id, section, lane) for lane in ids)
            return
        link = node.road.successor if at_end else node.road.predecessor
        if link is None or link.kind != "road" or link.id not in self._roads:
            return
        other = self._roads[link.id]
        section = 0 if link.contact == "start" else len(other.sections) - 1
        yield from (LaneKey(other.id, section, lane) for lane in ids)

    @cached_property
    def drivable(self) -> frozenset[LaneKey]:
        """Nodes wide enough to be driven; all nodes where none is."""
        wide = frozenset(key for key, node in self.nodes.items() if node.narrowest_m >= MIN_WIDTH_M)
        return wide or frozenset(self.nodes)

    @cached_property
    def reach_m(self) -> dict[LaneKey, float]:
        """How far one can drive from the start of each node; infinite where a loop can be reached.

        Nodes are taken off from the dead ends backwards; those that stay can go round for ever.
        """
        allowed = self.drivable
        ahead = {key: [t for t in self.followers[key] if t in allowed] for key in self.nodes if key in allowed}
        leaders: dict[LaneKey, list[LaneKey]] = {key: [] for key in ahead}
        for key, targets in ahead.items():
            for target in targets:
                leaders[target].append(key)
        unsettled = {key: len(targets) for key, targets in ahead.items()}
        reach = dict.fromkeys(ahead, float("inf"))
        ready = [key for key, count in unsettled.items() if count == 0]
        while ready:
            key = ready.pop()
            reach[key] = self.nodes[key].length_m + max((reach[target] for target in ahead[key]), default=0.0)
            for leader in leaders[key]:
                unsettled[leader] -= 1
                if unsettled[leader] == 0:
                    ready.append(leader)
        return reach


@once_per_map
def lane_graph(road_map: RoadMap) -> LaneGraph:
    """Build the map's lane graph, once."""
    return LaneGraph(road_map)


def _nodes(road_map: RoadMap) -> list[LaneNode]:
    """Make the nodes of a map, in the file's order."""
    pairs = [
        (road, section)
        for road in road_map.roads.values()
        for section in road.sections
        if any(lane.drivable for lane in section.lanes)
    ]
    found: list[list[LaneNode]] = [[] for _ in pairs]
    for stack, numbers in stack_sections(pairs, _samples):
        for row in range(len(stack.members[0][1].lanes)):
            if not any(section.lanes[row].drivable for _, section in stack.members):
                continue
            forward = stack.travel(row) > 0
            points = stack.centre(row)
            length = np.hypot(np.diff(points.x), np.diff(points.y)).sum(axis=1).tolist()
            narrowest = points.width_m.min(axis=1).tolist()
            ends = [values[:, [0, -1] if forward else [-1, 0]] for values in vars(points).values()]
            for k, (road, section) in enumerate(stack.members):
                lane = section.lanes[row]
                if lane.drivable:
                    key = LaneKey(road.id, section.index, lane.id)
                    mine = LanePoints(*[values[k] for values in ends])
                    node = LaneNode(key, road, section, lane, forward, mine, length[k], narrowest[k])
                    found[numbers[k]].append(node)
    return [node for nodes in found for node in nodes]


def _samples(section: LaneSection) -> int:
    """How many stations along a section tell a lane's length and least width."""
    return int(min(max(section.length_m / 10.0, 4), 64)) + 1


def _both_ways(key: LaneKey, nodes: dict[LaneKey, LaneNode]) -> bool:
    """Whether traffic runs both ways: links against the one that we take are no fault."""
    lane = nodes[key].lane
    return lane.kind == "bidirectional" or lane.direction == "both"


def _gaps(pairs: list[tuple[LaneNode, LaneNode]]) -> tuple[list[float], list[float]]:
    """Distances [m] and turns [rad] from one lane's end to the other's start."""
    out = _places([source.ends for source, _ in pairs], 1)
    into = _places([target.ends for _, target in pairs], 0)
    x, y, z, turn = (out - into).T
    gap = np.sqrt(x**2 + y**2 + z**2)
    return gap.tolist(), np.arccos(np.clip(np.cos(turn), -1.0, 1.0)).tolist()


def _places(ends: list[LanePoints], end: int) -> Array:
    """Rows of x, y, z, heading at one of the ends."""
    return np.array([[p.x[end], p.y[end], p.z[end], p.heading_rad[end]] for p in ends]).reshape(-1, 4)


def _complaint(one: LaneKey, two: LaneKey, gap: float, turn: float) -> str:
    return (
        f"road {one.road}, section {one.section}, lane {one.lane}: linked with road {two.road}, section {two.section}, "
        f"lane {two.lane}, which begins {gap:.2f} m away, turned by {np.degrees(turn):.0f} degrees"
    )
