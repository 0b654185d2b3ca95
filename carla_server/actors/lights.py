"""Traffic lights as actors: where they stand, what governs whom, what the snapshot says of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from wormdrive.carla_server.actors.actors import BoundingBox, TrafficLight
from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.payloads import light_extra
from wormdrive.carla_server.world import World
from wormdrive.carla_server.world.vehicles.states import VehicleMotion
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["HEAD", "light_actors", "light_state", "lights_near", "trigger_box"]

HEAD: Final = BoundingBox((0.0, 0.0, 0.45), (0.15, 0.18, 0.45))
"""Of the lamps, in the light's axes."""
_BLUEPRINT: Final = Blueprint(0, "traffic.traffic_light", (), tag=SemanticLabel.TRAFFIC_LIGHT)
_HALF_LANE_M: Final = 1.6
_HALF_DEPTH_M: Final = 1.5
_NEAR_M, _AHEAD_S, _BRAKING_MPS2 = 4.0, 0.2, 6.0
"""A Traffic Manager brakes as hard as it can as soon as a vehicle is told of a red light."""


def light_actors(world: World) -> Iterator[TrafficLight]:
    """Make an actor of each light of a world; its id is for the caller to give."""
    for index, light in enumerate(world.lights.lights):
        yield TrafficLight(
            0,
            _BLUEPRINT,
            {},
            light.pose,
            box=trigger_box(light.pose, world.lights.stops(index)) or HEAD,
            index=index,
            sign_id=light.signal.id,
        )


def lights_near(world: World, motions: Sequence[VehicleMotion]) -> list[int]:
    """Return the number of the light that each vehicle is told to be at, -1: none.

    It is told of a light ahead as late as it can be if it is to stop before the line.
    """
    lights, away = world.lights_ahead()
    speed = np.array([math.hypot(motion.velocity_mps[0], motion.velocity_mps[1]) for motion in motions])
    near = away <= _NEAR_M + speed * _AHEAD_S + speed * speed / (2.0 * _BRAKING_MPS2)
    return [int(light) for light in np.where(near, lights, -1)]


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


def trigger_box(pose: Pose, stops: tuple[Pose, ...]) -> BoundingBox | None:
    """Box, in the axes of a light or sign, around the places where it tells vehicles something; None without any."""
    if not stops:
        return None
    heading = stops[0].heading
    cosine, sine = math.cos(heading), math.sin(heading)
    along = [stop.x * cosine + stop.y * sine for stop in stops]
    across = [stop.y * cosine - stop.x * sine for stop in stops]
    middle, side = 0.5 * (min(along) + max(along)), 0.5 * (min(across) + max(across))
    centre = (middle * cosine - side * sine, middle * sine + side * cosine, stops[0].z + 1.0)
    x, y, z = (centre[0] - pose.x, centre[1] - pose.y, centre[2] - pose.z)
    extent = (0.5 * (max(along) - min(along)) + _HALF_DEPTH_M, 0.5 * (max(across) - min(across)) + _HALF_LANE_M, 1.0)
    return BoundingBox(pose.into((x, y, z)), extent, heading - pose.heading)
