"""Polling selector: waits for a client's next word awake, for a moment, before it goes to sleep.

A client in synchronous mode asks again a tenth of a millisecond after it was answered. To wake a sleeping thread takes
as long, more on virtual machines, and costs the client's side of the socket time as well. The kernel's own busy polling
(``SO_BUSY_POLL``) is for network cards; this is the same for sockets on one machine.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    Ready = list[tuple[selectors.SelectorKey, int]]

__all__ = ["new_event_loop"]

POLLED_S: Final = 0.0003
"""How long it looks before it sleeps, after something has come [s]; whoever else wants the processor gets it."""
TAKEN_S: Final = 0.0001
"""A turn of looking that took longer has lost the processor to another process [s]."""
CROWDED_S: Final = 0.1
"""How long it does not look then [s]: whoever sleeps is given the processor sooner than who has looked."""
PRECISE_S: Final = 0.001
"""Time-outs up to this are kept exactly [s]: epoll counts in milliseconds, and rounds up."""


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that polls, where the system has what that takes."""
    if not hasattr(selectors, "EpollSelector"):
        return asyncio.new_event_loop()
    return asyncio.SelectorEventLoop(_PollingSelector())


if hasattr(selectors, "EpollSelector"):

    class _PollingSelector(selectors.EpollSelector):
        def __init__(self) -> None:
            super().__init__()
            self._busy = False
            self._asleep_until = 0.0

        def select(self, timeout: float | None = None) -> Ready:
            ready = super().select(0)
            if not ready and (timeout is None or timeout > 0.0):
                ready = self._awaited(timeout)
            self._busy = bool(ready)
            return ready

        def _awaited(self, timeout: float | None) -> Ready:
            began = looked = time.perf_counter()
            polled = POLLED_S if self._busy and began > self._asleep_until else 0.0
            if timeout is not None and timeout <= PRECISE_S:
                polled = timeout
            while looked - began < polled:
                ready = super().select(0)
                if ready:
                    return ready
                os.sched_yield()
                before, looked = looked, time.perf_counter()
                if looked - before > TAKEN_S:
                    self._asleep_until = looked + CROWDED_S
                    if timeout is None or timeout > PRECISE_S:
                        break
            left = None if timeout is None else timeout - (looked - began)
            return [] if left is not None and left <= 0.0 else super().select(left)
