"""Streams: who listens to which sensor, and how payloads reach them.

A subscriber connects, says the stream's id in four bytes, and is sent payloads behind their lengths from then on. One
that does not read must neither make memory grow nor hold up the others for ever: in asynchronous mode payloads are left
out for it; in synchronous mode, where a script waits for each of them, the tick waits for it, for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Callable
from typing import Final, cast

from wormdrive.carla_server.common.limits import HANDSHAKE_S, MAX_STREAM_CONNECTIONS, STALLED_S, STREAM_BACKLOG
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM

__all__ = ["StreamHub", "Subscriber"]

_log = logging.getLogger(__name__)
_LENGTH: Final = struct.Struct("<I")
_SEND_BUFFER: Final = 4 * 2**20
_EXPECTED_S: Final = 1.0
"""How long a tick waits for the connection of a client that has just asked for a stream's token [s]."""


class Subscriber(asyncio.Protocol):
    """One connection that listens to a stream."""

    def __init__(self, hub: StreamHub) -> None:
        self._hub = hub
        self._said = b""
        self._timer: asyncio.TimerHandle | None = None
        self.stream: int | None = None
        self.transport: asyncio.Transport

    @property
    def host(self) -> str:
        """Address of whoever listens."""
        return str((self.transport.get_extra_info("peername") or ("",))[0])

    @property
    def backlog(self) -> int:
        """Bytes that wait for the reader."""
        return self.transport.get_write_buffer_size()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, if there is room."""
        self.transport = cast(asyncio.Transport, transport)
        if not self._hub.admit(self):
            self.transport.abort()
            return
        taken: socket.socket = transport.get_extra_info("socket")
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.transport.set_write_buffer_limits(high=STREAM_BACKLOG)
        self._timer = asyncio.get_running_loop().call_later(HANDSHAKE_S, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Read the stream's id; nothing else is ever said."""
        if self.stream is not None:
            return
        self._said += data[:4]
        if len(self._said) < 4:
            return
        if self._timer is not None:
            self._timer.cancel()
        self.stream = int.from_bytes(self._said[:4], "little")
        if not self._hub.join(self):
            self.transport.close()

    def resume_writing(self) -> None:
        """Tell waiting ticks that the reader has caught up."""
        self._hub.progress.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._timer is not None:
            self._timer.cancel()
        self._hub.leave(self)

    def send(self, payload: bytes | bytearray) -> None:
        """Send a payload that begins with its length."""
        if not self.transport.is_closing():
            self.transport.write(payload)


