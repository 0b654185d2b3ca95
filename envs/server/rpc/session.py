"""Calls about the session: version, episode, settings, ticks, streams, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

import msgpack

from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.navigation import navigation_file, navigation_listed, navigation_mesh
from wormdrive.envs.server.protocol import replies
from wormdrive.envs.server.protocol.numbers import integer, text
from wormdrive.envs.server.protocol.tokens import WORLD_STREAM, stream_token
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.rpc.table import done, raw, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk

VERSION: Final = "0.9.16"
_LONGEST_CONDITIONS: Final = 10_000
_NAVIGATION: Final = "Nav"


@value("version")
def version(desk: Desk) -> str:
    """Give the version that we speak; the client compares it with its own."""
    return VERSION


@value("get_episode_info")
def episode_info(desk: Desk) -> list[Any]:
    """Give the episode's number and the token of the world's stream."""
    return [desk.simulation.episode.number, [stream_token(WORLD_STREAM, desk.simulation.port)]]


@value("get_sensor_token")
def sensor_token(desk: Desk, stream: Any) -> list[bytes]:
    """Say where a stream is; its listener is about to connect."""
    number = integer(stream)
    desk.hub.expect(number)
    return [stream_token(number, desk.simulation.port)]


@raw("get_episode_settings")
def settings(desk: Desk) -> bytes:
    """Give the settings, packed beforehand: an asynchronous Traffic Manager asks thousands of times a second."""
    desk.ticker.asked()
    return desk.packed_settings


@value("set_episode_settings")
def set_settings(desk: Desk, values: Any) -> int:
    """Change the settings; gives the frame."""
    simulation = desk.simulation
    simulation.settings = simulation.settings.updated(values)
    desk.ticker.changed.set()
    return simulation.frame


@value("tick_cue")
def tick(desk: Desk) -> Any:
    """Advance by one tick; gives the frame."""
    return desk.ticker.tick()


@value("get_required_files")
def required_files(desk: Desk, folder: Any = "", download: Any = True) -> list[str]:
    """List files that a client should have of that kind: ``Nav``, where walkers may go on the map."""
    road_map = desk.next_map or desk.simulation.episode.road_map  # a client asks before the next episode has begun
    return [navigation_file(road_map)] if text(folder) == _NAVIGATION and navigation_listed(road_map) else []


@raw("request_file")
def file(desk: Desk, name: Any) -> Coroutine[Any, Any, bytes]:
    """Give a file that was listed; the client keeps it by its name."""
    for road_map in (desk.next_map, desk.simulation.episode.road_map):
        if road_map is not None and text(name) == navigation_file(road_map):
            return _navigation(road_map)
    known = navigation_file(desk.simulation.episode.road_map)
    raise RefusedError(f"name={text(name)[:80]!r}: there is no such file; allowed is {known}")


@raw("get_navigation_mesh")
def mesh(desk: Desk) -> Coroutine[Any, Any, bytes]:
    """Give the map's navigation mesh."""
    return _navigation(desk.simulation.episode.road_map)


async def _navigation(road_map: RoadMap) -> bytes:
    """Pack the reply with a map's mesh; while it is made, other connections are served."""
    return bytes(msgpack.packb(replies.value(await asyncio.to_thread(navigation_mesh, road_map))))


@done("wormdrive.season")
def set_season(desk: Desk, name: Any) -> None:
    """Change the season; ours, no client knows of it."""
    desk.simulation.set_season(str(name)[:40])


@done("wormdrive.conditions")
def set_conditions(desk: Desk, text: Any) -> None:
    """Change season, weather and lens: JSON of ``Conditions``; ours, and what ``envs/carla`` asks for."""
    try:
        values = json.loads(str(text)[:_LONGEST_CONDITIONS])
        conditions = Conditions(**values)
    except (ValueError, TypeError, RecursionError) as error:  # ConditionsError is a ValueError
        raise RefusedError(f"wormdrive.conditions: {' '.join(str(error).split())[:200]}") from None
    desk.simulation.set_conditions(conditions)
