"""RpcConnection: one client's calls, msgpack objects back to back on a socket.

Requests are ``[0, id, method, [[asynchronous], arguments...]]``, replies ``[1, id, nil, result]``. Every request is
answered, those whose reply the client throws away too: its table of pending calls would grow for ever.

Calls are answered in their order, with one exception. A client's Traffic Manager asks for the settings, in a thread of
its own, at the beginning of each cycle, and then waits to be woken by the thread that ticks. Answered behind a tick's
reply, it would go to sleep at the very moment in which it is woken, and now and then sleep for ever: while a tick
waits, calls that only look (``at_once``) are answered.

Nothing that a peer sends may bring the server down. Whoever does not read the replies is not read from either.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any, Final, Protocol, cast

from wormdrive.carla_server.sockets.call_reader import CallReader
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.common.extras import needs_extra

with needs_extra("server"):
    import msgpack

__all__ = ["Answering", "RpcConnection"]

_REQUEST: Final = 0
_REPLY: Final = 1
_NOTIFICATION: Final = 2
_MOST_HELD: Final = 64
"""Calls that wait for an earlier one; whoever sends more is not read from."""
_log = logging.getLogger(__name__)


class Answering(Protocol):
    """Who answers calls."""

    def answer(self, connection: RpcConnection, method: str, parameters: list[Any]) -> Any:
        """Return the (wrapped) result of a call, packed or not, or a coroutine or future that will.

        Calls behind one with a coroutine wait for it; those behind one with a future do not.
        """

    def at_once(self, method: str) -> bool:
        """Whether a call may be answered while an earlier one waits."""

    def replied(self) -> None:
        """Do what a call has left to be done after its reply."""

    def admit(self, connection: RpcConnection) -> bool:
        """Count a new connection; False if there are too many."""

    def leave(self, connection: RpcConnection) -> None:
        """Forget a connection."""


class RpcConnection(asyncio.Protocol):
    """Reads calls, has them answered one after the other, writes replies."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._reader = CallReader()
        self._packer = msgpack.Packer()
        self._choked = False
        self._busy: asyncio.Task[None] | None = None
        self._held: deque[list[Any]] = deque()
        self.silent_since: float | None = None
        """When it was opened, as long as nothing was said on it."""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, if there is room."""
        self.transport = cast(asyncio.Transport, transport)
        self.silent_since = time.monotonic()
        if not self._answering.admit(self):
            self.transport.abort()
            return
        taken: socket.socket = transport.get_extra_info("socket")
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it, and what it was waiting for."""
        if self._busy is not None:  # in the next turn: a task that has never run leaves coroutines that nobody awaits
            asyncio.get_running_loop().call_soon(self._busy.cancel)
        self._answering.leave(self)

    @property
    def host(self) -> str:
        """Address of the client."""
        return str((self.transport.get_extra_info("peername") or ("",))[0])

    def pause_writing(self) -> None:
        """Stop answering: the client does not read."""
        self._choked = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on answering."""
        self._choked = False
        self._proceed()

    def data_received(self, data: bytes) -> None:
        """Take bytes in and answer what is complete."""
        self.silent_since = None
        try:
            self._reader.feed(data)
        except SimulatorError as error:
            self._drop(str(error))
            return
        self._answer_all()

    @property
    def _full(self) -> bool:
        return len(self._held) >= _MOST_HELD

    def _proceed(self) -> None:
        if self._choked or self.transport.is_closing():
            return
        self._answer_all()
        if not self._choked and not self._full and not self.transport.is_closing():
            self.transport.resume_reading()

    def _answer_all(self) -> None:
        while not self._choked and not self.transport.is_closing():
            if self._held and self._busy is None:
                self._serve(self._held.popleft())
                continue
            if self._full:
                self.transport.pause_reading()
                return
            try:
                message = self._reader.take()
            except SimulatorError as error:
                self._drop(str(error))
                return
            if message is None:
                return
            self._take(message)

    def _take(self, message: Any) -> None:
        if not isinstance(message, list) or not message:
            self._drop("no call")
            return
        if message[0] == _NOTIFICATION and len(message) == 3:
            call = [None, *message[1:]]
        elif message[0] == _REQUEST and len(message) == 4:
            call = message[1:]
        else:
            self._drop("neither a request nor a notification")
            return
        number, method, parameters = call
        if not isinstance(method, str) or not isinstance(parameters, list) or not isinstance(number, (int, type(None))):
            self._drop("a call without a name, number or arguments")
        elif self._busy is None or self._answering.at_once(method):
            self._serve(call)
        else:
            self._held.append(call)

    def _serve(self, call: list[Any]) -> None:
        number, method, parameters = call
        result = self._answering.answer(self, method, parameters)
        if asyncio.iscoroutine(result):
            self._busy = asyncio.get_running_loop().create_task(self._wait_for(number, result))
        elif asyncio.isfuture(result):
            result.add_done_callback(lambda done: self._reply_when_done(number, done))
        else:
            self._reply(number, result)

    async def _wait_for(self, number: int | None, result: Coroutine[Any, Any, Any]) -> None:
        answer = await result
        self._busy = None
        self._reply(number, answer)
        self._proceed()

    def _reply_when_done(self, number: int | None, done: asyncio.Future[Any]) -> None:
        if not done.cancelled():  # the server ends
            self._reply(number, done.result())

    def _reply(self, number: int | None, result: Any) -> None:
        if number is not None and not self.transport.is_closing():
            packed_already = isinstance(result, bytes)
            whole = (_REPLY, number, None, result)
            self.transport.write(_prefix(number) + result if packed_already else self._packer.pack(whole))
        self._answering.replied()

    def _drop(self, why: str) -> None:
        _log.warning("a client's connection is closed: it sent %s", why)
        self.transport.abort()


def _prefix(number: int) -> bytes:
    """Head of a reply up to its result: ``[1, number, nil,``."""
    return b"\x94\x01" + cast(bytes, msgpack.packb(number)) + b"\xc0"
