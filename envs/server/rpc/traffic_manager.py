"""Calls of Traffic Managers: they run in clients, the server keeps a list of where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wormdrive.envs.server.protocol.numbers import integer, text
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.rpc.table import done, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk

MAX_MANAGERS: Final = 64


@value("is_traffic_manager_running")
def running(desk: Desk, port: Any) -> bool:
    """Whether there is one at that port."""
    return integer(port, high=65535) in desk.managers


@value("get_traffic_manager_running")
def where(desk: Desk, port: Any) -> list[Any]:
    """Say where the one at that port runs."""
    number = integer(port, high=65535)
    return [desk.managers[number][0], number] if number in desk.managers else ["", 0]


@value("add_traffic_manager_running")
def add(desk: Desk, place: Any) -> bool:
    """Enter one, unless the port is taken."""
    host, port = text(place[0], 256), integer(place[1], high=65535)
    if port in desk.managers:
        return False
    if len(desk.managers) >= MAX_MANAGERS:
        raise RefusedError(f"there are {MAX_MANAGERS} Traffic Managers already, which is the most")
    desk.managers[port] = (host, desk.caller)
    return True


@value("destroy_traffic_manager")
def remove(desk: Desk, port: Any) -> bool:
    """Strike one off."""
    return desk.managers.pop(integer(port, high=65535), None) is not None


@done("set_actor_autopilot")
def autopilot(desk: Desk, number: Any, on: Any) -> None:
    """Take note of a wish: the client's Traffic Manager drives."""
    desk.simulation.episode.find(integer(number))
