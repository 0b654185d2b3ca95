"""Bounds on what clients may ask for: the network is untrusted, and memory has to stay flat."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.opendrive.limits import MAX_BYTES

__all__ = [
    "HANDSHAKE_S",
    "MAX_ACTORS",
    "MAX_CALL_CONNECTIONS",
    "MAX_MAP_MESSAGE",
    "MAX_MESSAGE",
    "MAX_NESTING",
    "MAX_PICTURE_PIXELS",
    "MAX_STREAM_CONNECTIONS",
    "STALLED_S",
    "STREAM_BACKLOG",
]

MAX_CALL_CONNECTIONS: Final = 64
"""Clients at once."""
MAX_STREAM_CONNECTIONS: Final = 1024
"""Streams that all clients together listen to."""
MAX_MESSAGE: Final = 2**20
"""Bytes of one call; a batch of 10,000 vehicle controls fits."""
MAX_MAP_MESSAGE: Final = MAX_BYTES + 2**16
"""Bytes of the one call that carries a map."""
MAX_NESTING: Final = 64
"""Arrays within arrays in one call."""
MAX_ACTORS: Final = 2000
"""Actors at once."""
MAX_PICTURE_PIXELS: Final = 4096 * 4096
"""Pixels of one camera."""
HANDSHAKE_S: Final = 10.0
"""How long a stream's connection may take to say which stream it wants [s]; a client that has said nothing for so long
makes room for another where there are too many."""
STREAM_BACKLOG: Final = 4 * 2**20
"""Bytes that may wait for a reader before pictures are left out (asynchronous mode) or the tick waits (synchronous)."""
STALLED_S: Final = 3.0
"""How long a tick waits for a reader that does not read before it is put out [s]: less than others' time limits."""
