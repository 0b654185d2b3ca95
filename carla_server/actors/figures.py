"""Figures: what vehicles, walkers and props look like, to cameras and to rays."""

from __future__ import annotations

import colorsys
from functools import cache
from typing import Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, Vehicle, Walker

__all__ = ["colour_of", "shape_of"]

Colour = tuple[int, int, int]

_GREY: Final = (150, 155, 160)
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


def shape_of(actor: Actor) -> int:
    """Return the ``Shape`` of a vehicle, walker or prop as it is now."""
    from wormdrive.envs.rendering.scene.meshes.shapes import Shape, striding

    if isinstance(actor, Vehicle):
        return _shape_of_class(int(actor.blueprint.tag))
    if isinstance(actor, Walker):
        walks = actor.velocity[0] != 0.0 or actor.velocity[1] != 0.0
        return striding(actor.walked_m) if walks else Shape.PERSON
    return next((Shape[shape] for word, shape, _ in _PROPS if word in actor.type_id), Shape.BOX)


@cache
def _shape_of_class(tag: int) -> int:
    from wormdrive.envs.rendering.scene.meshes.shapes import shapes_of

    return int(shapes_of(np.array([tag], np.uint8))[0])


def colour_of(actor: Actor) -> Colour:
    """Return the paint of a vehicle, in whose attribute anything may stand, or the colour of a walker or prop."""
    if isinstance(actor, Vehicle):
        parts = actor.attributes.get("color", "").split(",")
        if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
            return _GREY
        red, green, blue = (min(int(part), 255) for part in parts)
        return red, green, blue
    if not isinstance(actor, Walker):
        for word, _, colour in _PROPS:
            if word in actor.type_id:
                return colour
    return _own_colour(actor)


def _own_colour(actor: Actor) -> Colour:
    """Return a colour that depends on the id, far from that of the next one."""
    turn = actor.id * _GOLDEN % 1.0
    red, green, blue = colorsys.hsv_to_rgb(turn, 0.25 + 0.5 * (7.0 * turn % 1.0), 0.35 + 0.55 * (3.0 * turn % 1.0))
    return int(255 * red), int(255 * green), int(255 * blue)
