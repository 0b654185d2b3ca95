"""StreamSink: where payloads of sensors and the world go, as those see it who make them."""

from __future__ import annotations

from typing import Protocol

__all__ = ["StreamSink"]


class StreamSink(Protocol):
    """Takes the payloads of all streams."""

    def heard(self, stream: int) -> bool:
        """Whether anybody listens to a stream."""

    def send(self, stream: int, payload: bytes | bytearray, *, blocking: bool) -> None:
        """Send a payload that begins with its length."""

    def publish(self, stream: int, body: bytes, *, blocking: bool) -> None:
        """Send a payload without its length."""

    def end(self, stream: int) -> None:
        """Close a stream."""
