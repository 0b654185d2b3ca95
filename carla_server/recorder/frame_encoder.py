"""Frame encoder: what of a tick goes into a frame of a recording."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, TrafficLight, Vehicle, Walker
from wormdrive.carla_server.actors.physics_control import physics_of
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.axes import angular_to_carla, mirrored, transform_to_carla
from wormdrive.carla_server.recorder.format import NOBODY, TABLES, Kind, Packet
from wormdrive.carla_server.recorder.variable import (
    Added,
    Physics,
    Triple,
    WheelTurn,
    packed_added,
    packed_physics,
    packed_wheels,
)
from wormdrive.carla_server.recorder.writer import packet
from wormdrive.carla_server.world import Collision
from wormdrive.carla_server.world.traffic.traffic_lights import TrafficLights

__all__ = ["FrameEncoder", "euler_of", "kind_of"]

CM: Final = 100.0
_PLACED: Final = (Kind.OTHER, Kind.VEHICLE, Kind.WALKER)
_COLLISION_SENSOR: Final = "sensor.other.collision"
_WHEEL_M: Final = 0.35


def kind_of(actor: Actor) -> Kind:
    """Say what CARLA's recorder takes an actor for."""
    if isinstance(actor, Vehicle):
        return Kind.VEHICLE
    if isinstance(actor, Walker):
        return Kind.WALKER
    if isinstance(actor, TrafficLight):
        return Kind.TRAFFIC_LIGHT
    family = actor.blueprint.family
    return {"traffic": Kind.TRAFFIC_SIGN, "sensor": Kind.SENSOR}.get(family, Kind.OTHER)


def euler_of(pose: Pose) -> tuple[Triple, Triple]:
    """Return a pose as recordings have it: location [cm]; roll, pitch, yaw [deg]."""
    (x, y, z), (pitch, yaw, roll) = transform_to_carla(pose)
    return (CM * x, CM * y, CM * z), (roll, pitch, yaw)


class FrameEncoder:
    """Writes frames about one episode.

    Parameters
    ----------
    episode:
        What is recorded.
    more:
        Whether velocities, bounding boxes, physics and the like are recorded, too.
    """

    def __init__(self, episode: CarlaEpisode, more: bool) -> None:
        self._episode = episode
        self._more = more
        self._known: dict[int, Actor] = {}
        self._turned_deg: dict[int, float] = {}
        self._collisions = 0
        self._began_s = time.monotonic()

    def frame(self, tick: Tick, collisions: Sequence[Collision]) -> bytes:
        """Pack what a tick has changed, and how everything stands after it."""
        episode = self._episode
        actors = list(episode.actors)
        there = {actor.id for actor in actors}
        gone = [number for number in self._known if number not in there]
        new = [actor for actor in actors if actor.id not in self._known]
        for number in gone:
            del self._known[number]
            self._turned_deg.pop(number, None)
        self._known |= {actor.id: actor for actor in new}
        vehicles, walkers = episode.actors.vehicles, episode.actors.walkers
        parts = [
            packet(Packet.VISUAL_TIME, np.float64(tick.time_s).tobytes()),
            packet(Packet.ADDED, packed_added([_added(actor) for actor in new])) if new else b"",
            _table(Packet.REMOVED, [(number,) for number in gone]),
            _table(Packet.PARENTS, [(one.id, one.parent.id) for one in new if one.parent is not None]),
            _table(Packet.COLLISIONS, self._collision_rows(collisions)),
            _table(
                Packet.POSITIONS, [(one.id, *euler_of(one.pose)) for one in actors if kind_of(one) in _PLACED], True
            ),
            _table(Packet.TRAFFIC_LIGHTS, _lights(episode.world.lights, episode.lights)),
            _table(Packet.VEHICLES, [_control(one) for one in vehicles]),
            _table(Packet.WALKERS, [(one.id, CM * one.control.speed) for one in walkers]),
            _table(Packet.LAMPS, [(one.id, episode.lamps_of(one)) for one in vehicles]),
            packet(Packet.WHEELS, packed_wheels(self._wheels(tick.delta_s, vehicles))) if vehicles else b"",
        ]
        if self._more:
            parts += self._additional(new, [*vehicles, *walkers])
        return b"".join(parts)

    def _collision_rows(self, collisions: Sequence[Collision]) -> list[tuple[int, int, int, bool, bool]]:
        """Collisions as CARLA has them: the first actor is the one that feels it.

        As on CARLA those with a collision sensor feel it. A pair without any is recorded once all the same.
        """
        actors = self._episode.actors
        pairs: dict[tuple[int, int], tuple[Actor | None, Actor | None]] = {}
        for collision in collisions:
            one: Actor | None = actors.of_body(collision.vehicle)
            two: Actor | None = None if collision.other is None else actors.of_body(collision.other)
            if one is None:
                continue
            key = one.id, NOBODY if two is None else two.id
            if _feels(one) or not ((two is not None and _feels(two)) or key[::-1] in pairs):
                pairs[key] = one, two
        found = []
        for (first, second), heroes in pairs.items():
            found.append((self._collisions, first, second, _is_hero(heroes[0]), _is_hero(heroes[1])))
            self._collisions = (self._collisions + 1) % NOBODY
        return found

    def _wheels(self, delta_s: float, vehicles: Iterable[Vehicle]) -> list[tuple[int, list[WheelTurn]]]:
        state = self._episode.world.state()
        moving = {
            body: (steer, speed)
            for body, steer, speed in zip(
                state.ids.tolist(), state.steer_rad.tolist(), state.speed_mps.tolist(), strict=True
            )
        }
        found = []
        for vehicle in vehicles:
            angle, speed = moving[vehicle.body]
            model = self._episode.world.model(vehicle.body)
            radius = _WHEEL_M if model.powertrain is None else model.powertrain.radius_m
            steers = [-math.degrees(front) for front in model.front_wheels(angle)] + [0.0, 0.0]
            turned = self._turned_deg.get(vehicle.id, 0.0) - math.degrees(speed * delta_s / radius)
            self._turned_deg[vehicle.id] = turned = math.fmod(turned, 360.0)
            found.append((vehicle.id, [WheelTurn(k, steer, turned) for k, steer in enumerate(steers)]))
        return found

    def _additional(self, new: Sequence[Actor], moving: Sequence[Actor]) -> list[bytes]:
        lights = [one for one in new if isinstance(one, TrafficLight)]
        vehicles = [one for one in new if isinstance(one, Vehicle)]
        times = self._episode.world.lights.times
        return [
            _table(Packet.KINEMATICS, [(one.id, mirrored(one.velocity), _turning(one)) for one in moving]),
            _table(
                Packet.BOXES,
                [
                    (one.id, _cm(mirrored(one.box.centre)), _cm(one.box.extent))
                    for one in new
                    if one.blueprint.family != "traffic"
                ],
            ),
            _table(
                Packet.TRIGGERS,
                [
                    (one.id, _cm(mirrored(one.box.moved(one.pose.place, one.pose.heading).centre)), _cm(one.box.extent))
                    for one in lights
                ],
            ),
            packet(Packet.PLATFORM_TIME, np.float64(time.monotonic() - self._began_s).tobytes()),
            packet(Packet.PHYSICS, packed_physics([_physics(one) for one in vehicles])) if vehicles else b"",
            _table(Packet.LIGHT_TIMES, [(one.id, *times(one.index)) for one in lights]),
        ]


