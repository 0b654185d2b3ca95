"""Targets: what rays can hit besides the ground, as boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.roadside.fixtures import fixtures_of
from wormdrive.carla_server.world.world import World
from wormdrive.envs.roads.route import Surface

__all__ = ["GROUND_TAGS", "Targets", "light_boxes", "targets_of"]

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
    movers:
        How many of them are vehicles and kinematic bodies, which come first.
    """

    centre: NDArray[np.float64]
    half: NDArray[np.float64]
    axes: NDArray[np.float64]
    ids: NDArray[np.int64]
    tags: NDArray[np.int64]
    velocity_mps: NDArray[np.float64]
    movers: int


def targets_of(world: World, ignore: int | None = None, near: tuple[float, float, float] | None = None) -> Targets:
    """Return boxes of all vehicles and kinematic bodies, then of props, traffic lights and what stands near a place.

    The body ``ignore`` is left out. ``near`` is x, y and how far around; without it nothing stands there, and no trees
    where the world has no surroundings.
    """
    state = world.state()
    kept = state.ids != (-1 if ignore is None else ignore)
    axes = _axes(state.pose[kept, 3:])
    centre = state.pose[kept, :3] + np.einsum("nk,nkj->nj", state.centre_m[kept], axes)
    tags = [_TAGS.get(world.model(int(vehicle)).kind, CAR) for vehicle in state.ids[kept]]
    people = _kinematic_bodies(world, ignore)
    props = world.props
    there = props.ids != (-1 if ignore is None else ignore)
    posts, sizes, turns, classes = light_boxes(world)
    if near is not None:
        fixed = fixtures_of(world.road_map, world.index)
        close = np.hypot(*(fixed.centre[:, :2] - near[:2]).T) <= near[2] + np.hypot(fixed.half[:, 0], fixed.half[:, 1])
        posts = np.concatenate([posts, fixed.centre[close]])
        sizes = np.concatenate([sizes, fixed.half[close]])
        turns = np.concatenate([turns, fixed.attitude[close]])
        classes = np.concatenate([classes, fixed.tags[close]])
        if world.surroundings is not None:
            boxes = world.surroundings.boxes(world.conditions, *near)
            posts = np.concatenate([posts, boxes[:, :3]])
            sizes = np.concatenate([sizes, boxes[:, [3, 3, 4]]])
            turns = np.concatenate([turns, np.zeros((len(boxes), 3))])
            classes = np.concatenate([classes, boxes[:, 5].astype(np.int64)])
    none = np.zeros(len(posts), np.int64)
    return Targets(
        centre=np.concatenate([centre, people[:, 1:4], props.centre[there], posts]),
        half=np.concatenate([state.extent_m[kept], people[:, 4:7], props.half[there], sizes]),
        axes=np.concatenate([axes, _axes(people[:, 7:10]), _axes(props.attitude[there]), _axes(turns)]),
        ids=np.concatenate([state.ids[kept], people[:, 0].astype(np.int64), props.ids[there], none]),
        tags=np.concatenate([np.array(tags, np.int64), people[:, 13].astype(np.int64), props.tags[there], classes]),
        velocity_mps=np.concatenate(
            [state.velocity_mps[kept], people[:, 10:13], props.velocity_mps[there], np.zeros((len(posts), 3))]
        ),
        movers=len(tags) + len(people),
    )


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
