"""Obstacles: everything that vehicles drive into besides one another and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.collisions.bodies import Bodies
from wormdrive.carla_server.world.collisions.collisions import Blow, collide, meets
from wormdrive.carla_server.world.collisions.props import Props
from wormdrive.carla_server.world.roadside.hidden_objects import HiddenObjects
from wormdrive.carla_server.world.roadside.roadside import Roadside
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.point_location import PlaceIndex, Places
from wormdrive.envs.seasons.conditions import Conditions

if TYPE_CHECKING:
    from wormdrive.carla_server.world.roadside.surroundings import Surroundings

__all__ = ["Obstacles"]

Array = NDArray[np.float64]


class Obstacles:
    """Props and what stands beside the roads of one map.

    Raises
    ------
    MapError
        The map holds more objects or signals than are allowed.
    """

    def __init__(self, road_map: RoadMap, index: PlaceIndex, props: Props, hidden: HiddenObjects) -> None:
        self._index = index
        self._props = props
        self._roadside = Roadside(road_map, index, hidden)

    def collide(
        self, fleet: Fleet, before: Array, places: Places, surroundings: Surroundings | None, conditions: Conditions
    ) -> list[Blow]:
        """Separate what overlaps and change velocities; ``before`` and ``places`` are of the frame's beginning."""
        parts = self._roadside.near(fleet.numbers, before, places, surroundings, conditions)
        near = None
        if len(self._props):
            near, props = self._props.near(fleet.numbers, before)
            parts.insert(0, props)
        others = Bodies.joined(parts)
        blows = collide(fleet, before, others)
        if near is not None and others is not None:
            self._props.take(near, others)
        return blows

    def bar(self, fleet: Fleet, row: int, surroundings: Surroundings | None, conditions: Conditions) -> bool:
        """Whether one of them stands where a vehicle has just been put."""
        numbers = np.ascontiguousarray(fleet.numbers[:, [row]])
        before = numbers[rows.X : rows.PSI + 1].copy()
        places = self._index.locate_points(np.ascontiguousarray(numbers[[rows.X, rows.Y, rows.Z, rows.PSI]].T))
        parts = self._roadside.near(numbers, before, places, surroundings, conditions)
        if len(self._props):
            parts.append(self._props.near(numbers, before)[1])
        return any(meets(fleet, row, part) for part in parts)
