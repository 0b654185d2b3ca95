"""Dispatcher: where calls arrive, are served and wrapped."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Any, Final

from wormdrive.carla_server.common.limits import HANDSHAKE_S, MAX_CALL_CONNECTIONS
from wormdrive.carla_server.protocol import replies
from wormdrive.carla_server.rpc.calls import CALLS
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import Call
from wormdrive.carla_server.rpc.ticking import AFTER_REPLY_S
from wormdrive.carla_server.sockets.rpc_connection import RpcConnection
from wormdrive.envs.common.errors import WormdriveError

__all__ = ["Dispatcher"]

_log = logging.getLogger(__name__)


class Dispatcher:
    """Serves calls of all clients.

    Attributes
    ----------
    context:
        What calls act on.
    """

    def __init__(self, context: CallContext) -> None:
        self.context = context
        self._connections: dict[RpcConnection, None] = {}  # in the order in which they came
        self._crowded = False
        self._told: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether any client is connected."""
        return bool(self._connections)

    def admit(self, connection: RpcConnection) -> bool:
        """Count a new connection; False if there are too many."""
        if len(self._connections) >= MAX_CALL_CONNECTIONS and not self._make_room():
            if not self._crowded:
                self._crowded = True
                _log.warning("a client is turned away: %d are connected, which is the most", MAX_CALL_CONNECTIONS)
            return False
        self._connections[connection] = None
        self.context.clock.changed.set()
        return True

    def _make_room(self) -> bool:
        """Put out whoever has been connected for long and has said nothing; tell whether there was one."""
        latest = time.monotonic() - HANDSHAKE_S
        for connection in self._connections:
            if connection.silent_since is not None and connection.silent_since < latest:
                connection.transport.abort()
                self._connections.pop(connection, None)
                return True
        return False

    def leave(self, connection: RpcConnection) -> None:
        """Forget a connection and its Traffic Managers."""
        if connection in self._connections:
            del self._connections[connection]
            self._crowded = False
        managers = self.context.managers
        self.context.managers = {port: entry for port, entry in managers.items() if entry[1] is not connection}

    def close(self) -> None:
        """Close all connections, and end what is recorded."""
        self.context.recordings.close()
        for connection in tuple(self._connections):
            connection.transport.abort()

    def answer(self, connection: RpcConnection | None, method: str, parameters: list[Any]) -> Any:
        """Return the (wrapped) result of a call, packed or not, or a coroutine or future that will."""
        call = CALLS.get(method)
        if call is None:
            return replies.failed_value(f"{method[:80]}: this server does not support the call")
        self.context.caller = connection
        if not (self.context.clock.holding and self.at_once(method)):
            self.context.draw_pictures()  # of the world as it is now, before the call changes it
        try:
            result = call.function(self.context, *parameters[1:])
            self._note_batch(connection, method, parameters)
        except Exception as error:
            return self._failure(method, call, error, thrown_away=_is_thrown_away(parameters))
        if asyncio.iscoroutine(result):
            return self._later(method, call, result, thrown_away=_is_thrown_away(parameters))
        if asyncio.isfuture(result):
            later = self._later(method, call, result, thrown_away=_is_thrown_away(parameters))
            return asyncio.get_running_loop().create_task(later)
        return self._wrapped(call, result)

    def _note_batch(self, connection: RpcConnection | None, method: str, parameters: list[Any]) -> None:
        if method == "apply_batch" and not _is_thrown_away(parameters):
            self.context.batched = connection
        elif self.context.batched is connection and not self.at_once(method):
            self.context.batched = None

    @staticmethod
    def at_once(method: str) -> bool:
        """Whether a call may be answered while a tick waits: those that a Traffic Manager's cycle begins with."""
        return method in _LOOKING

    def replied(self) -> None:
        """Draw what the latest tick has left to be drawn, once it is answered."""
        if not self.context.clock.holding:
            self.context.draw_pictures()
        hub = self.context.hub
        if hub.holds_sensors:
            asyncio.get_running_loop().call_later(AFTER_REPLY_S, hub.release_sensors)

    async def _later(self, method: str, call: Call, waiting: Awaitable[Any], *, thrown_away: bool) -> Any:
        try:
            return self._wrapped(call, await waiting)
        except Exception as error:
            return self._failure(method, call, error, thrown_away=thrown_away)

    @staticmethod
    def _wrapped(call: Call, result: Any) -> Any:
        if call.wrapped or isinstance(result, bytes):
            return result
        return replies.value(result) if call.returns else replies.DONE

    def _failure(self, method: str, call: Call, error: Exception, *, thrown_away: bool) -> Any:
        if isinstance(error, WormdriveError):
            message = f"{method}: {error}" if method not in _OWN_WORDS else str(error)
        elif isinstance(error, (TypeError, ValueError, IndexError, KeyError, OverflowError)) and not _inside(error):
            message = f"{method}: the arguments are not what the call takes"
        else:
            _log.error("%s failed", method, exc_info=error)
            message = f"{method}: an error in the server: {error!r}"
        if thrown_away and method not in self._told:  # without a line nobody learns of it
            self._told.add(method)
            _log.warning("refused, and the client does not look: %s", message)
        return replies.failed_value(message) if call.returns else replies.failed(message)


_LOOKING: Final = frozenset(
    ("get_episode_settings", "get_weather_parameters", "get_vehicle_light_states", "get_actor_bounding_box")
)
_OWN_WORDS: Final = ("spawn_actor", "spawn_actor_with_parent", "load_new_episode", "copy_opendrive_to_file")
"""Calls whose errors scripts compare with the original's, or that name themselves."""


def _is_thrown_away(parameters: list[Any]) -> bool:
    """Whether a client says of its call, in what stands before the arguments, that it does not wait for the answer."""
    return bool(parameters) and isinstance(parameters[0], list) and parameters[0][:1] == [True]


def _inside(error: Exception) -> bool:
    """Whether an error comes from deeper than the call's own function: that is a fault of ours, not of the caller's."""
    depth, trace = 0, error.__traceback__
    while trace is not None:
        depth, trace = depth + 1, trace.tb_next
    return depth > 3
