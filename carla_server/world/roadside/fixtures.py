"""Fixtures: buildings and signs of a map, which stand for good: boxes for rays, bodies for vehicles."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.collisions.bodies import Bodies
from wormdrive.carla_server.world.roadside.hidden_objects import HiddenObjects, object_numbers
from wormdrive.carla_server.world.roadside.roadside_kernel import KEY, look_up
from wormdrive.carla_server.world.roadside.sign_geometry import LOWEST_M, facing, plate_of
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.objects import read_objects
from wormdrive.envs.roads.opendrive.signals import Signal, read_signals
from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["Fixture", "FixtureBodies", "fixtures_of"]

Array = NDArray[np.float64]

BUILDING, POLE, SIGN = 3, 6, 8
"""Class numbers of CARLA's."""
CELL_M: Final = 32.0
_POST_HALF_M: Final = 0.055
_MOST_CELLS: Final = 400
"""In which one fixture may lie; larger ones are seen and not hit."""


class Fixture(NamedTuple):
    """An upright box: pose of the middle of its lower face, half sizes [m], class; who sees it, who is stopped."""

    pose: Pose
    half_m: tuple[float, float, float]
    tag: int
    seen: bool = True
    solid: bool = True


class FixtureBodies:
    """All fixtures of a map.

    Attributes
    ----------
    centre, half:
        (N, 3) centre in the map's axes and half sizes [m] of the boxes that rays meet.
    attitude:
        (N, 3) heading, pitch, roll [rad].
    tags:
        (N,) int64 class numbers.
    numbers:
        Of the N objects, see ``object_number``.
    """

    def __init__(self, listed: list[Fixture]) -> None:
        seen = _table([one for one in listed if one.seen])
        self.centre: Array = seen[:, :3] + seen[:, 6:7] * np.array([0.0, 0.0, 1.0])
        self.half: Array = seen[:, 4:7].copy()
        self.attitude: Array = seen[:, 3:4] * np.array([1.0, 0.0, 0.0])
        self.tags: NDArray[np.int64] = seen[:, 7].astype(np.int64)
        self.numbers = object_numbers(seen[:, 0], seen[:, 1], self.tags)
        solid = _table([one for one in listed if one.solid])
        self._numbers = np.zeros((rows.ROWS, len(solid)))
        self._numbers[[rows.X, rows.Y, rows.Z, rows.PSI]] = solid[:, :4].T
        self._numbers[rows.HALF_LENGTH : rows.HALF_HEIGHT + 1] = solid[:, 4:7].T
        self._numbers[rows.HALF_WIDTH, solid[:, 7] == POLE] = 0.0  # posts are round
        self._numbers[[rows.MASS, rows.INERTIA]] = 1.0
        self._solid_tags = solid[:, 7].astype(np.int64)
        self._solid_numbers = np.array(object_numbers(solid[:, 0], solid[:, 1], self._solid_tags), np.uint64)
        self._keys, self._first, self._members = _cells(solid)

    def near(self, x_m: Array, y_m: Array, reach_m: Array, hidden: HiddenObjects) -> Bodies | None:
        """Bodies of those that may lie within reach of any of the points (n,) and are not hidden."""
        marked = np.zeros(len(self._solid_tags), np.bool_)
        look_up(x_m, y_m, reach_m, CELL_M, self._keys, self._first, self._members, self._numbers, marked)
        near = np.flatnonzero(marked)
        if len(near) and hidden.numbers:
            near = near[hidden.shown(self._solid_numbers[near].tolist())]
        if not len(near):
            return None
        return Bodies.fixed(np.ascontiguousarray(self._numbers[:, near]), self._solid_tags[near])


def _table(listed: list[Fixture]) -> Array:
    """Rows of x, y, z, heading, half length, width, height, class number."""
    values = [(*one.pose.place, one.pose.heading, *one.half_m, one.tag) for one in listed]
    return np.array(values, np.float64).reshape(-1, 8)


def _cells(solid: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Sort fixtures by square cells: keys of cells, where each begins, and who lies there."""
    pairs = []
    reach = np.hypot(solid[:, 4], solid[:, 5])[:, None]
    low = np.floor((solid[:, :2] - reach) / CELL_M).astype(np.int64)
    high = np.floor((solid[:, :2] + reach) / CELL_M).astype(np.int64)
    for k in np.flatnonzero((high - low + 1).prod(axis=1) <= _MOST_CELLS).tolist():
        for column in range(low[k, 0], high[k, 0] + 1):
            for row in range(low[k, 1], high[k, 1] + 1):
                pairs.append((column * KEY + row, k))
    pairs.sort()
    table = np.array(pairs, np.int64).reshape(-1, 2)
    keys, first = np.unique(table[:, 0], return_index=True)
    return keys, np.append(first, len(table)).astype(np.int64), np.ascontiguousarray(table[:, 1])


_known: WeakKeyDictionary[RoadMap, FixtureBodies] = WeakKeyDictionary()


def fixtures_of(road_map: RoadMap, index: PlaceIndex) -> FixtureBodies:
    """Return the fixtures of a map, read once.

    Raises
    ------
    MapError
        The map holds more objects or signals than are allowed.
    """
    found = _known.get(road_map)
    if found is None:
        listed = []
        for one in read_objects(road_map, frozenset(("building",))):
            if one.height_m > 0.0:
                half = 0.5 * one.length_m, 0.5 * one.width_m, 0.5 * one.height_m
                listed.append(Fixture(Pose(one.x_m, one.y_m, one.z_m, one.heading_rad), half, BUILDING))
        signals = read_signals(road_map).signals.values()
        for signal in signals:
            listed += _post(road_map, signal, index)
        found = _known[road_map] = FixtureBodies(listed)
    return found


def _post(road_map: RoadMap, signal: Signal, index: PlaceIndex) -> list[Fixture]:
    """Post and plate of a sign; of a traffic light, which rays know by itself, the post that bars the way.

    Posts that stand on lanes are seen and not hit: lights hang there.
    """
    pose = facing(road_map, signal)
    solid = not bool(index.locate([pose.x], [pose.y], [pose.z]).on_driving_lane[0])
    if signal.dynamic:
        half_height = 0.5 * max(signal.z_offset_m, LOWEST_M)
        return [Fixture(pose, (_POST_HALF_M, _POST_HALF_M, half_height), POLE, seen=False)] if solid else []
    plate = plate_of(signal)
    if plate is None:
        return []
    low, half_height = plate.low_m, 0.5 * plate.height_m
    return [
        Fixture(pose, (_POST_HALF_M, _POST_HALF_M, 0.5 * low + half_height), POLE, solid=solid),
        Fixture(replace(pose, z=pose.z + low), (0.03, 0.5 * plate.width_m, half_height), SIGN, solid=False),
    ]
