"""Grid: streets between junctions, and the ways through junctions, lane by lane.

Streets end some way before the middle of a junction; connecting roads lead through it. Straight on there is one for
all lanes; both turns have one lane and bend with a tangent as long as the shorter of their two arms allows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, lay_out
from wormdrive.envs.roads.maps.road_specs import LaneSpec, MarkSpec, RoadSpec, SectionSpec

__all__ = ["KERB_M", "LANE_M", "Arm", "Node", "Street", "arms_at", "connecting_roads", "street_road"]

LANE_M: Final = 3.25
KERB_M: Final = 0.2
_CORNER: Final = Bend(90.0, 20.0, 14.0)
_DASHES: Final = MarkSpec("broken", 0.12, dash_m=3.0, space_m=3.0)
_CENTRE_OF_FOUR: Final = MarkSpec("solid", 0.15)
_KERB: Final = MarkSpec("curb", 0.15)

Node = tuple[int, int]


@dataclass(frozen=True)
class Street:
    """From junction to junction over grid nodes (column, row); ``winding_deg`` makes it swing to one side and back.

    ``lanes`` is how many each direction has; ``arms_m`` how far before the middle of the junctions it ends.
    """

    nodes: tuple[Node, ...]
    limit_kmh: float
    winding_deg: float = 0.0
    lanes: int = 1
    arms_m: tuple[float, float] = (16.0, 16.0)
    pavement_m: float = 1.8


@dataclass(frozen=True)
class Arm:
    """A street's end at a junction: its pose there, headed into the junction."""

    road: str
    contact: str
    pose: PlanPose
    lanes: int
    pavement_m: float

    @property
    def side(self) -> int:
        """Sign of the lanes on which traffic comes in."""
        return -1 if self.contact == "end" else 1


def street_road(road_id: str, street: Street, places_m: dict[Node, tuple[float, float]], ends: Node) -> RoadSpec:
    """Lay out a street; ``ends`` are the ids of its junctions."""
    points = [places_m[node] for node in street.nodes]
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(points)]
    tangent = lay_out([_CORNER], PlanPose())[-1].end().x
    elements: list[Straight | Bend] = []
    for k, heading in enumerate(headings):
        length = math.dist(points[k], points[k + 1])
        length -= street.arms_m[0] if k == 0 else tangent
        length -= street.arms_m[1] if k == len(headings) - 1 else tangent
        elements.extend(_run(length, street.winding_deg))
        if k < len(headings) - 1:
            turn = math.degrees(math.remainder(headings[k + 1] - heading, math.tau))
            elements.append(Bend(turn, _CORNER.radius_m, _CORNER.transition_m))
    start = PlanPose(
        points[0][0] + street.arms_m[0] * math.cos(headings[0]),
        points[0][1] + street.arms_m[0] * math.sin(headings[0]),
        headings[0],
    )
    lanes = []
    for side in (1, -1):
        for k in range(1, street.lanes + 1):
            mark = _KERB if k == street.lanes else _DASHES
            lanes.append(LaneSpec(side * k, "driving", LANE_M, mark, before=side * k, after=side * k))
        for lane, kind, width in _beside(street.lanes, street.pavement_m):
            lanes.append(LaneSpec(side * lane, kind, width, before=side * lane, after=side * lane))
    return RoadSpec(
        id=road_id,
        name=f"street {road_id}",
        kind="town",
        limit_kmh=street.limit_kmh,
        geometries=tuple(lay_out(elements, start)),
        sections=(SectionSpec(0.0, tuple(lanes), _DASHES if street.lanes == 1 else _CENTRE_OF_FOUR),),
        predecessor=("junction", str(ends[0]), ""),
        successor=("junction", str(ends[1]), ""),
    )


def _beside(lanes: int, pavement_m: float) -> tuple[tuple[int, str, float], ...]:
    return (lanes + 1, "curb", KERB_M), (lanes + 2, "sidewalk", pavement_m)


def _run(length: float, winding_deg: float) -> list[Straight | Bend]:
    """Straight on, or swinging to one side and back with the same two ends."""
    if winding_deg == 0.0:
        return [Straight(length)]
    winding = [Bend(winding_deg, 45.0, 10.0), Bend(-2.0 * winding_deg, 45.0, 10.0), Bend(winding_deg, 45.0, 10.0)]
    taken = lay_out([*winding], PlanPose())[-1].end().x
    if taken > length:
        raise ValueError(f"{length:.1f} m of street are too short to swing by {winding_deg} degrees in {taken:.1f} m")
    rest = Straight(0.5 * (length - taken))
    return [rest, *winding, rest]