class StreamHub:
    """All streams of a server.

    Parameters
    ----------
    exists:
        Says whether there is a stream of that id.
    greet:
        What a new listener of the world's stream is sent at once, without its length: the client would otherwise wait
        for the next snapshot until its time-out.
    """

    def __init__(self, exists: Callable[[int], bool], greet: Callable[[], bytes]) -> None:
        self._exists = exists
        self._greet = greet
        self._connections: set[Subscriber] = set()
        self._listeners: dict[int, set[Subscriber]] = {}
        self._expected: dict[int, float] = {}
        self.progress = asyncio.Event()
        self.greeted = 0
        """How many listeners of the world's stream there have been."""
        self.let_go = False
        """Set when a sensor has lost a listener; whoever acts on it clears it."""
        self._held: list[tuple[int, bytes | bytearray, bool]] | None = None

    def admit(self, subscriber: Subscriber) -> bool:
        """Count a new connection; False if there are too many."""
        if len(self._connections) >= MAX_STREAM_CONNECTIONS:
            return False
        self._connections.add(subscriber)
        return True

    def join(self, subscriber: Subscriber) -> bool:
        """Let a connection listen to the stream it has named; False if there is none."""
        stream = cast(int, subscriber.stream)
        self._expected.pop(stream, None)
        self.progress.set()
        if not self._exists(stream):
            return False
        self._listeners.setdefault(stream, set()).add(subscriber)
        if stream == WORLD_STREAM:
            self.greeted += 1
            greeting = self._greet()
            subscriber.send(_LENGTH.pack(len(greeting)) + greeting)
        return True

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a connection."""
        self._connections.discard(subscriber)
        if subscriber.stream is not None:
            listeners = self._listeners.get(subscriber.stream, set())
            listeners.discard(subscriber)
            if not listeners:
                self._listeners.pop(subscriber.stream, None)
            self.let_go = self.let_go or subscriber.stream != WORLD_STREAM
        self.progress.set()

    def expect(self, stream: int) -> None:
        """Note that somebody has asked for a stream's token and is about to connect."""
        if self._exists(stream) and len(self._expected) < MAX_STREAM_CONNECTIONS:
            self._expected[stream] = asyncio.get_running_loop().time() + _EXPECTED_S

    def heard(self, stream: int) -> bool:
        """Whether anybody listens to a stream."""
        return stream in self._listeners

    def send(self, stream: int, payload: bytes | bytearray, *, blocking: bool) -> None:
        """Send a payload that begins with its length; an impatient one is left out for readers that lag behind."""
        if self._held is not None and stream != WORLD_STREAM:
            self._held.append((stream, payload, blocking))
            return
        for subscriber in tuple(self._listeners.get(stream, ())):
            if blocking or subscriber.backlog <= STREAM_BACKLOG:
                subscriber.send(payload)

    def publish(self, stream: int, body: bytes, *, blocking: bool) -> None:
        """Send a payload without its length."""
        if self.heard(stream):
            self.send(stream, _LENGTH.pack(len(body)) + body, blocking=blocking)

    def hold_sensors(self) -> None:
        """Keep back what sensors send from now on; the world's stream goes on."""
        if self._held is None:
            self._held = []

    @property
    def holds_sensors(self) -> bool:
        """Whether what sensors send is kept back."""
        return self._held is not None

    def release_sensors(self) -> None:
        """Send what was kept back."""
        held, self._held = self._held or [], None
        for stream, payload, blocking in held:
            self.send(stream, payload, blocking=blocking)

    def ask_back(self, host: str) -> int:
        """Close a host's connections to the world's stream, which clients open anew at once; returns how many."""
        asked = [one for one in self._listeners.get(WORLD_STREAM, ()) if one.host == host]
        for subscriber in asked:
            self._listeners[WORLD_STREAM].discard(subscriber)
            subscriber.transport.close()
        return len(asked)

    async def until_greeted(self, count: int, within_s: float) -> bool:
        """Wait until there have been so many listeners of the world's stream; tell whether there have."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + within_s
        while self.greeted < count and loop.time() < give_up:
            self.progress.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.progress.wait(), give_up - loop.time())
        return self.greeted >= count

    def end(self, stream: int) -> None:
        """Close a stream: its sensor is gone."""
        self._expected.pop(stream, None)
        self.let_go = self.let_go or stream in self._listeners
        for subscriber in self._listeners.pop(stream, set()):
            subscriber.transport.close()

    def close(self) -> None:
        """Close all connections."""
        for subscriber in tuple(self._connections):
            subscriber.transport.abort()

    @property
    def ready(self) -> bool:
        """Whether a tick may go on: no reader lags, and nobody is about to connect."""
        return not self._expected and not any(subscriber.backlog > STREAM_BACKLOG for subscriber in self._connections)

    async def until_ready(self) -> None:
        """Wait for readers that lag behind and for listeners to come; put out the ones that take too long."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + STALLED_S
        while not self.ready:
            now = loop.time()
            self._expected = {stream: until for stream, until in self._expected.items() if until > now}
            if now >= give_up:
                for subscriber in tuple(self._connections):
                    if subscriber.backlog > STREAM_BACKLOG:
                        _log.warning("a client does not read stream %s: its connection is closed", subscriber.stream)
                        subscriber.transport.abort()
                return
            if self.ready:
                return
            self.progress.clear()
            deadline = min([give_up, *self._expected.values()])
            try:
                await asyncio.wait_for(self.progress.wait(), max(deadline - now, 0.001))
            except asyncio.TimeoutError:
                continue
