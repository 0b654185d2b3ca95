"""Traffic lights as actors: where they stand, what governs whom, what the snapshot says of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from wormdrive.envs.server.actors import Box, TrafficLight
from wormdrive.envs.server.blueprints import Blueprint
from wormdrive.envs.server.poses import Pose
from wormdrive.envs.server.protocol.enums import Tag
from wormdrive.envs.server.protocol.payloads import light_extra
from wormdrive.envs.server.world import World

__all__ = ["HEAD", "light_actors", "light_state"]

HEAD: Final = Box((0.0, 0.0, 0.45), (0.15, 0.18, 0.45))
"""Of the lamps, in the light's axes."""
_BLUEPRINT: Final = Blueprint(0, "traffic.traffic_light", (), tag=Tag.TRAFFIC_LIGHT)
_HALF_LANE_M: Final = 1.6
_HALF_DEPTH_M: Final = 1.5


def light_actors(world: World) -> Iterator[TrafficLight]:
    """Make an actor of each light of a world; its id is for the caller to give."""
    for index, light in enumerate(world.lights.lights):
        yield TrafficLight(
            0,
            _BLUEPRINT,
            {},
            light.pose,
            box=_trigger(light.pose, world.lights.stops(index)),
            index=index,
            sign_id=light.signal.id,
        )


def light_state(light: TrafficLight, world: World) -> bytes:
    """Pack what the snapshot says of a light alone."""
    lights = world.lights
    green, yellow, red = lights.times(light.index)
    return light_extra(
        light.sign_id,
        green,
        yellow,
        red,
        lights.elapsed_s(light.index),
        lights.lights[light.index].pole,
        lights.frozen(light.index),
        int(lights.state(light.index)),
    )


def _trigger(pose: Pose, stops: tuple[Pose, ...]) -> Box:
    """Box, in the light's axes, around the places where vehicles have to stop for it."""
    if not stops:
        return HEAD
    heading = stops[0].heading
    cosine, sine = math.cos(heading), math.sin(heading)
    along = [stop.x * cosine + stop.y * sine for stop in stops]
    across = [stop.y * cosine - stop.x * sine for stop in stops]
    middle, side = 0.5 * (min(along) + max(along)), 0.5 * (min(across) + max(across))
    centre = (middle * cosine - side * sine, middle * sine + side * cosine, stops[0].z + 1.0)
    x, y, z = (centre[0] - pose.x, centre[1] - pose.y, centre[2] - pose.z)
    extent = (0.5 * (max(along) - min(along)) + _HALF_DEPTH_M, 0.5 * (max(across) - min(across)) + _HALF_LANE_M, 1.0)
    return Box(pose.into((x, y, z)), extent, heading - pose.heading)
