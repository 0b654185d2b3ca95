"""Calls about the session: version, episode, settings, ticks, streams, files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.protocol.numbers import integer
from wormdrive.envs.server.protocol.tokens import WORLD_STREAM, stream_token
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.rpc.table import done, raw, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk

VERSION: Final = "0.9.16"
_LONGEST_CONDITIONS: Final = 10_000


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
    """List files that a client should have: none."""
    return []


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
