"""Targets: what rays can hit besides the ground: boxes, and in boxes the meshes and pictures that cameras show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.measurement.silhouettes import Pictures, no_pictures, silhouettes_of
from wormdrive.carla_server.world.fixture_list import MARK, fixtures_seen
from wormdrive.carla_server.world.roadside.fixtures import fixtures_of
from wormdrive.carla_server.world.roadside.hidden_objects import object_numbers
from wormdrive.carla_server.world.roadside.scenery_objects import (
    PICTURE_CLASS,
    PICTURE_TALL,
    PICTURE_WIDE,
    PICTURE_X,
    PICTURE_Y,
    PICTURE_Z,
)
from wormdrive.carla_server.world.world import World
from wormdrive.envs.roads.route import Surface

__all__ = ["BARE", "FIRST_PICTURE", "GROUND_TAGS", "Targets", "light_boxes", "targets_of"]

BARE: Final = -1
"""Shape of a box that is met as such."""
FIRST_PICTURE: Final = -2
"""Shape of a box in which the first picture stands; the next one's is less by one."""

POST_HALF_M: Final = 0.1
"""Half width of a traffic light's post."""
LAMP_HALF_M: Final = 0.25
LAMP_M: Final = 0.9
"""Half width and height of its lamps."""

POLE: Final = 6
TRAFFIC_LIGHT: Final = 7
CAR: Final = 14
_TAGS: Final = {"truck": 15, "bus": 16, "motorcycle": 18, "bicycle": 19}
"""Class numbers of CARLA's; all other vehicles are cars."""

GROUND_TAGS: Final = np.zeros(len(Surface), np.int64)
"""Class number by ``Surface``."""
for _surface, _tag in (
    (Surface.TERRAIN, 10), (Surface.DRIVING, 1), (Surface.SHOULDER, 1), (Surface.SIDEWALK, 2), (Surface.MEDIAN, 25),
    (Surface.PARKING, 1), (Surface.BIKING, 1), (Surface.CURB, 2),
):  # fmt: skip
    GROUND_TAGS[_surface] = _tag


@dataclass(frozen=True, eq=False)
class Targets:
    """N boxes.

    Attributes
    ----------
    centre, half:
        (N, 3) centre in the map's axes and half sizes [m].
    axes:
        (N, 3, 3): rows are the box's axes in the map's.
    ids:
        (N,) int64: the vehicle's, kinematic body's or prop's, or 0.
    tags:
        (N,) int64 class numbers.
    velocity_mps:
        (N, 3).
    shape:
        (N,) int64: the ``Shape`` of the mesh in the box that rays meet, ``BARE``, or of which picture.
    pictures:
        Of trees, bushes and posts.
    movers:
        How many of them are vehicles and kinematic bodies, which come first.
    """

    centre: NDArray[np.float64]
    half: NDArray[np.float64]
    axes: NDArray[np.float64]
    ids: NDArray[np.int64]
    tags: NDArray[np.int64]
    velocity_mps: NDArray[np.float64]
    shape: NDArray[np.int64]
    pictures: Pictures
    movers: int


def targets_of(
    world: World, ignore: int | None = None, near: tuple[float, float, float] | None = None, *, pictured: bool = True
) -> Targets:
    """Return boxes of all vehicles and kinematic bodies, then of props, traffic lights and what stands near a place.

    The body ``ignore`` is left out. ``near`` is x, y and how far around; without it nothing stands there, and no trees
    where the world has no surroundings. Unless ``pictured``, or where nothing is, all are boxes.
    """
    shape_of = world.shape_of if pictured else None
    state = world.state()
    kept = state.ids != (-1 if ignore is None else ignore)
    axes = _axes(state.pose[kept, 3:])
    centre = state.pose[kept, :3] + np.einsum("nk,nkj->nj", state.centre_m[kept], axes)
    tags = [_TAGS.get(world.model(int(vehicle)).kind, CAR) for vehicle in state.ids[kept]]
    people = _kinematic_bodies(world, ignore)
    props = world.props
    there = props.ids != (-1 if ignore is None else ignore)
    standing = _standing(world, near, pictured=shape_of is not None)
    pictures = no_pictures()
    if near is not None and world.surroundings is not None:
        if pictured:
            rows = world.surroundings.pictures(world.conditions, *near)
            pictures = Pictures(rows, silhouettes_of(world.conditions.season.name))
            standing.append(_pictured(rows))
        else:
            standing.append(_boxed(world.surroundings.boxes(world.conditions, *near)))
    posts, sizes, turns, classes, shapes = (np.concatenate(parts) for parts in zip(*standing, strict=True))
    bodies = np.concatenate([state.ids[kept], people[:, 0].astype(np.int64), props.ids[there]])
    own = [BARE if shape_of is None else shape_of(body) for body in bodies.tolist()]
    none = np.zeros(len(posts), np.int64)
    return Targets(
        centre=np.concatenate([centre, people[:, 1:4], props.centre[there], posts]),
        half=np.concatenate([state.extent_m[kept], people[:, 4:7], props.half[there], sizes]),
        axes=np.concatenate([axes, _axes(people[:, 7:10]), _axes(props.attitude[there]), _axes(turns)]),
        ids=np.concatenate([bodies, none]),
        tags=np.concatenate([np.array(tags, np.int64), people[:, 13].astype(np.int64), props.tags[there], classes]),
        velocity_mps=np.concatenate(
            [state.velocity_mps[kept], people[:, 10:13], props.velocity_mps[there], np.zeros((len(posts), 3))]
        ),
        shape=np.concatenate([np.array(own, np.int64), shapes]),
        pictures=pictures,
        movers=len(tags) + len(people),
    )


