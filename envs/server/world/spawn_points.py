"""Where vehicles can begin: spread over all driving lanes, headed with the traffic."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.roads.lane_graph import LaneNode, lane_graph
from wormdrive.envs.roads.opendrive.network import RoadMap
from wormdrive.envs.server.poses import Pose

__all__ = ["spawn_points"]

SPACING_M: Final = 30.0
"""From one to the next on a lane, at most [m]."""
MARGIN_M: Final = 6.0
"""From the ends of a lane [m]."""
HEADROOM_M: Final = 25.0
"""Road ahead, the lanes that follow included [m]."""
SHORTEST_M: Final = 8.0
"""Shorter stretches get none."""
MOST: Final = 10_000
"""Points on one map; they are taken evenly from all that there are."""


def spawn_points(road_map: RoadMap) -> tuple[Pose, ...]:
    """Give poses on the ground, on the centre of driving lanes, in the map's order.

    Junctions are left out, and lanes that end soon, wherever the map has any others. Empty on a map without lanes to
    drive on.
    """
    graph = lane_graph(road_map)
    nodes = [graph.nodes[key] for key in graph.nodes if key in graph.drivable]
    outside = [node for node in nodes if node.road.junction_id is None]
    for chosen, headroom in ((outside, HEADROOM_M), (nodes, HEADROOM_M), (nodes, 0.0)):
        poses = [pose for node in chosen for pose in _along(node, graph.reach_m[node.key], headroom)]
        if poses:
            break
    if len(poses) > MOST:
        poses = [poses[int(k)] for k in np.linspace(0, len(poses) - 1, MOST)]
    return tuple(poses)


def _along(node: LaneNode, reach_m: float, headroom_m: float) -> list[Pose]:
    """Poses on one lane; ``reach_m`` is how far one can drive from its beginning."""
    length = node.length_m
    if length < SHORTEST_M:
        return []
    margin = min(MARGIN_M, 0.4 * length)
    last = min(length - margin, reach_m - headroom_m)
    if last < margin:
        return []
    count = max(1, math.floor((last - margin) / SPACING_M) + 1)
    along = margin + SPACING_M * np.arange(count) if count > 1 else np.array([0.5 * (margin + last)])
    part = along / length
    section = node.section
    s = section.start_s + (part if node.forward else 1.0 - part) * section.length_m
    points = node.road.lane_centre(section, node.lane, s)
    heading = np.arctan2(np.sin(points.heading_rad), np.cos(points.heading_rad))
    return [Pose(*(float(value) for value in row)) for row in zip(points.x, points.y, points.z, heading, strict=True)]
