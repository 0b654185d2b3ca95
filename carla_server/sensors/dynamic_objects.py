"""Dynamic objects: how a camera is told of the vehicles, walkers and props of an episode."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, Registry, Vehicle, Walker, feet_of
from wormdrive.carla_server.common.pose import Pose

if TYPE_CHECKING:
    from wormdrive.envs.rendering.scene import Cars

__all__ = ["DynamicObjects"]

Colour = tuple[int, int, int]

_GREY: Final = (150, 155, 160)
_BRAKING: Final = 0.05
_GOLDEN: Final = 0.61803399
_PROPS: Final[tuple[tuple[str, str, Colour], ...]] = (
    ("cone", "CONE", (225, 95, 20)),
    ("trafficwarning", "SIGN", (220, 110, 20)),
    ("streetsign", "SIGN", (30, 70, 150)),
    ("advertisement", "SIGN", (60, 60, 65)),
    ("barrier", "BARRIER", (200, 35, 30)),
    ("warning", "BARRIER", (225, 130, 20)),
    ("barrel", "BARREL", (40, 80, 140)),
    ("bin", "BARREL", (55, 95, 60)),
    ("trashcan", "BARREL", (60, 70, 65)),
    ("plantpot", "BARREL", (150, 85, 55)),
    ("fountain", "BARREL", (160, 160, 155)),
    ("table", "TABLE", (150, 110, 70)),
    ("bench", "TABLE", (130, 90, 55)),
    ("mailbox", "BOX", (40, 70, 150)),
    ("box", "BOX", (165, 125, 80)),
)
"""Shape and colour of those props whose id holds a word; others are boxes in a colour of their own."""


class DynamicObjects:
    """All that shows of an episode; vehicles first, whose lamps and shadows matter most where there are too many.

    What does not change while nobody comes or goes is kept.
    """

    def __init__(self, actors: Registry) -> None:
        self._actors = actors
        self._ids: list[int] = []
        self._kept: Cars | None = None

    def now(self) -> Cars:
        """Return everything where it is now."""
        from wormdrive.envs.rendering.scene import Cars

        vehicles, walkers = self._actors.vehicles, self._actors.walkers
        shown: list[Actor] = [*vehicles, *walkers, *self._actors.props]
        ids = [actor.id for actor in shown]
        kept = self._kept
        if kept is None or ids != self._ids:
            self._ids, kept = ids, _all_of(vehicles, shown)
            self._kept = kept
        if not shown:
            return kept
        poses = [(p.x, p.y, p.z, p.heading, p.pitch, p.roll) for p in map(_ground_pose, shown)]
        brakes = np.zeros(len(shown), np.bool_)
        brakes[: len(vehicles)] = [vehicle.control.brake > _BRAKING for vehicle in vehicles]
        shape = kept.shape
        if walkers:
            shape = shape.copy()
            first = len(vehicles)
            shape[first : first + len(walkers)] = [_other(walker)[0] for walker in walkers]
        return Cars(np.array(poses), kept.size, kept.colour, kept.label, kept.actor, brakes, shape)


def _all_of(vehicles: Sequence[Vehicle], shown: Sequence[Actor]) -> Cars:
    """Sizes, colours, classes, ids and shapes."""
    from wormdrive.envs.rendering.scene import Cars
    from wormdrive.envs.rendering.scene.meshes.shapes import shapes_of

    if not shown:
        return Cars.none()
    others = [_other(actor) for actor in shown[len(vehicles) :]]
    label = np.array([actor.blueprint.tag for actor in shown], np.uint8)
    shape = shapes_of(label)
    shape[len(vehicles) :] = [shape for shape, _ in others]
    return Cars.of(
        np.zeros((len(shown), 6)),
        size=[actor.blueprint.size_m for actor in shown],
        colour=np.array([*(_paint(vehicle) for vehicle in vehicles), *(colour for _, colour in others)], np.uint8),
        label=label,
        actor=[actor.id for actor in shown],
        shape=shape,
    )


def _ground_pose(actor: Actor) -> Pose:
    return feet_of(actor.pose, actor.box) if isinstance(actor, Walker) else actor.pose


def _other(actor: Actor) -> tuple[int, Colour]:
    """Shape and colour of a walker or prop."""
    from wormdrive.envs.rendering.scene import Shape, striding

    if isinstance(actor, Walker):
        walks = actor.velocity[0] != 0.0 or actor.velocity[1] != 0.0
        return (striding(actor.walked_m) if walks else Shape.PERSON), _own_colour(actor)
    for word, shape, colour in _PROPS:
        if word in actor.type_id:
            return Shape[shape], colour
    return Shape.BOX, _own_colour(actor)


def _own_colour(actor: Actor) -> Colour:
    """Return a colour that depends on the id, far from that of the next one."""
    turn = actor.id * _GOLDEN % 1.0
    red, green, blue = colorsys.hsv_to_rgb(turn, 0.25 + 0.5 * (7.0 * turn % 1.0), 0.35 + 0.55 * (3.0 * turn % 1.0))
    return int(255 * red), int(255 * green), int(255 * blue)


def _paint(vehicle: Vehicle) -> Colour:
    """Paint of a vehicle; anything may stand in the attribute."""
    parts = vehicle.attributes.get("color", "").split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        return _GREY
    red, green, blue = (min(int(part), 255) for part in parts)
    return red, green, blue
