"""Calls that ask what a straight line meets: bodies, what stands beside the road, and the ground as a map knows it."""

from __future__ import annotations

import math
from typing import Any, Final

from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.numbers import number, triple
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import value
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

_STEPS: Final = 200
_TERRAIN: Final = 10
_SCENERY_M: Final = 250.0
"""How far from the line's beginning the scenery is looked at."""
Triple = tuple[float, float, float]


@value("project_point")
def project_point(context: CallContext, location: Any, direction: Any, distance: Any) -> list[Any]:
    """Follow a line from a point until it meets something."""
    start, along = mirrored(triple(location)), mirrored(triple(direction))
    length = sum(part * part for part in along) ** 0.5
    reach = number(distance, 0.0, 1e5) / length if length > 0.0 else 0.0
    end = (start[0] + along[0] * reach, start[1] + along[1] * reach, start[2] + along[2] * reach)
    met = _met(context, start, end)
    return [True, met[0]] if met else [False, [[0.0, 0.0, 0.0], int(SemanticLabel.NONE)]]


@value("cast_ray")
def cast_ray(context: CallContext, start: Any, end: Any) -> list[Any]:
    """List what a line from one point to another meets, in that order."""
    return _met(context, mirrored(triple(start)), mirrored(triple(end)))


def _met(context: CallContext, start: Triple, end: Triple) -> list[Any]:
    """Labelled points: where the line enters boxes, and where it first goes into the ground."""
    import numpy as np

    from wormdrive.carla_server.measurement.mesh_trees import mesh_trees
    from wormdrive.carla_server.measurement.ray_kernel import pierced
    from wormdrive.carla_server.measurement.targets import targets_of

    origin, away = np.array(start), np.array(end) - np.array(start)
    length = float(np.linalg.norm(away))
    if length <= 0.0:
        return []
    reach = min(math.hypot(away[0], away[1]) + 1.0, _SCENERY_M)
    targets = targets_of(context.simulation.episode.world, None, (start[0], start[1], reach))
    direction = away / length
    distance = pierced(
        origin, direction, targets.centre, targets.half, targets.axes, targets.shape, mesh_trees(), targets.pictures
    )
    found = [
        (float(distance[k]), tuple((origin + distance[k] * direction).tolist()), int(targets.tags[k]))
        for k in np.flatnonzero(distance <= length).tolist()
    ]
    ground = _first_ground(context, start, end)
    if ground is not None:
        found.append((math.dist(start, ground[0]), *ground))
    found.sort(key=lambda each: each[0])
    return [[mirrored(place), tag] for _, place, tag in found]


def _first_ground(context: CallContext, start: Triple, end: Triple) -> tuple[Triple, int] | None:
    import numpy as np

    part = np.linspace(0.0, 1.0, _STEPS + 1)
    points = np.array(start) + part[:, None] * (np.array(end) - np.array(start))
    index = context.simulation.episode.world.index
    places = index.locate_points(np.ascontiguousarray(np.column_stack([points, np.zeros(len(part))])))
    above = points[:, 2] - places.z_m
    crossing = np.flatnonzero((above[:-1] >= 0.0) & (above[1:] < 0.0))
    if not len(crossing):
        return None
    k = int(crossing[0])
    share = above[k] / (above[k] - above[k + 1])
    x, y, z = (points[k] + share * (points[k + 1] - points[k])).tolist()
    return (x, y, z), _TERRAIN if places.off_road[k + 1] else int(SemanticLabel.ROADS)
