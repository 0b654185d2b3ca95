"""suburb: a small grid of streets with T and X junctions, kerbs and sidewalks, 30 and 50 km/h.

Streets end 16 m before the middle of a junction; connecting roads of one lane lead through it. Both turns use the
same bend, whose tangents are as long: its radius is some 12 m, so that the centre of the right turn's lane bends
with more than 10 m and that of the left turn's with more than 13 m.

        (0,2)---T---T-------(4,2)         rounded corners, no junction
          |     |   |         |
          T-----X---X---T-----T
          |     |   |   |     |
        (0,0)---T---T---T---(4,0)
"""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.maps.grid import Street, arms_at, connecting_roads, street_road
from wormdrive.envs.roads.maps.road_specs import JunctionConnection
from wormdrive.envs.roads.maps.xodr import to_xodr

__all__ = ["suburb"]

COLUMNS_M: Final = (0.0, 120.0, 245.0, 350.0, 480.0)
ROWS_M: Final = (0.0, 115.0, 220.0)

STREETS: Final = (
    Street(((0, 1), (0, 0), (1, 0)), 50.0),
    Street(((1, 0), (2, 0)), 50.0, 10.0),
    Street(((2, 0), (3, 0)), 50.0),
    Street(((3, 0), (4, 0), (4, 1)), 50.0),
    Street(((4, 1), (4, 2), (2, 2)), 50.0),
    Street(((2, 2), (1, 2)), 50.0, -12.0),
    Street(((1, 2), (0, 2), (0, 1)), 50.0),
    Street(((0, 1), (1, 1)), 30.0),
    Street(((1, 1), (2, 1)), 30.0),
    Street(((2, 1), (3, 1)), 30.0),
    Street(((3, 1), (4, 1)), 30.0, 14.0),
    Street(((1, 0), (1, 1)), 30.0),
    Street(((1, 1), (1, 2)), 30.0),
    Street(((2, 0), (2, 1)), 30.0, -9.0),
    Street(((2, 1), (2, 2)), 30.0),
    Street(((3, 0), (3, 1)), 30.0),
)


def suburb() -> str:
    """Write the map's OpenDRIVE text."""
    nodes = sorted({street.nodes[end] for street in STREETS for end in (0, -1)})
    places = {(c, r): (x, y) for c, x in enumerate(COLUMNS_M) for r, y in enumerate(ROWS_M)}
    ids = {node: 1000 + k for k, node in enumerate(nodes)}
    roads = [
        street_road(str(k), street, places, (ids[street.nodes[0]], ids[street.nodes[-1]]))
        for k, street in enumerate(STREETS)
    ]
    junctions: dict[str, list[JunctionConnection]] = {}
    for node, number in ids.items():
        arms = arms_at(node, STREETS, roads)
        connections = junctions[str(number)] = []
        for one in arms:
            for way, links in connecting_roads(len(roads), str(number), one, arms, 30.0):
                roads.append(way)
                connections.append(JunctionConnection(one.road, way.id, links))
    return to_xodr("suburb", roads, junctions)
