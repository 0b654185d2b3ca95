"""Ticking: when the simulation advances.

Asynchronous mode: by a clock of our own. Synchronous mode: when a client says so, and only once everybody has got what
the tick before sent. The client's synchronous Traffic Manager has a race that hangs it at very high tick rates, so that
ticks wait 2 ms while one is registered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from wormdrive.envs.server.simulation import Simulation
from wormdrive.envs.server.streams import StreamHub

__all__ = ["Ticker"]

MANAGER_FLOOR_S: Final = 0.002
_log = logging.getLogger(__name__)


class Ticker:
    """Advances a simulation.

    Parameters
    ----------
    managed:
        Says whether a Traffic Manager is registered.
    watched:
        Says whether anybody is connected: the clock stands still while nobody is.
    """

    def __init__(
        self, simulation: Simulation, hub: StreamHub, managed: Callable[[], bool], watched: Callable[[], bool]
    ) -> None:
        self._simulation = simulation
        self._hub = hub
        self._managed = managed
        self._watched = watched
        self._turn = asyncio.Lock()
        self.changed = asyncio.Event()
        """Set by whoever changes the settings or lets a client in."""

    def tick(self) -> object:
        """Advance by one tick on a client's word: the frame, or a coroutine that will give it.

        Its pictures are drawn after the reply, see ``Simulation.show``.
        """
        if not self._managed() and self._hub.ready and not self._turn.locked():
            return self._simulation.advance()
        return self._patient_tick()

    async def _patient_tick(self) -> int:
        async with self._turn:
            if self._managed():
                await asyncio.sleep(MANAGER_FLOOR_S)
            await self._hub.until_ready()
            return self._simulation.advance()

    async def run(self) -> None:
        """Tick by the clock for as long as the mode is asynchronous, for ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._simulation.settings.synchronous_mode or not self._watched():
                self.changed.clear()
                await self.changed.wait()
                due = loop.time()
                continue
            due = max(due + self._simulation.dt_s, loop.time())
            await asyncio.sleep(due - loop.time())
            if not self._simulation.settings.synchronous_mode:
                try:
                    self._simulation.step()
                except Exception:
                    _log.exception("a tick failed")
