"""suburb: a small grid of streets with T and X junctions, kerbs and sidewalks, 30 and 50 km/h.

Streets end ``ARM_M`` before the middle of a junction; connecting roads of one lane lead through it. Both turns use the
same bend, whose tangents are ``ARM_M`` long: its radius is some 12 m, so that the centre of the right turn's lane bends
with more than 10 m and that of the left turn's with more than 13 m.

        (0,2)---T---T-------(4,2)         rounded corners, no junction
          |     |   |         |
          T-----X---X---T-----T
          |     |   |   |     |
        (0,0)---T---T---T---(4,0)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wormdrive.envs.roads.maps.alignment import Bend, Pose, Straight, lay_out
from wormdrive.envs.roads.maps.xodr import JunctionConnection, LaneSpec, MarkSpec, RoadSpec, SectionSpec, to_xodr

__all__ = ["suburb"]

ARM_M: Final = 16.0
COLUMNS_M: Final = (0.0, 120.0, 245.0, 350.0, 480.0)
ROWS_M: Final = (0.0, 115.0, 220.0)
CORNER: Final = Bend(90.0, 20.0, 14.0)
LANE_M: Final = 3.25
CENTRE: Final = MarkSpec("broken", 0.12, dash_m=3.0, space_m=3.0)
CURB: Final = MarkSpec("curb", 0.15)


@dataclass(frozen=True)
class Street:
    """From junction to junction over grid nodes (column, row); ``winding_deg`` makes it swing to one side and back."""

    nodes: tuple[tuple[int, int], ...]
    limit_kmh: float
    winding_deg: float = 0.0


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


@dataclass(frozen=True)
class Arm:
    """A street's end at a junction: its pose there, headed into the junction."""

    road: str
    contact: str
    pose: Pose

    @property
    def lane_in(self) -> int:
        """Lane on which traffic comes in."""
        return -1 if self.contact == "end" else 1

    @property
    def lane_out(self) -> int:
        """Lane on which traffic leaves."""
        return -self.lane_in


def suburb() -> str:
    """Write the map's OpenDRIVE text."""
    ids = {node: str(1000 + k) for k, node in enumerate(_junction_nodes())}
    roads = [_street(str(k), street, ids) for k, street in enumerate(STREETS)]
    junctions: dict[str, list[JunctionConnection]] = {}
    for node, junction in ids.items():
        arms = _arms(node, roads)
        junctions[junction] = []
        for one in arms:
            for other in arms:
                if one is not other:
                    road = _connecting(str(len(roads)), junction, one, other, arms)
                    roads.append(road)
                    links = ((one.lane_in, -1),)
                    junctions[junction].append(JunctionConnection(one.road, road.id, links))
    return to_xodr("suburb", roads, junctions)


def _junction_nodes() -> list[tuple[int, int]]:
    return sorted({street.nodes[end] for street in STREETS for end in (0, -1)})


def _at(node: tuple[int, int]) -> tuple[float, float]:
    return COLUMNS_M[node[0]], ROWS_M[node[1]]


def _street(road_id: str, street: Street, junctions: dict[tuple[int, int], str]) -> RoadSpec:
    points = [_at(node) for node in street.nodes]
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(points)]
    tangent = _tangent_m(CORNER)
    elements: list[Straight | Bend] = []
    for k, heading in enumerate(headings):
        length = math.dist(points[k], points[k + 1])
        length -= ARM_M if k == 0 else tangent
        length -= ARM_M if k == len(headings) - 1 else tangent
        elements.extend(_run(length, street.winding_deg))
        if k < len(headings) - 1:
            turn = math.degrees(math.remainder(headings[k + 1] - heading, math.tau))
            elements.append(Bend(turn, CORNER.radius_m, CORNER.transition_m))
    start = Pose(
        points[0][0] + ARM_M * math.cos(headings[0]), points[0][1] + ARM_M * math.sin(headings[0]), headings[0]
    )
    lanes = tuple(
        LaneSpec(side * k, kind, width, mark, before=side * k, after=side * k)
        for side in (1, -1)
        for k, kind, width, mark in ((1, "driving", LANE_M, CURB), (2, "curb", 0.2, None), (3, "sidewalk", 1.8, None))
    )
    return RoadSpec(
        id=road_id,
        name=f"street {road_id}",
        kind="town",
        limit_kmh=street.limit_kmh,
        geometries=tuple(lay_out(elements, start)),
        sections=(SectionSpec(0.0, lanes, CENTRE),),
        predecessor=("junction", junctions[street.nodes[0]], ""),
        successor=("junction", junctions[street.nodes[-1]], ""),
    )


def _run(length: float, winding_deg: float) -> list[Straight | Bend]:
    """Straight on, or swinging to one side and back with the same two ends."""
    if winding_deg == 0.0:
        return [Straight(length)]
    winding = [Bend(winding_deg, 45.0, 10.0), Bend(-2.0 * winding_deg, 45.0, 10.0), Bend(winding_deg, 45.0, 10.0)]
    taken = lay_out([*winding], Pose())[-1].end().x
    if taken > length:
        raise ValueError(f"{length:.1f} m of street are too short to swing by {winding_deg} degrees in {taken:.1f} m")
    rest = Straight(0.5 * (length - taken))
    return [rest, *winding, rest]


def _tangent_m(bend: Bend) -> float:
    """Distance from a right-angled bend's ends to the corner."""
    return lay_out([bend], Pose())[-1].end().x


def _arms(node: tuple[int, int], roads: list[RoadSpec]) -> list[Arm]:
    arms = []
    for street, road in zip(STREETS, roads, strict=False):
        first, last = road.geometries[0].pose, road.geometries[-1].end()
        if street.nodes[0] == node:
            arms.append(Arm(road.id, "start", Pose(first.x, first.y, first.heading_rad + math.pi)))
        if street.nodes[-1] == node:
            arms.append(Arm(road.id, "end", last))
    return arms


def _connecting(road_id: str, junction: str, one: Arm, other: Arm, arms: list[Arm]) -> RoadSpec:
    """Lay the way from one arm to another: one lane, with a sidewalk where no street opens to its right."""
    turn = round(math.degrees(math.remainder(other.pose.heading_rad + math.pi - one.pose.heading_rad, math.tau)))
    unit = Bend(90.0, 1.0, 0.6)
    radius = ARM_M / _tangent_m(unit)
    elements: list[Straight | Bend] = [Straight(2.0 * ARM_M)] if turn == 0 else [Bend(turn, radius, 0.6 * radius)]
    right = one.pose.heading_rad - 0.5 * math.pi
    open_right = any(math.cos(arm.pose.heading_rad + math.pi - right) > 0.9 for arm in arms)
    lanes = [LaneSpec(-1, "driving", LANE_M, before=one.lane_in, after=other.lane_out)]
    if turn < 0 or (turn == 0 and not open_right):
        for k, kind, width in ((2, "curb", 0.2), (3, "sidewalk", 1.8)):
            lanes.append(LaneSpec(-k, kind, width, before=k * one.lane_in, after=k * other.lane_out))
    return RoadSpec(
        id=road_id,
        name=f"way {road_id}",
        kind="town",
        limit_kmh=30.0,
        geometries=tuple(lay_out(elements, one.pose)),
        sections=(SectionSpec(0.0, tuple(lanes)),),
        predecessor=("road", one.road, one.contact),
        successor=("road", other.road, other.contact),
        junction=junction,
    )