def arms_at(node: Node, streets: tuple[Street, ...], roads: list[RoadSpec]) -> list[Arm]:
    """List the streets' ends at a junction; ``roads`` begins with those of ``streets``."""
    arms = []
    for street, road in zip(streets, roads, strict=False):
        first, last = road.geometries[0].pose, road.geometries[-1].end()
        if street.nodes[0] == node:
            back = PlanPose(first.x, first.y, first.heading_rad + math.pi)
            arms.append(Arm(road.id, "start", back, street.lanes, street.pavement_m))
        if street.nodes[-1] == node:
            arms.append(Arm(road.id, "end", last, street.lanes, street.pavement_m))
    return arms


def connecting_roads(
    first_id: int, junction: str, one: Arm, arms: list[Arm], limit_kmh: float
) -> list[tuple[RoadSpec, tuple[tuple[int, int], ...]]]:
    """Lay the ways from one arm to all others: roads, and the pairs of lanes that lead into each of them."""
    ways: list[tuple[RoadSpec, tuple[tuple[int, int], ...]]] = []
    for other in arms:
        if other is not one:
            ways.append(_way(str(first_id + len(ways)), junction, one, other, arms, limit_kmh))
    return ways


def _way(
    road_id: str, junction: str, one: Arm, other: Arm, arms: list[Arm], limit_kmh: float
) -> tuple[RoadSpec, tuple[tuple[int, int], ...]]:
    """Lay a way: straight on all lanes, to the right the outermost, to the left the innermost.

    It has a pavement where there is no street to its right.
    """
    out = PlanPose(other.pose.x, other.pose.y, other.pose.heading_rad + math.pi)
    turn = round(math.degrees(math.remainder(out.heading_rad - one.pose.heading_rad, math.tau)))
    right = one.pose.heading_rad - 0.5 * math.pi
    open_right = any(math.cos(arm.pose.heading_rad + math.pi - right) > 0.9 for arm in arms)
    lanes_in = lanes_out = list(range(1, min(one.lanes, other.lanes) + 1))
    start = one.pose
    if turn < 0:
        lanes_in, lanes_out = [one.lanes], [other.lanes]
        start, out = _beside_lanes(start, one.lanes - 1), _beside_lanes(out, other.lanes - 1)
    elif turn > 0:
        lanes_in = lanes_out = [1]
    elements: list[Straight | Bend]
    if turn == 0:
        elements = [Straight(math.hypot(out.x - start.x, out.y - start.y))]
    else:
        before, after = _to_crossing(start, out)
        least = min(before, after)
        unit = Bend(90.0, 1.0, 0.6)
        radius = least / lay_out([unit], PlanPose())[-1].end().x
        elements = [Straight(before - least), Bend(turn, radius, 0.6 * radius), Straight(after - least)]
    links = [(one.side * k, -n) for n, k in enumerate(lanes_in, 1)]
    lanes = [
        LaneSpec(-n, "driving", LANE_M, None, before=one.side * k, after=-other.side * m)
        for n, (k, m) in enumerate(zip(lanes_in, lanes_out, strict=True), 1)
    ]
    if len(lanes) == 2:
        lanes[0] = LaneSpec(-1, "driving", LANE_M, _DASHES, lanes[0].before, lanes[0].after)
    if turn < 0 or (turn == 0 and not open_right):
        theirs = zip(*(_beside(n, one.pavement_m) for n in (len(lanes), one.lanes, other.lanes)), strict=True)
        for (k, kind, width), (source, _, _), (target, _, _) in theirs:
            lanes.append(LaneSpec(-k, kind, width, before=one.side * source, after=-other.side * target))
    road = RoadSpec(
        id=road_id,
        name=f"way {road_id}",
        kind="town",
        limit_kmh=limit_kmh,
        geometries=tuple(lay_out(elements, start)),
        sections=(SectionSpec(0.0, tuple(lanes)),),
        predecessor=("road", one.road, one.contact),
        successor=("road", other.road, other.contact),
        junction=junction,
    )
    return road, tuple(links)


def _beside_lanes(pose: PlanPose, count: int) -> PlanPose:
    """Move a pose to the right by so many lanes."""
    heading, aside = pose.heading_rad, count * LANE_M
    return PlanPose(pose.x + aside * math.sin(heading), pose.y - aside * math.cos(heading), heading)


def _to_crossing(start: PlanPose, out: PlanPose) -> tuple[float, float]:
    """How far it is from a start to where the lines through both poses, which are at right angles, cross; and on."""
    dx, dy = out.x - start.x, out.y - start.y
    return (
        dx * math.cos(start.heading_rad) + dy * math.sin(start.heading_rad),
        dx * math.cos(out.heading_rad) + dy * math.sin(out.heading_rad),
    )
