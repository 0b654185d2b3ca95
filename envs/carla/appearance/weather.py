"""What a scenario's conditions mean on a CARLA server.

``Weather`` has CARLA's own names and ranges. What CARLA lacks, the season, is given to a server of our own in a call of
its own; on any other one it comes as near as it can: grip through the tyres' friction, ground and foliage through
textures (see ``texture_streaming``).
"""

from __future__ import annotations

from typing import Any, Final

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.raw_rpc import RawRpcError, raw_rpc
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.seasons.conditions import Conditions, Weather

__all__ = ["SEASON_CALL", "set_friction", "set_season", "set_weather"]

SEASON_CALL: Final = "wormdrive.conditions"
"""Our servers' extension: JSON of ``Conditions`` -> nothing."""


def set_weather(server: ServerClient, weather: Weather) -> None:
    """Have the server's weather be this; it shows from the next tick on."""
    with server.trying("setting the weather"):
        server.world.set_weather(client_library().WeatherParameters(**weather.model_dump()))


def set_season(server: ServerClient, conditions: Conditions) -> bool:
    """Set season, weather and lens of a server of our own; False where it is none."""
    try:
        raw_rpc(server.host, server.port, SEASON_CALL, conditions.model_dump_json(), timeout_s=server.timeout_s)
    except RawRpcError:
        return False
    return True


def set_friction(server: ServerClient, ego: Any, tyres: list[float], friction: float) -> None:
    """Scale the ego's tyres' friction: ``tyres`` hold what each has on a dry road, ``friction`` is the road's [-]."""
    with server.trying("setting the tyres' friction"):
        physics = ego.get_physics_control()
        wheels = list(physics.wheels)
        for wheel, dry in zip(wheels, tyres, strict=False):
            wheel.tire_friction = dry * friction
        physics.wheels = wheels
        ego.apply_physics_control(physics)
