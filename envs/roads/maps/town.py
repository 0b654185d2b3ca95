"""town: blocks of houses within a ring, a four-lane avenue, traffic lights, stop and yield signs, 30 and 50 km/h.

Lights stand along the avenue and at the middle of the street south of it (L); all other junctions have signs.

        (0,3)---T-----T-----T---(4,3)     rounded corners, no junction
          |     |     |     |     |
          L=====L=====L=====L=====L       avenue
          |     |     |     |     |
          T-----X-----L-----X-----T
          |     |     |     |     |
        (0,0)---T-----T-----T---(4,0)
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.roads.maps.grid import LANE_M, Arm, Node, Street, arms_at, connecting_roads, street_road
from wormdrive.envs.roads.maps.houses import with_houses
from wormdrive.envs.roads.maps.road_specs import ControllerSpec, JunctionConnection, RoadSpec
from wormdrive.envs.roads.maps.signposts import put_crosswalk, put_light, put_limit, put_sign, turns_of
from wormdrive.envs.roads.maps.xodr import to_xodr

__all__ = ["town"]

COLUMNS_M: Final = (0.0, 150.0, 290.0, 440.0, 600.0)
ROWS_M: Final = (0.0, 125.0, 270.0, 400.0)
AVENUE_ROW: Final = 2
LIGHTS: Final = (*((column, AVENUE_ROW) for column in range(5)), (2, 1))
ARM_M: Final = 16.0
PAVEMENT_M: Final = 2.3
RING_KMH, STREET_KMH, WAY_KMH = 50.0, 30.0, 30.0


def _streets() -> tuple[Street, ...]:
    ring: list[tuple[Node, ...]] = [
        ((0, 1), (0, 0), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (3, 0)), ((3, 0), (4, 0), (4, 1)), ((4, 1), (4, 2)),
        ((4, 2), (4, 3), (3, 3)), ((3, 3), (2, 3)), ((2, 3), (1, 3)), ((1, 3), (0, 3), (0, 2)), ((0, 2), (0, 1)),
    ]  # fmt: skip
    streets = [Street(nodes, RING_KMH, _WINDING.get(nodes, 0.0), 1, _arms_m(nodes), PAVEMENT_M) for nodes in ring]
    for column in range(4):
        nodes = ((column, AVENUE_ROW), (column + 1, AVENUE_ROW))
        streets.append(Street(nodes, RING_KMH, 0.0, 2, (ARM_M, ARM_M), PAVEMENT_M))
    inner = [((column, 1), (column + 1, 1)) for column in range(4)]
    inner += [((column, row), (column, row + 1)) for column in (1, 2, 3) for row in range(3)]
    streets += [Street(nodes, STREET_KMH, _WINDING.get(nodes, 0.0), 1, _arms_m(nodes), PAVEMENT_M) for nodes in inner]
    return tuple(streets)


_WINDING: Final[dict[tuple[Node, ...], float]] = {
    ((1, 0), (2, 0)): 10.0,
    ((3, 3), (2, 3)): -11.0,
    ((0, 1), (1, 1)): -12.0,
    ((3, 1), (4, 1)): 13.0,
    ((1, 0), (1, 1)): 6.0,
    ((3, 2), (3, 3)): -7.0,
}
"""Streets that swing to one side and back [deg]."""


def _arms_m(nodes: tuple[Node, ...]) -> tuple[float, float]:
    """Return room for the avenue's second lanes where a street meets it."""
    first, last = (ARM_M + (LANE_M if node[1] == AVENUE_ROW else 0.0) for node in (nodes[0], nodes[-1]))
    return first, last


def town() -> str:
    """Write the map's OpenDRIVE text."""
    streets = _streets()
    nodes = sorted({street.nodes[end] for street in streets for end in (0, -1)})
    places = {(c, r): (x, y) for c, x in enumerate(COLUMNS_M) for r, y in enumerate(ROWS_M)}
    ids = {node: 1000 + k for k, node in enumerate(nodes)}
    roads = [
        street_road(str(k), street, places, (ids[street.nodes[0]], ids[street.nodes[-1]]))
        for k, street in enumerate(streets)
    ]
    controllers: list[ControllerSpec] = []
    junctions: dict[str, list[JunctionConnection]] = {}
    for node, number in ids.items():
        junction = str(number)
        arms = arms_at(node, streets, roads)
        junctions[junction] = []
        for one in arms:
            for way, links in connecting_roads(len(roads), junction, one, arms, WAY_KMH):
                roads.append(way)
                junctions[junction].append(JunctionConnection(one.road, way.id, links))
        controllers += _furnish(node, junction, arms, roads)
    return to_xodr("town", with_houses(roads, _flats_along, seed=1), junctions, tuple(controllers))


def _furnish(node: Node, junction: str, arms: list[Arm], roads: list[RoadSpec]) -> list[ControllerSpec]:
    """Put up lights or signs at a junction, in ``roads``, and return the lights' controllers."""
    signals = [str(int(junction) * 10 + k) for k in range(len(arms))]
    for k, arm in enumerate(arms):
        at = int(arm.road)
        roads[at] = put_limit(roads[at], arm, f"{signals[k]}5")
        if node in LIGHTS:
            roads[at] = put_light(roads[at], arm, signals[k])
            roads[at] = put_crosswalk(roads[at], arm, signals[k])
        elif kind := _sign(arm, arms):
            roads[at] = put_sign(roads[at], arm, signals[k], kind)
    return turns_of(junction, arms, signals, int(junction) * 2) if node in LIGHTS else []


def _sign(arm: Arm, arms: list[Arm]) -> str:
    """Who comes from a street that ends yields; where two cross, who comes from north or south stops."""
    if len(arms) == 3:
        ends = all(math.cos(other.pose.heading_rad - arm.pose.heading_rad) > -0.7 for other in arms)
        return "205" if ends else ""
    return "206" if abs(math.sin(arm.pose.heading_rad)) > 0.7 else ""


def _flats_along(road: RoadSpec) -> bool:
    """Whether flats stand along a road, rather than houses."""
    return sum(lane.kind == "driving" for lane in road.sections[0].lanes) == 4
