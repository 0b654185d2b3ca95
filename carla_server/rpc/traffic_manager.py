"""Calls of Traffic Managers: they run in clients, the server keeps a list of where."""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.numbers import integer, text
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value

MAX_MANAGERS: Final = 64


@value("is_traffic_manager_running")
def running(context: CallContext, port: Any) -> bool:
    """Whether there is one at that port."""
    return integer(port, high=65535) in context.managers


@value("get_traffic_manager_running")
def where(context: CallContext, port: Any) -> list[Any]:
    """Say where the one at that port runs."""
    number = integer(port, high=65535)
    return [context.managers[number][0], number] if number in context.managers else ["", 0]


@value("add_traffic_manager_running")
def add(context: CallContext, place: Any) -> bool:
    """Enter one, unless the port is taken."""
    host, port = text(place[0], 256), integer(place[1], high=65535)
    if port in context.managers:
        return False
    if len(context.managers) >= MAX_MANAGERS:
        raise RequestError(f"there are {MAX_MANAGERS} Traffic Managers already, which is the most")
    context.managers[port] = (host, context.caller)
    return True


@value("destroy_traffic_manager")
def remove(context: CallContext, port: Any) -> bool:
    """Strike one off."""
    return context.managers.pop(integer(port, high=65535), None) is not None


@done("set_actor_autopilot")
def autopilot(context: CallContext, number: Any, on: Any) -> None:
    """Take note of a wish: the client's Traffic Manager drives."""
    context.simulation.episode.find(integer(number))
