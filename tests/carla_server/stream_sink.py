"""Where a simulation's payloads go in tests that need no sockets."""

from __future__ import annotations

__all__ = ["StreamSink"]


class StreamSink:
    """Hears everything and remembers which streams spoke."""

    def __init__(self) -> None:
        self.spoke: list[int] = []

    def heard(self, stream: int) -> bool:
        return True

    def send(self, stream: int, payload: bytes | bytearray, *, blocking: bool) -> None:
        self.spoke.append(stream)

    def publish(self, stream: int, body: bytes, *, blocking: bool) -> None:
        self.spoke.append(stream)

    def end(self, stream: int) -> None:
        pass
