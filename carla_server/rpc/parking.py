"""Parking: one call of a connection that is answered later than those behind it."""

from __future__ import annotations

import asyncio
from typing import Any

from wormdrive.carla_server.sockets.rpc_connection import RpcConnection

__all__ = ["Parking"]


class Parking:
    """Room for one call of a connection.

    Attributes
    ----------
    connection:
        Whose call.
    """

    def __init__(self, connection: RpcConnection) -> None:
        self.connection = connection
        self._answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._result: Any = None
        self._taken = asyncio.Event()

    def offers(self, connection: RpcConnection | None) -> bool:
        """Whether there is room for a call of that connection."""
        return connection is self.connection and not self._taken.is_set()

    def hold(self, result: Any) -> asyncio.Future[Any]:
        """Take the room for a call; returns what becomes the result once it is released."""
        self._result = result
        self._taken.set()
        return self._answer

    async def taken(self, within_s: float) -> bool:
        """Wait until there is a call; tell whether there is one."""
        try:
            await asyncio.wait_for(self._taken.wait(), within_s)
        except asyncio.TimeoutError:
            return False
        return True

    def release(self) -> None:
        """Have the call answered."""
        if not self._answer.done():
            self._answer.set_result(self._result)
