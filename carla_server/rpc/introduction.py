"""Introduction: Traffic Managers know of a vehicle before its client can register it with them.

At the beginning of a cycle a client's manager strikes off every registered vehicle that is not in the snapshot that its
client read last: it takes it for destroyed (``ALSM``). In a world that ticks by itself a script spawns and registers
(``set_autopilot``) in less time than passes between two snapshots, and a cycle in between makes the vehicle stand still
for ever. After a new episode this happens often: the thread in which the client reads snapshots drops all that is
registered (``Episode::OnEpisodeChanged``), sets the map up anew and starts the manager, all before it reads on; the
script has gone on already, and the first cycle has the snapshot of before.

A manager asks for the box of each vehicle that it sees and that is not registered. So in a world that ticks by itself,
whoever spawns a vehicle is answered once the box was asked for. Once in an episode that a manager has been taken to,
the answer waits before that until the manager has been started anew, in any world: it then asks for its own files, and
the lamps of all vehicles are asked for in each of its cycles.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Actor, Vehicle

__all__ = ["Introductions"]

_KNOWN_S: Final = 0.5
"""In which a manager has asked for a box, on a busy machine, too; if none ever asks, one vehicle alone waits [s]."""
_RESTARTED_S: Final = 1.5
"""In which a client has started its managers anew: less than any time-out that scripts set [s]."""


class Introductions:
    """Vehicles that managers have yet to see, and managers that have yet to start anew."""

    def __init__(self) -> None:
        self._awaited: dict[int, asyncio.Event] = {}
        self._asking = True
        self._restarts = 0
        self._cycle = False
        self._restarted = asyncio.Event()
        self._restarted_by = 0.0

    def restart(self, managers: int, *, cycling: bool) -> None:
        """Note that a client has been taken to another episode and starts its managers anew.

        Parameters
        ----------
        cycling:
            Whether they go through cycles by themselves.
        """
        self._restarts, self._cycle = managers, cycling
        self._restarted.clear()
        self._restarted_by = asyncio.get_running_loop().time() + _RESTARTED_S
        self._asking = True

    def starting(self) -> None:
        """Note that a manager starts: it has asked for its files."""
        self._restarts = max(self._restarts - 1, 0)
        if not self._cycle and self._restarts == 0:
            self._restarted.set()

    def cycled(self) -> None:
        """Note that a manager, maybe, is in a cycle: somebody has asked for all lamps."""
        if self._restarts == 0:
            self._restarted.set()

    def seen(self, vehicle: int) -> None:
        """Note that somebody, a manager maybe, has asked for a vehicle's box."""
        self._asking = True
        awaited = self._awaited.pop(vehicle, None)
        if awaited is not None:
            awaited.set()

    def answer(self, answer: Any, spawned: Sequence[Actor], *, live: bool) -> Any:
        """Return the answer to whoever has spawned actors, or a task that will.

        Parameters
        ----------
        live:
            Whether the world ticks by itself and has managers.
        """
        vehicles = [actor.id for actor in spawned if isinstance(actor, Vehicle)]
        restarting = self._restarted_by > 0.0
        if not vehicles or not (restarting or (live and self._asking)):
            return answer
        awaited = {vehicle: asyncio.Event() for vehicle in vehicles} if live else {}
        self._awaited |= awaited
        return asyncio.get_running_loop().create_task(self._when_known(answer, awaited))

    async def _when_known(self, answer: Any, awaited: dict[int, asyncio.Event]) -> Any:
        left = self._restarted_by - asyncio.get_running_loop().time()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._restarted.wait(), max(left, 0.0))
        self._restarted_by = 0.0
        try:
            waiting = (each.wait() for each in awaited.values())
            await asyncio.wait_for(asyncio.gather(*waiting), _KNOWN_S if self._asking else 0.0)
        except asyncio.TimeoutError:
            self._asking = False
        finally:
            for vehicle in awaited:
                self._awaited.pop(vehicle, None)
        return answer
