"""What the snapshot says of each actor."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Final

from wormdrive.carla_server.actors.actors import Actor, TrafficLight, Vehicle, Walker
from wormdrive.carla_server.actors.lights import light_state
from wormdrive.carla_server.actors.signs import TrafficSign
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.axes import angular_to_carla, mirrored, transform_to_carla
from wormdrive.carla_server.protocol.enums import TrafficLightState
from wormdrive.carla_server.protocol.payloads import actor_state, vehicle_extra, walker_extra
from wormdrive.carla_server.protocol.values import VehicleControl
from wormdrive.carla_server.world.world import GEARS_MPS

__all__ = ["state_of"]

_NO_LIMIT_KMH: Final = 30.0
"""CARLA's own where the map gives none."""
_SHIFTS_MPS: Final[list[float]] = GEARS_MPS.tolist()


def state_of(actor: Actor, episode: CarlaEpisode) -> bytes:
    """Pack one actor's state."""
    if isinstance(actor, TrafficSign):
        return actor.packed
    location, rotation = transform_to_carla(actor.pose)
    moving = (
        mirrored(actor.velocity),
        angular_to_carla(actor.angular),
        mirrored(actor.acceleration),
    )
    if isinstance(actor, Vehicle):
        limit = actor.speed_limit_mps
        kmh = 3.6 * limit if math.isfinite(limit) and limit > 0.0 else _NO_LIMIT_KMH
        light = actor.light
        shown = TrafficLightState.GREEN if light is None else int(episode.world.lights.state(light.index))
        extra = vehicle_extra(_shown(actor), kmh, shown, 0 if light is None else light.id)
        return actor_state(actor.id, location, rotation, *moving, extra)
    if isinstance(actor, Walker):
        extra = walker_extra(*actor.control)
        return actor_state(actor.id, location, rotation, *moving, extra)
    if isinstance(actor, TrafficLight):
        return actor_state(actor.id, location, rotation, *moving, light_state(actor, episode.world))
    return actor_state(actor.id, location, rotation, *moving)


def _shown(vehicle: Vehicle) -> VehicleControl:
    """Return a vehicle's control, with the gear that its gearbox has chosen where the driver leaves that to it."""
    held = vehicle.control
    if held.manual_gear_shift:
        return held
    gear = vehicle.gear
    if gear is None:
        speed = math.hypot(vehicle.velocity[0], vehicle.velocity[1])
        gear = -1 if held.reverse else 1 + bisect_left(_SHIFTS_MPS, speed)
    return VehicleControl(held.throttle, held.steer, held.brake, held.hand_brake, held.reverse, False, gear)
