"""What the snapshot says of each actor."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.server.actors import Actor, TrafficLight, Vehicle, Walker
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.lights import light_state
from wormdrive.envs.server.protocol.axes import angular_to_carla, mirrored, transform_to_carla
from wormdrive.envs.server.protocol.enums import LightState
from wormdrive.envs.server.protocol.payloads import actor_state, vehicle_extra, walker_extra

__all__ = ["state_of"]

_NO_LIMIT_KMH: Final = 30.0
"""CARLA's own where the map gives none."""


def state_of(actor: Actor, episode: Episode) -> bytes:
    """Pack one actor's state."""
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
        shown = LightState.GREEN if light is None else int(episode.world.lights.state(light.index))
        extra = vehicle_extra(actor.control, kmh, shown, 0 if light is None else light.id)
        return actor_state(actor.id, location, rotation, *moving, extra)
    if isinstance(actor, Walker):
        extra = walker_extra(*actor.control)
        return actor_state(actor.id, location, rotation, *moving, extra)
    if isinstance(actor, TrafficLight):
        return actor_state(actor.id, location, rotation, *moving, light_state(actor, episode.world))
    return actor_state(actor.id, location, rotation, *moving)
