"""Roadside: houses, trunks and posts near those vehicles that leave their lanes.

Who keeps to a lane costs one look at its offset a frame. The others' outlines are looked up on the map, and only around
those that reach beyond all lanes the scenery's objects are listed, tile by tile, where rays meet them too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.collisions.bodies import Bodies, posts
from wormdrive.carla_server.world.roadside.fixtures import fixtures_of
from wormdrive.carla_server.world.roadside.hidden_objects import HiddenObjects
from wormdrive.carla_server.world.roadside.roadside_kernel import OUTLINE, gather, outline, stray
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.point_location import PlaceIndex, Places
from wormdrive.envs.seasons.conditions import Conditions

if TYPE_CHECKING:
    from wormdrive.carla_server.world.roadside.surroundings import Surroundings

__all__ = ["Roadside"]

Array = NDArray[np.float64]

_MOST: Final = 64
"""Trunks near one vehicle."""


class Roadside:
    """What stands beside the roads of a map.

    Raises
    ------
    MapError
        The map holds more objects or signals than are allowed.
    """

    def __init__(self, road_map: RoadMap, index: PlaceIndex, hidden: HiddenObjects) -> None:
        self._fixtures = fixtures_of(road_map, index)
        self._index = index
        self._hidden = hidden

    def near(
        self, numbers: Array, before: Array, places: Places, surroundings: Surroundings | None, conditions: Conditions
    ) -> list[Bodies]:
        """Return what vehicles may touch on their way through a frame.

        ``numbers`` are (ROWS, N) as ``Fleet.numbers``, ``before`` (3, N) x, y, heading at the frame's beginning, when
        they were at ``places``.
        """
        astray = np.zeros(numbers.shape[1], np.bool_)
        lane = places.heading_rad, places.offset_m, places.width_m, places.on_driving_lane
        if not stray(numbers, before, *lane, astray):
            return []
        chosen = np.flatnonzero(astray)
        x, y = numbers[rows.X, chosen], numbers[rows.Y, chosen]
        reach = np.hypot(numbers[rows.HALF_LENGTH, chosen], numbers[rows.HALF_WIDTH, chosen])
        reach += np.hypot(x - before[0, chosen], y - before[1, chosen]) + 0.1
        fixed = self._fixtures.near(x, y, reach, self._hidden)
        found = [] if fixed is None else [fixed]
        if surroundings is not None:
            beyond = places.off_road[chosen]
            if not beyond.all():
                beyond[~beyond] = self._overhang(numbers, chosen[~beyond])
            if beyond.any():
                trunks = _trunks(x[beyond], y[beyond], reach[beyond], surroundings, conditions)
                if len(trunks):
                    found.append(posts(trunks))
        return found

    def _overhang(self, numbers: Array, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the outlines of vehicles reach beyond all lanes."""
        points = np.empty((len(chosen) * OUTLINE, 4))
        outline(numbers, chosen, points)
        return np.asarray(self._index.locate_points(points).off_road.reshape(-1, OUTLINE).any(axis=1))


def _trunks(x: Array, y: Array, reach: Array, surroundings: Surroundings, conditions: Conditions) -> Array:
    """Rows (K, TRUNK_FIELDS) of those that lie within reach of points (n,)."""
    from wormdrive.carla_server.world.roadside.scenery_objects import CELL_M, CELLS, TRUNK_FIELDS

    found, count = np.empty((_MOST * len(x), TRUNK_FIELDS)), 0
    side = CELL_M * CELLS
    for k, (east, north, far) in enumerate(zip(x.tolist(), y.tolist(), reach.tolist(), strict=True)):
        room = found[: _MOST * (k + 1)]
        for row in range(math.floor((north - far) / side), math.floor((north + far) / side) + 1):
            for column in range(math.floor((east - far) / side), math.floor((east + far) / side) + 1):
                trunks = surroundings.trunks(conditions, column, row)
                place = column * side, row * side
                count = gather(east, north, far, trunks.rows, trunks.first, *place, CELL_M, CELLS, room, count)
    return found[:count]
