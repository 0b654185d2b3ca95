"""Calls that ask what a straight line meets: the ground, as far as a map knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wormdrive.envs.server.protocol.axes import mirrored
from wormdrive.envs.server.protocol.enums import Tag
from wormdrive.envs.server.protocol.numbers import number, triple
from wormdrive.envs.server.rpc.table import value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk

_STEPS: Final = 200
_TERRAIN: Final = 10
Triple = tuple[float, float, float]


@value("project_point")
def project_point(desk: Desk, location: Any, direction: Any, distance: Any) -> list[Any]:
    """Follow a line from a point until it meets the ground."""
    start, along = mirrored(triple(location)), mirrored(triple(direction))
    length = sum(part * part for part in along) ** 0.5
    reach = number(distance, 0.0, 1e5) / length if length > 0.0 else 0.0
    end = (start[0] + along[0] * reach, start[1] + along[1] * reach, start[2] + along[2] * reach)
    met = _first_ground(desk, start, end)
    if met is None:
        return [False, [[0.0, 0.0, 0.0], int(Tag.NONE)]]
    return [True, met]


@value("cast_ray")
def cast_ray(desk: Desk, start: Any, end: Any) -> list[Any]:
    """List what a line from one point to another meets."""
    met = _first_ground(desk, mirrored(triple(start)), mirrored(triple(end)))
    return [] if met is None else [met]


def _first_ground(desk: Desk, start: Triple, end: Triple) -> list[Any] | None:
    import numpy as np

    part = np.linspace(0.0, 1.0, _STEPS + 1)
    points = np.array(start) + part[:, None] * (np.array(end) - np.array(start))
    index = desk.simulation.episode.world.index
    places = index.locate_points(np.ascontiguousarray(np.column_stack([points, np.zeros(len(part))])))
    above = points[:, 2] - places.z_m
    crossing = np.flatnonzero((above[:-1] >= 0.0) & (above[1:] < 0.0))
    if not len(crossing):
        return None
    k = int(crossing[0])
    share = above[k] / (above[k] - above[k + 1])
    x, y, z = (points[k] + share * (points[k + 1] - points[k])).tolist()
    return [mirrored((x, y, z)), _TERRAIN if places.off_road[k + 1] else int(Tag.ROADS)]
