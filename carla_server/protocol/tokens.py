"""Stream tokens: where the client finds a stream.

24 bytes: stream id (uint32), port (uint16), protocol (uint8), type of address (uint8), address (16 bytes). The type is
left at 'not set': the client then connects to the host that it was given, so that containers and NAT work.
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["WORLD_STREAM", "stream_of", "stream_token"]

WORLD_STREAM: Final = 1
"""Id of the stream of world snapshots; those of sensors follow."""

_TOKEN: Final = struct.Struct("<IHBB16x")
_TCP: Final = 1
_HOST_OF_THE_CALL: Final = 0


def stream_token(stream: int, port: int) -> bytes:
    """Token of a stream."""
    return _TOKEN.pack(stream, port, _TCP, _HOST_OF_THE_CALL)


def stream_of(token: bytes) -> int:
    """Read the stream id out of a token."""
    return int.from_bytes(token[:4], "little")
