"""Where vehicles can begin: spread over all driving lanes, headed with the traffic."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.roads.lane_graph import LaneNode, lane_graph
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["spawn_points"]

SPACING_M: Final = 30.0
"""From one to the next on a lane, at most [m]."""
MARGIN_M: Final = 6.0
"""From the ends of a lane [m]."""
HEADROOM_M: Final = 25.0
"""Road ahead, the lanes that follow included [m]."""
SHORTEST_M: Final = 8.0
"""Shorter stretches get none, if any is longer."""
MOST: Final = 1000
"""Points on one map, fewer than the actors that a server allows; they are taken evenly from all that there are."""
ROOM_M: Final = (8.5, 2.93, 4.0)
"""Length, width and height kept free at each point [m]: a fire engine's, so that anything but a bus wider than its lane
fits at all points at once. Where lanes split and join, points without room are left out."""
_REACH_M: Final = math.hypot(ROOM_M[0], ROOM_M[1])


def spawn_points(road_map: RoadMap) -> tuple[Pose, ...]:
    """Return poses on the ground, on the centre of driving lanes, in the map's order.

    Junctions are left out, and lanes that end soon, wherever the map has any others. Empty on a map without lanes to
    drive on.
    """
    graph = lane_graph(road_map)
    nodes = [graph.nodes[key] for key in graph.nodes if key in graph.drivable]
    outside = [node for node in nodes if node.road.junction_id is None]
    for chosen, headroom, shortest in (
        (outside, HEADROOM_M, SHORTEST_M),
        (nodes, HEADROOM_M, SHORTEST_M),
        (nodes, 0.0, 0.0),
    ):
        poses = [pose for node in chosen for pose in _along(node, graph.reach_m[node.key], headroom, shortest)]
        if poses:
            break
    poses = _apart(poses)
    if len(poses) > MOST:
        poses = [poses[int(k)] for k in np.linspace(0, len(poses) - 1, MOST)]
    return tuple(poses)


def _along(node: LaneNode, reach_m: float, headroom_m: float, shortest_m: float) -> list[Pose]:
    """Poses on one lane; ``reach_m`` is how far one can drive from its beginning."""
    length = node.length_m
    if length <= shortest_m:
        return []
    margin = min(MARGIN_M, 0.4 * length)
    last = min(length - margin, reach_m - headroom_m)
    if last < margin:
        return []
    count = max(1, math.floor((last - margin) / SPACING_M) + 1)
    along = margin + SPACING_M * np.arange(count) if count > 1 else np.array([0.5 * (margin + last)])
    part = along / length
    section = node.section
    s = np.asarray(section.start_s + (part if node.forward else 1.0 - part) * section.length_m, np.float64)
    points = node.road.lane_centre(section, node.lane, s)
    heading = np.arctan2(np.sin(points.heading_rad), np.cos(points.heading_rad))
    return [Pose(*(float(value) for value in row)) for row in zip(points.x, points.y, points.z, heading, strict=True)]


def _apart(poses: list[Pose]) -> list[Pose]:
    """Leave out poses at which a vehicle would stand in another one."""
    cells: dict[tuple[int, int], list[Pose]] = {}
    kept = []
    for pose in poses:
        column, row = math.floor(pose.x / _REACH_M), math.floor(pose.y / _REACH_M)
        around = [other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in cells.get((column + dx, row + dy), ())]
        if any(_touching(pose, other) for other in around):
            continue
        cells.setdefault((column, row), []).append(pose)
        kept.append(pose)
    return kept


def _touching(one: Pose, two: Pose) -> bool:
    """Whether the rooms of two points overlap: no side of either separates them."""
    length, width, height = ROOM_M
    dx, dy = two.x - one.x, two.y - one.y
    cosine, sine = abs(math.cos(two.heading - one.heading)), abs(math.sin(two.heading - one.heading))
    ahead = 0.5 * (length + length * cosine + width * sine)
    aside = 0.5 * (width + length * sine + width * cosine)
    return abs(two.z - one.z) < height and all(
        abs(dx * math.cos(heading) + dy * math.sin(heading)) < ahead
        and abs(dy * math.cos(heading) - dx * math.sin(heading)) < aside
        for heading in (one.heading, two.heading)
    )