_Standing = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]
"""Centres, half sizes, attitudes, class numbers and shapes."""


def _standing(world: World, near: tuple[float, float, float] | None, *, pictured: bool) -> list[_Standing]:
    """List traffic lights, then signs and houses near a place."""
    found: list[_Standing] = []
    if pictured and near is not None:
        found.append(_fixtures_seen(world, near))
    else:
        found.append(_lights_shown(world))
    if near is not None and not pictured:
        fixed = fixtures_of(world.road_map, world.index)
        shown = world.hidden.shown(fixed.numbers) if world.hidden.numbers else True
        away = np.hypot(*(fixed.centre[:, :2] - near[:2]).T)
        close = shown & (away <= near[2] + np.hypot(fixed.half[:, 0], fixed.half[:, 1]))
        found.append(_bare(fixed.centre[close], fixed.half[close], fixed.attitude[close], fixed.tags[close]))
    return found


def _boxed(boxes: NDArray[np.float64]) -> _Standing:
    """List scenery as boxes."""
    return _bare(boxes[:, :3], boxes[:, [3, 3, 4]], np.zeros((len(boxes), 3)), boxes[:, 5].astype(np.int64))


def _pictured(rows: NDArray[np.float64]) -> _Standing:
    """List scenery as the pictures of it, each in a box that holds it however it is turned."""
    centre = rows[:, [PICTURE_X, PICTURE_Y, PICTURE_Z]]
    centre[:, 2] += 0.5 * rows[:, PICTURE_TALL]
    half = 0.5 * rows[:, [PICTURE_WIDE, PICTURE_WIDE, PICTURE_TALL]]
    shape = FIRST_PICTURE - np.arange(len(rows))
    return centre, half, np.zeros((len(rows), 3)), rows[:, PICTURE_CLASS].astype(np.int64), shape


def _lights_shown(world: World) -> _Standing:
    centres, halves, turns, tags = light_boxes(world)
    if world.hidden.numbers:
        shown = world.hidden.shown(object_numbers(centres[:, 0], centres[:, 1], tags))
        centres, halves, turns, tags = centres[shown], halves[shown], turns[shown], tags[shown]
    return _bare(centres, halves, turns, tags)


def _fixtures_seen(world: World, near: tuple[float, float, float]) -> _Standing:
    """List lights, signs and houses as pictures show them."""
    known = fixtures_seen(world)
    cars = known.cars
    away = np.hypot(cars.pose[:, 0] - near[0], cars.pose[:, 1] - near[1])
    shown = world.hidden.shown(known.numbers) if world.hidden.numbers else True
    reach = near[2] + 0.5 * np.hypot(cars.size[:, 0], cars.size[:, 1])
    rows = np.flatnonzero(shown & (known.kind != MARK) & (away <= reach))
    centre, half = cars.pose[rows, :3].copy(), 0.5 * cars.size[rows]
    centre[:, 2] += half[:, 2]  # they stand upright
    return centre, half, cars.pose[rows, 3:], cars.label[rows].astype(np.int64), cars.shape[rows].astype(np.int64)


def _bare(
    centre: NDArray[np.float64], half: NDArray[np.float64], attitude: NDArray[np.float64], tags: NDArray[np.int64]
) -> _Standing:
    return centre, half, attitude, tags, np.full(len(tags), BARE, np.int64)


def _kinematic_bodies(world: World, ignore: int | None) -> NDArray[np.float64]:
    """Rows of id, centre, half sizes, attitude, velocity, class number."""
    table = []
    for number, one in world.kinematic_bodies.items():
        if number == ignore:
            continue
        pose = one.pose
        centre = pose.x, pose.y, pose.z + one.half_m[2]
        table.append((number, *centre, *one.half_m, pose.heading, pose.pitch, pose.roll, *one.velocity_mps, one.tag))
    return np.array(table, np.float64).reshape(-1, 14)


def _axes(attitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes (N, 3, 3) of bodies by heading, pitch and roll (N, 3), as ``Pose.rotation`` transposed."""
    ch, cp, cr = np.cos(attitude).T
    sh, sp, sr = np.sin(attitude).T
    rows = [
        [ch * cp, sh * cp, -sp],
        [ch * sp * sr - sh * cr, sh * sp * sr + ch * cr, cp * sr],
        [ch * sp * cr + sh * sr, sh * sp * cr - ch * sr, cp * cr],
    ]
    return np.asarray(np.moveaxis(np.array(rows).reshape(3, 3, -1), 2, 0))


def light_boxes(
    world: World,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Centres, half sizes, attitudes (N, 3) and class numbers (N,) of the boxes of all traffic lights."""
    boxes = []
    for light in world.lights.lights:
        pose = light.pose
        base = pose.z - light.signal.z_offset_m
        post = 0.5 * max(pose.z - base, 0.1)
        lamp = 0.5 * max(light.signal.height_m, LAMP_M)
        boxes.append((pose.x, pose.y, base + post, POST_HALF_M, POST_HALF_M, post, pose.heading, POLE))
        boxes.append((pose.x, pose.y, pose.z + lamp, LAMP_HALF_M, LAMP_HALF_M, lamp, pose.heading, TRAFFIC_LIGHT))
    table = np.array(boxes, np.float64).reshape(-1, 8)
    turns = np.zeros((len(table), 3))
    turns[:, 0] = table[:, 6]
    return table[:, :3], table[:, 3:6], turns, table[:, 7].astype(np.int64)
