"""Calls about the session: version, episode, settings, ticks, streams, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.navigation import navigation_file, navigation_listed, navigation_mesh
from wormdrive.carla_server.protocol import replies
from wormdrive.carla_server.protocol.numbers import integer, text
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM, stream_token
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, raw, value
from wormdrive.carla_server.rpc.ticking import tick_of
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.conditions import Conditions

with needs_extra("server"):
    import msgpack

VERSION: Final = "0.9.16"
_LONGEST_CONDITIONS: Final = 10_000
_NAVIGATION: Final = "Nav"
_MANAGERS: Final = "TM"


@value("version")
def version(context: CallContext) -> str:
    """Return the version that we speak; the client compares it with its own."""
    return VERSION


@value("get_episode_info")
def episode_info(context: CallContext) -> list[Any]:
    """Return the episode's number and the token of the world's stream."""
    return [context.simulation.episode.number, [stream_token(WORLD_STREAM, context.simulation.port)]]


@value("get_sensor_token")
def sensor_token(context: CallContext, stream: Any) -> list[bytes]:
    """Say where a stream is; its listener is about to connect."""
    number = integer(stream)
    context.hub.expect(number)
    return [stream_token(number, context.simulation.port)]


@raw("get_episode_settings")
def settings(context: CallContext) -> bytes:
    """Return the settings, packed beforehand: an asynchronous Traffic Manager asks thousands of times a second."""
    context.clock.asked()
    return context.packed_settings


@value("set_episode_settings")
def set_settings(context: CallContext, values: Any) -> int:
    """Change the settings; returns the frame."""
    simulation = context.simulation
    simulation.settings = simulation.settings.updated(values)
    context.clock.changed.set()
    return simulation.frame


@value("tick_cue")
def tick(context: CallContext) -> Any:
    """Advance by one tick; returns the frame."""
    return tick_of(context)


@value("get_required_files")
def required_files(context: CallContext, folder: Any = "", download: Any = True) -> list[str]:
    """List files that a client should have of that kind: ``Nav``, where walkers may go on the map; ``TM``: none."""
    if text(folder) == _MANAGERS:
        context.introductions.starting()
    # a client asks before the next episode has begun
    road_map = context.next_map or context.simulation.episode.road_map
    return [navigation_file(road_map)] if text(folder) == _NAVIGATION and navigation_listed(road_map) else []


@raw("request_file")
def file(context: CallContext, name: Any) -> Coroutine[Any, Any, bytes]:
    """Return a file that was listed; the client keeps it by its name."""
    for road_map in (context.next_map, context.simulation.episode.road_map):
        if road_map is not None and text(name) == navigation_file(road_map):
            return _navigation(road_map)
    known = navigation_file(context.simulation.episode.road_map)
    raise RequestError(f"name={text(name)[:80]!r}: there is no such file; allowed is {known}")


@raw("get_navigation_mesh")
def mesh(context: CallContext) -> Coroutine[Any, Any, bytes]:
    """Return the map's navigation mesh."""
    return _navigation(context.simulation.episode.road_map)


async def _navigation(road_map: RoadMap) -> bytes:
    """Pack the reply with a map's mesh; while it is made, other connections are served."""
    return bytes(msgpack.packb(replies.value(await asyncio.to_thread(navigation_mesh, road_map))))


@done("wormdrive.season")
def set_season(context: CallContext, name: Any) -> None:
    """Change the season; ours, no client knows of it."""
    context.simulation.set_season(str(name)[:40])


@done("wormdrive.conditions")
def set_conditions(context: CallContext, text: Any) -> None:
    """Change season, weather and lens: JSON of ``Conditions``; ours, and what ``envs/carla`` asks for."""
    try:
        values = json.loads(str(text)[:_LONGEST_CONDITIONS])
        conditions = Conditions(**values)
    except (ValueError, TypeError, RecursionError) as error:  # ConditionsError is a ValueError
        raise RequestError(f"wormdrive.conditions: {' '.join(str(error).split())[:200]}") from None
    context.simulation.set_conditions(conditions)
