"""State restorer: makes an episode look as a recording does at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wormdrive.carla_server.actors.actors import Actor, TrafficLight, Vehicle, Walker, feet_of
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.enums import TrafficLightState
from wormdrive.carla_server.protocol.values import VehicleControl, WalkerControl
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.interpolation import InterpolatedFrame
from wormdrive.carla_server.recorder.reader import Frame
from wormdrive.carla_server.world import Collision

if TYPE_CHECKING:
    from wormdrive.carla_server.episode import CarlaEpisode

__all__ = ["place", "recorded_collisions", "show"]

Playing = Mapping[int, Actor]


def place(episode: CarlaEpisode, playing: Playing, shown: InterpolatedFrame) -> None:
    """Put everybody where they are at a time, with what their drivers do: before the world steps."""
    poses: dict[int, Pose] = {}
    for number, placed in shown.placed.items():
        actor = playing.get(number)
        if isinstance(actor, Vehicle):
            poses[actor.body] = placed.pose
        elif actor is not None and actor.parent is None and not isinstance(actor, TrafficLight):
            episode.move(actor, placed.pose)
        if isinstance(actor, Walker):  # nobody walks but by the recording
            actor.control = WalkerControl(actor.control.direction, 0.0)
    episode.world.teleport_all(poses)
    for number, *control in shown.frame.table(Packet.VEHICLES).tolist():
        actor = playing.get(number)
        if isinstance(actor, Vehicle):
            actor.ackermann = None
            episode.control(actor, _control(*control))
    for number, flags in shown.frame.table(Packet.LAMPS).tolist():
        actor = playing.get(number)
        if isinstance(actor, Vehicle):
            actor.lamps = flags


def show(episode: CarlaEpisode, playing: Playing, shown: InterpolatedFrame, delta_s: float) -> None:
    """Set what a step of the world has changed, or does not know: after it, before it is published.

    ``delta_s`` is how much of the recording has gone by since the tick before [s].
    """
    speeds = dict(shown.frame.table(Packet.WALKERS).tolist())
    for number, placed in shown.placed.items():
        actor = playing.get(number)
        if isinstance(actor, Vehicle):
            episode.world.set_velocity(actor.body, placed.velocity)
            episode.world.set_angular_velocity(actor.body, placed.angular)
            actor.velocity, actor.angular, actor.acceleration = placed.velocity, placed.angular, (0.0, 0.0, 0.0)
        elif isinstance(actor, Walker):
            heading = placed.pose.heading
            speed = min(max(0.01 * speeds.get(number, 0.0), 0.0), 20.0)
            actor.control = WalkerControl((math.cos(heading), 0.0 - math.sin(heading), 0.0), speed)
            actor.walked_m += speed * delta_s
            if actor.parent is None:
                episode.move(actor, placed.pose)
                actor.velocity, actor.angular = placed.velocity, placed.angular
                episode.world.move_kinematic_body(actor.body, feet_of(actor.pose, actor.box), placed.velocity)
    for number, frozen, elapsed_s, state in shown.frame.table(Packet.TRAFFIC_LIGHTS).tolist():
        actor = playing.get(number)
        if isinstance(actor, TrafficLight) and state in tuple(TrafficLightState):
            episode.world.lights.resume(actor.index, state, elapsed_s, frozen != 0)


def recorded_collisions(frame: Frame, playing: Playing) -> Iterator[Collision]:
    """Collisions that a frame tells of; their impulses are in no recording: they are 0."""
    for _, first, second, _, _ in frame.table(Packet.COLLISIONS).tolist():
        one, two = playing.get(first), playing.get(second)
        if isinstance(one, Vehicle):
            other = two.body if isinstance(two, (Vehicle, Walker)) else None
            yield Collision(one.body, other, (0.0, 0.0, 0.0), one.pose.place)


def _control(*values: Any) -> VehicleControl:
    steer, throttle, brake, hand_brake, gear = values
    return VehicleControl(
        min(max(throttle, 0.0), 1.0),
        min(max(steer, -1.0), 1.0),
        min(max(brake, 0.0), 1.0),
        hand_brake != 0,
        gear < 0,
        False,
        max(-10, min(gear, 10)),
    )
