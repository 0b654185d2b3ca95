"""Fixture list: all that stands beside the roads of a map and is painted on them, as rows of ``Cars``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.roadside.hidden_objects import object_number
from wormdrive.carla_server.world.roadside.sign_geometry import LIMIT, STOP, YIELD, facing, plate_of
from wormdrive.carla_server.world.world import World
from wormdrive.envs.rendering.scene import Cars, Shape
from wormdrive.envs.rendering.scene.meshes.house_mesh import FLOOR_M, GABLE_M
from wormdrive.envs.rendering.scene.meshes.shapes import ZEBRAS
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.objects import RoadObject, read_objects
from wormdrive.envs.roads.opendrive.signals import Signal, read_signals
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["MARK", "FixtureList", "fixtures_seen"]

MARK, _STANDING, _BUILDING = range(3)
_HEAD_M: Final = (0.30, 0.36, 0.9)
_LOWEST_HEAD_M: Final = 2.6
_GANTRY_M: Final = 6.0
_POST_M: Final = 0.11
_BAR_M: Final = (0.4, 3.0)
_PAINT_M: Final = 0.02
_NOBODYS: Final = 2**32 - 1
"""From here downwards ids tell apart in pictures what is no actor."""
_GREY: Final = (150, 152, 155)
_WALLS: Final = (
    (226, 215, 192), (214, 196, 164), (236, 232, 222), (205, 160, 120), (188, 100, 76), (198, 205, 208),
    (222, 205, 150), (170, 185, 175), (240, 225, 205), (150, 78, 62),
)  # fmt: skip
_FLATS: Final = (Shape.HOUSE + 6, Shape.HOUSE + 7, Shape.HOUSE + 8, Shape.HOUSE + 9)
_FLAT_STOREYS: Final = (3, 4, 5, 10)
_FLAT_FLOOR_M: Final = 3.1
_LOW_M, _SMALL_M = 9.5, 18.0


class _Row(NamedTuple):
    kind: int
    x: float
    y: float
    z: float
    heading: float
    size: tuple[float, float, float]
    shape: int
    label: SemanticLabel
    colour: tuple[int, int, int] = _GREY
    actor: int = 0
    light: int = -1
    number: int = 0


class FixtureList:
    """All fixtures of a world.

    Parameters
    ----------
    lights:
        What is to stand for the traffic lights' heads in ``cars.actor``, as the world numbers lights; none: nobody.

    Attributes
    ----------
    cars:
        A row for each.
    kind:
        (N,): 0 painted, 1 standing beside the road, 2 a building.
    light:
        (N,): number of the traffic light of which it is a head, or -1.
    numbers:
        Of the objects that the rows are parts of, see ``object_number``; 0 for paint, which cannot be hidden.
    """

    def __init__(self, world: World, lights: Sequence[int] = ()) -> None:
        road_map = world.road_map
        rows = []
        for number in range(len(world.lights.lights)):
            rows += _light_rows(world, number, lights[number] if lights else 0)
        signals = read_signals(road_map).signals.values()
        rows += [row for signal in signals if not signal.dynamic for row in _sign_rows(road_map, signal)]
        objects = read_objects(road_map, frozenset(("crosswalk", "building")))
        rows += [_zebra_row(one) for one in objects if one.kind == "crosswalk"]
        rows += [_house_row(one, k) for k, one in enumerate(objects) if one.kind == "building" and one.height_m > 0.0]
        self.cars = Cars.none()
        ids = [row.actor or _NOBODYS - k for k, row in enumerate(rows)]
        if rows:
            self.cars = Cars.of(
                [(row.x, row.y, row.z, row.heading, 0.0, 0.0) for row in rows],
                size=[row.size for row in rows],
                colour=np.array([row.colour for row in rows], np.uint8),
                label=np.array([row.label for row in rows], np.uint8),
                actor=np.array(ids, np.uint32),
                shape=np.array([row.shape for row in rows], np.uint8),
            )
        self.kind = np.array([row.kind for row in rows], np.int64)
        self.light = np.array([row.light for row in rows], np.int64)
        self.numbers = [row.number for row in rows]


_known: WeakKeyDictionary[World, FixtureList] = WeakKeyDictionary()


def fixtures_seen(world: World) -> FixtureList:
    """Return the fixtures of a world, listed once; what changes, a light's state, is that of no light at all."""
    found = _known.get(world)
    if found is None:
        found = _known[world] = FixtureList(world)
    return found


def _light_rows(world: World, number: int, actor: int) -> list[_Row]:
    """Head and post of a light, or a gantry with a second head where it governs several lanes; its stop lines."""
    light, stops = world.lights.lights[number], world.lights.stops(number)
    pose = light.pose
    ground = pose.z - light.signal.z_offset_m
    low = max(pose.z, ground + _LOWEST_HEAD_M)

    def head(aside: float, z: float, actor: int = 0) -> _Row:
        x, y = _moved(pose, 0.1, aside)
        return _Row(
            _STANDING,
            x,
            y,
            z,
            pose.heading,
            _HEAD_M,
            Shape.LIGHT,
            SemanticLabel.TRAFFIC_LIGHT,
            actor=actor,
            light=number,
            number=object_number(pose.x, pose.y, SemanticLabel.TRAFFIC_LIGHT),
        )

    rows = [head(0.0, low, actor)]
    reach = max((-_aside(pose, stop) for stop in stops), default=0.0)
    if len(stops) > 1 and reach > 1.0:
        x, y = _moved(pose, -0.18, -0.5 * reach)
        size = (0.22, reach / 0.99, _GANTRY_M)
        pole = object_number(pose.x, pose.y, SemanticLabel.POLES)
        gantry = _Row(_STANDING, x, y, ground, pose.heading, size, Shape.GANTRY, SemanticLabel.POLES, number=pole)
        rows.append(gantry)
        middle = sum(_aside(pose, stop) for stop in stops) / len(stops)
        rows.append(head(middle, ground + 0.97 * _GANTRY_M - _HEAD_M[2]))
    else:
        rows.append(_post_row(pose, ground, low + _HEAD_M[2] - ground, -0.14))
    return [*rows, *(_bar_row(stop) for stop in stops)]


