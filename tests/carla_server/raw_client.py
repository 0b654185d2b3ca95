"""A client of calls and streams by hand: for what the real one never does, and for speed."""

from __future__ import annotations

import socket
import struct
from itertools import count
from typing import Any

import msgpack

__all__ = ["RawClient", "RawStream", "transform"]


def transform(x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0) -> list[list[float]]:
    """A transform as the wire has it."""
    return [[x, y, z], [0.0, yaw, 0.0]]


class RawClient:
    """Calls by name; a context manager."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20.0)
        self._unpacker = msgpack.Unpacker(max_buffer_size=2**27)
        self._numbers = count()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, method: str, *arguments: Any) -> int:
        number = next(self._numbers)
        self.socket.sendall(msgpack.packb([0, number, method, [[False], *arguments]]))
        return number

    def receive(self) -> tuple[int, Any]:
        while True:
            for kind, number, error, result in self._unpacker:
                assert (kind, error) == (1, None)
                return number, result
            data = self.socket.recv(2**16)
            if not data:
                raise ConnectionError("the server has closed the connection")
            self._unpacker.feed(data)

    def call(self, method: str, *arguments: Any) -> Any:
        """The wrapped result of a call."""
        number = self.send(method, *arguments)
        answered, result = self.receive()
        assert answered == number
        return result

    def get(self, method: str, *arguments: Any) -> Any:
        """The value that a call returns."""
        ((state, value),) = self.call(method, *arguments)
        assert state == 1, value
        return value

    def synchronous(self, delta_s: float = 1.0 / 30.0) -> None:
        values = self.get("get_episode_settings")
        values[0], values[2] = True, [True, delta_s]
        self.get("set_episode_settings", values)

    def spawn(self, blueprint: str, at: Any, parent: int = 0, **attributes: object) -> list[Any]:
        description = [0, blueprint, [[name, 4, str(value)] for name, value in attributes.items()]]
        if parent:
            return list(self.get("spawn_actor_with_parent", description, at, parent, 0, ""))
        return list(self.get("spawn_actor", description, at))

    def listen(self, record: list[Any]) -> RawStream:
        """Listen to a sensor."""
        stream = int.from_bytes(record[5][:4], "little")
        ((token,),) = (self.get("get_sensor_token", stream),)
        return RawStream(struct.unpack_from("<H", token, 4)[0], stream)


class RawStream:
    """Payloads of one stream; a context manager."""

    def __init__(self, port: int, stream: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20.0)
        self.socket.sendall(struct.pack("<I", stream))

    def __enter__(self) -> RawStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def read(self) -> bytes:
        """The next payload."""
        return self._exactly(struct.unpack("<I", self._exactly(4))[0])

    def of_frame(self, frame: int) -> bytes:
        """The payload of a frame."""
        while True:
            payload = self.read()
            got = struct.unpack_from("<Q", payload, 8)[0]
            assert got <= frame
            if got == frame:
                return payload

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            data = self.socket.recv(size - len(parts))
            if not data:
                raise ConnectionError("the stream has ended")
            parts += data
        return bytes(parts)
