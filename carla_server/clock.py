"""Clock: when the simulation advances.

Asynchronous mode: by a clock of our own, or, with a fixed delta, as fast as it can. Synchronous mode: when a client
says so, and only once everybody has got what the tick before sent.

A client's synchronous Traffic Manager can miss the word that a tick has come, and then hangs its client for ever: its
thread asks for the settings, finds that there is no tick, and goes to sleep; told between the last two, it sleeps on.
While one is registered, ticks are answered only when somebody has asked for the settings since the tick before, and a
little time has gone by. The tick itself is taken meanwhile: the manager's controls for it have come before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.streams import StreamHub

__all__ = ["SimulationClock"]

FALLING_ASLEEP_S: Final = 0.0004
"""Far more than a Traffic Manager's thread needs from the settings' arrival until it sleeps."""
LATEST_QUESTION_S: Final = 0.05
"""How long an answer waits for the question, once; a manager that asks no more holds up no further one."""
_log = logging.getLogger(__name__)


class SimulationClock:
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
        self._asked = asyncio.Event()
        self._asked_s = 0.0
        self._asking = True
        self.changed = asyncio.Event()
        """Set by whoever changes the settings or lets a client in."""
        self.holding = False
        """Whether a tick has been taken that is not answered yet: what is answered meanwhile waits for no picture."""

    def tick(self) -> int | Coroutine[Any, Any, int]:
        """Advance by one tick on a client's word: the frame, or a coroutine that will give it.

        Its pictures are drawn after the reply, see ``Simulation.show``.
        """
        if not self._managed() and self._hub.ready and not self._turn.locked():
            return self._simulation.advance()
        return self._tick_when_ready()

    async def _tick_when_ready(self) -> int:
        async with self._turn:
            await self._hub.until_ready()
            frame = self._simulation.advance()
            if self._managed():
                self.holding = True
                try:
                    await self._until_managers_sleep()
                finally:
                    self.holding = False
            self._asked.clear()
            return frame

    def asked(self) -> None:
        """Note that somebody has asked for the settings, as a Traffic Manager does at the beginning of each cycle."""
        self._asked_s = time.perf_counter()
        self._asked.set()

    async def _until_managers_sleep(self) -> None:
        if self._asking and not self._asked.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LATEST_QUESTION_S)
        self._asking = self._asked.is_set()
        left = self._asked_s + FALLING_ASLEEP_S - time.perf_counter()
        if left > 0.0:
            await asyncio.sleep(left)

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
            if self._simulation.settings.fixed_delta_seconds is not None:
                due = loop.time()
                await asyncio.sleep(0.0)  # calls come in between
            else:
                due = max(due + self._simulation.dt_s, loop.time())
                await asyncio.sleep(due - loop.time())
            if not self._simulation.settings.synchronous_mode:
                try:
                    self._simulation.step()
                except Exception:
                    _log.exception("a tick failed")