def _sign_rows(road_map: RoadMap, signal: Signal) -> list[_Row]:
    """Plate and post of a sign that is known or says how large it is; a stop sign's stop lines."""
    shape = _sign_shape(signal)
    plate = plate_of(signal)
    if plate is None:
        return []
    place, pose = signal.place, facing(road_map, signal)
    width, height, low = plate
    at_x, at_y = _moved(pose, 0.08, 0.0)
    rows = [
        _Row(
            _STANDING,
            at_x,
            at_y,
            pose.z + low,
            pose.heading,
            (0.05, width, height),
            shape,
            SemanticLabel.TRAFFIC_SIGNS,
            number=object_number(pose.x, pose.y, SemanticLabel.TRAFFIC_SIGNS),
        ),
        _post_row(pose, pose.z, low + 0.9 * height, 0.0),
    ]
    if shape == Shape.STOP:
        road = road_map.roads[place.road]
        section = next((s for s in road.sections if place.s_m <= s.end_s), road.sections[-1])
        for lane in section.lanes:
            if lane.kind == "driving" and any(low <= lane.id <= high for low, high in place.lanes):
                points = road.lane_centre(section, lane, np.array([place.s_m]))
                at = float(points.x[0]), float(points.y[0]), float(points.z[0])
                rows.append(_bar_row(Pose(*at, pose.heading + math.pi)))
    return rows


def _sign_shape(signal: Signal) -> Shape:
    if signal.kind == STOP:
        return Shape.STOP
    if signal.kind == YIELD:
        return Shape.GIVE_WAY
    if signal.kind == LIMIT:
        for limit in ("30", "50"):
            if limit in (signal.value.split(".")[0], signal.subtype):
                return Shape[f"LIMIT_{limit}"]
        return Shape.LIMIT
    return Shape.PLATE


def _post_row(pose: Pose, ground: float, height: float, along: float) -> _Row:
    x, y = _moved(pose, along, 0.0)
    size = (_POST_M, _POST_M, height)
    number = object_number(pose.x, pose.y, SemanticLabel.POLES)
    return _Row(_STANDING, x, y, ground, pose.heading, size, Shape.POST, SemanticLabel.POLES, number=number)


def _bar_row(stop: Pose) -> _Row:
    """Return the line at which vehicles stop on a lane."""
    x, y = _moved(stop, 0.5 * _BAR_M[0], 0.0)
    return _Row(MARK, x, y, stop.z, stop.heading, (*_BAR_M, _PAINT_M), Shape.BAR, SemanticLabel.ROAD_LINES)


def _zebra_row(one: RoadObject) -> _Row:
    """Stripes run along the shorter side."""
    across = one.length_m > one.width_m
    length, width = (one.width_m, one.length_m) if across else (one.length_m, one.width_m)
    k = min(range(len(ZEBRAS)), key=lambda k: abs(ZEBRAS[k] - width))
    heading = one.heading_rad + (0.5 * math.pi if across else 0.0)
    size = (length, width, _PAINT_M)
    return _Row(MARK, one.x_m, one.y_m, one.z_m, heading, size, Shape.ZEBRA + k, SemanticLabel.ROAD_LINES)


def _house_row(one: RoadObject, number: int) -> _Row:
    """Return a house if it is small, flats otherwise, in a colour of its own."""
    bits = (number * 2_654_435_769 + 12_345) % 2**32
    small = one.height_m < _LOW_M and max(one.length_m, one.width_m) < _SMALL_M
    if "gable" in one.subtype or (small and "flat" not in one.subtype):
        storeys = min(max(round((one.height_m - GABLE_M) / FLOOR_M), 1), 2)
        shape = Shape.HOUSE + 3 * (storeys - 1) + (bits >> 8) % 3
    else:
        storeys = round(one.height_m / _FLAT_FLOOR_M)
        shape = _FLATS[min(range(len(_FLATS)), key=lambda k: abs(_FLAT_STOREYS[k] - storeys))]
    size = (one.length_m, one.width_m, one.height_m)
    colour = _WALLS[(bits >> 16) % len(_WALLS)]
    place = (one.x_m, one.y_m, one.z_m, one.heading_rad)
    own = object_number(one.x_m, one.y_m, SemanticLabel.BUILDINGS)
    return _Row(_BUILDING, *place, size, shape, SemanticLabel.BUILDINGS, colour, number=own)


def _moved(pose: Pose, along: float, aside: float) -> tuple[float, float]:
    cosine, sine = math.cos(pose.heading), math.sin(pose.heading)
    return pose.x + along * cosine - aside * sine, pose.y + along * sine + aside * cosine


def _aside(pose: Pose, other: Pose) -> float:
    """How far another place is to the left."""
    return (other.y - pose.y) * math.cos(pose.heading) - (other.x - pose.x) * math.sin(pose.heading)
