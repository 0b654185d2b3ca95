"""Clock: ticks that are ours alone."""

from __future__ import annotations

from typing import Any

from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["Clock"]


class Clock:
    """Advances a synchronous world step by step, and notices if others do, too.

    Attributes
    ----------
    frame:
        Number of the frame of the latest tick.
    """

    def __init__(self, server: ServerClient) -> None:
        self._server = server
        self.frame = 0
        self._elapsed_s: float | None = None

    def restart(self) -> None:
        """Allow for time that went by before the next tick."""
        self._elapsed_s = None

    def tick(self) -> Any:
        """Advance by one step and return the ``carla.WorldSnapshot``.

        Raises
        ------
        SimulatorError
            If the server does not tick in time, or the world has moved on by more or less than one step.
        """
        server = self._server
        with server.trying("a tick"):
            frame = server.world.tick(server.timeout_s)
            snapshot = server.world.get_snapshot()
        elapsed = snapshot.timestamp.elapsed_seconds
        moved_on = DT_S if self._elapsed_s is None else elapsed - self._elapsed_s
        if snapshot.frame != frame or not 0.5 * DT_S < moved_on < 1.5 * DT_S:
            raise server.error("a tick", "another client ticks this world, too, or has changed its settings")
        self._elapsed_s, self.frame = elapsed, frame
        return snapshot
