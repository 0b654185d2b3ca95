"""Departure: from one episode to the next without a client's Traffic Manager coming to harm.

A client that loads a world drops its old episode as soon as it has the reply, and asks for another one, while the
thread of an asynchronous Traffic Manager goes on with what is no longer there: the client dies (``Episode::GetState``
of a null pointer, out of ``TrafficManagerLocal::Run``). Once it hears of the new episode, it stops and restarts its
manager, which then must not look at the world once more, or the client dies again, of an expired episode.

The only place to keep the manager's thread in is a call of its own. So the reply waits until that thread asks for the
weather, the last call of a cycle that drives no vehicle; vehicles are gone by then. That one call is answered after the
client has heard of the new episode: the thread finds itself stopped, and ends. The manager of a synchronous world
sleeps between ticks, and asks for nothing. Vehicles of the next episode wait for it (``introduction``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.parking import Parking

__all__ = ["SWITCH_AFTER_S", "depart"]

SWITCH_AFTER_S: Final = 0.15
"""The next episode begins so long after the reply, or after the client has come back for the old one: a client that
hears of it before the reply frees what its Traffic Manager still uses, and dies [s]."""
_HEARD_S: Final = 0.05
"""In which a snapshot reaches the manager."""
_PARKED_S: Final = 0.4
"""In which an asynchronous manager has gone through a cycle."""
_BACK_S: Final = 10.0
"""In which a client has come back for the world's stream; files of the next map are read before."""
_STOPPED_S: Final = 0.1
"""From a snapshot of the new episode until the client has told its manager to stop."""

_running: set[asyncio.Task[None]] = set()


def depart(context: CallContext, change: Callable[[], None]) -> Any:
    """Let ``change`` begin the next episode after the reply to the caller, which waits for a future if there is one.

    The manager's calls are answered meanwhile.
    """
    caller = context.caller
    if caller is None or all(manager is not caller for _, manager in context.managers.values()):
        asyncio.get_running_loop().call_later(SWITCH_AFTER_S, change)
        return None
    return asyncio.get_running_loop().create_task(_with_manager(context, Parking(caller), change))


async def _with_manager(context: CallContext, parking: Parking, change: Callable[[], None]) -> None:
    simulation = context.simulation
    for vehicle in simulation.episode.actors.vehicles:
        simulation.destroy(vehicle)
    simulation.step()
    await asyncio.sleep(_HEARD_S)
    context.parking = parking
    simulation.step()
    parked = await parking.taken(_PARKED_S)
    context.parking = None
    task = asyncio.get_running_loop().create_task(_switch(context, parking, change, context.hub.greeted, parked=parked))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _switch(
    context: CallContext, parking: Parking, change: Callable[[], None], greeted: int, *, parked: bool
) -> None:
    loop = asyncio.get_running_loop()
    give_up = loop.time() + _BACK_S
    try:
        while parked and context.hub.greeted == greeted and loop.time() < give_up:
            await asyncio.sleep(0.01)
        await asyncio.sleep(SWITCH_AFTER_S)
        change()
        managers = sum(manager is parking.connection for _, manager in context.managers.values())
        context.introductions.restart(managers, cycling=parked)
        await asyncio.sleep(_STOPPED_S)
    finally:
        parking.release()
