"""Nearby scenery: what stands near some places, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.targets import light_boxes
from wormdrive.carla_server.world.roadside.fixtures import fixtures_of
from wormdrive.carla_server.world.roadside.hidden_objects import object_number
from wormdrive.carla_server.world.world import World

__all__ = ["MOST_STANDING", "StandingObject", "standing_around"]

MOST_STANDING: Final = 1000
"""Trees and posts in one list, and as many other objects."""
REACH_M: Final = 120.0


class StandingObject(NamedTuple):
    """A piece of scenery.

    Attributes
    ----------
    number:
        The same for the same piece, whoever asks.
    pose:
        Of the middle of its lower face, in the map's axes.
    half_m:
        Half length, half width, half height [m].
    tag:
        Class number of CARLA's.
    """

    number: int
    pose: Pose
    half_m: tuple[float, float, float]
    tag: int


def standing_around(world: World, places_m: Sequence[tuple[float, float]]) -> list[StandingObject]:
    """List all traffic lights, houses and signs, then trees and posts within 120 m of places (x, y), nearest first.

    The places are gone through in order until there are ``MOST_STANDING`` trees and posts.
    """
    found: dict[int, StandingObject] = {}
    fixed = fixtures_of(world.road_map, world.index)
    for centres, halves, turns, tags in (light_boxes(world), (fixed.centre, fixed.half, fixed.attitude, fixed.tags)):
        for (x, y, z), half, turn, tag in zip(*(each.tolist() for each in (centres, halves, turns, tags)), strict=True):
            if len(found) < MOST_STANDING:
                _add(found, Pose(x, y, z - half[2], turn[0]), (half[0], half[1], half[2]), tag)
    most = len(found) + MOST_STANDING
    for place in places_m:
        if world.surroundings is None:
            break
        wholes = world.surroundings.wholes(world.conditions, *place, REACH_M).tolist()
        wholes.sort(key=lambda whole: math.dist(whole[:2], place))
        for x, y, z, half_width, half_height, tag in wholes:
            if len(found) == most:
                return list(found.values())
            _add(found, Pose(x, y, z - half_height), (half_width, half_width, half_height), int(tag))
    return list(found.values())


def _add(found: dict[int, StandingObject], pose: Pose, half_m: tuple[float, float, float], tag: int) -> None:
    number = object_number(pose.x, pose.y, tag)
    found.setdefault(number, StandingObject(number, pose, half_m, tag))