def _table(kind: Packet, rows: Sequence[tuple[object, ...]], even_empty: bool = False) -> bytes:
    """Pack records behind their count; nothing where there is none."""
    if not rows and not even_empty:
        return b""
    return packet(kind, len(rows).to_bytes(2, "little") + np.array(rows, TABLES[kind]).tobytes())


def _added(actor: Actor) -> Added:
    uid, type_id, attributes = actor.blueprint.description(actor.attributes)
    pose = actor.pose if actor.parent is None else actor.mount
    return Added(
        actor.id,
        kind_of(actor),
        *euler_of(pose),
        uid,
        type_id,
        tuple((kind, name, value) for name, kind, value in attributes),
    )


def _lights(known: TrafficLights, lights: Iterable[TrafficLight]) -> list[tuple[object, ...]]:
    return [
        (light.id, known.frozen(light.index), known.elapsed_s(light.index), int(known.state(light.index)))
        for light in lights
    ]


def _control(vehicle: Vehicle) -> tuple[object, ...]:
    """Pedals, wheel and gear; a gear below 0 is how recordings know reverse."""
    held = vehicle.control
    gear = -1 if held.reverse and held.gear >= 0 else held.gear
    return vehicle.id, held.steer, held.throttle, held.brake, held.hand_brake, gear


def _physics(vehicle: Vehicle) -> Physics:
    v = physics_of(vehicle)
    wheels = tuple((*wheel[:9], *wheel[9]) for wheel in v[15])
    curves = (tuple(map(tuple, v[0])), tuple(map(tuple, v[10])), tuple(map(tuple, v[14])))
    return Physics(vehicle.id, tuple(v[1:6]), bool(v[6]), (v[8], v[9], v[11], v[12], *v[13]), *curves, wheels)


def _turning(actor: Actor) -> Triple:
    return angular_to_carla(actor.angular)


def _cm(vector: Sequence[float]) -> Triple:
    x, y, z = vector
    return CM * x, CM * y, CM * z


def _feels(actor: Actor) -> bool:
    return any(child.type_id == _COLLISION_SENSOR for child in actor.children)


def _is_hero(actor: Actor | None) -> bool:
    return actor is not None and actor.attributes.get("role_name") == "hero"
