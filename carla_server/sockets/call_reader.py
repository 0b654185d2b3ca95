"""CallReader: msgpack objects out of a stream of bytes, none of them larger than it may be.

A call is at most ``MAX_MESSAGE`` bytes, except for the one that carries a map, which is known by its beginning: a map
may be long, as one text and not as millions of values.
"""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.common.limits import MAX_MAP_MESSAGE, MAX_MESSAGE
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.common.extras import needs_extra

with needs_extra("server"):
    import msgpack

__all__ = ["CallReader"]

_MAP_CALL: Final = b"copy_opendrive_to_file"
_LONG_TEXT: Final = 0xDB
"""msgpack's sign for a text whose length has four bytes."""
_HEAD: Final = 64
"""Bytes in which a call's number, name and the length of its first text lie."""


class CallReader:
    """Takes bytes in, gives objects out."""

    def __init__(self) -> None:
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=MAX_MAP_MESSAGE,
            max_str_len=MAX_MAP_MESSAGE,
            max_bin_len=MAX_MESSAGE,
            max_array_len=MAX_MESSAGE // 8,
            max_map_len=1024,
            max_ext_len=1024,
            unicode_errors="replace",
            strict_map_key=False,
        )
        self._fed = self._done = 0
        self._recent = b""  # what was fed since all complete objects were taken out
        self._drained = True
        self._head = b""  # of the object that has begun

    def feed(self, data: bytes) -> None:
        """Take bytes in.

        Raises
        ------
        SimulatorError
            There are more of them than the largest map has.
        """
        try:
            self._unpacker.feed(data)
        except msgpack.exceptions.BufferFull:
            raise SimulatorError("a call larger than the largest map") from None
        self._recent = data if self._drained else self._recent + data
        self._fed += len(data)
        self._drained = False
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]

    def take(self) -> Any:
        """Return the next object, ``None`` if none is complete.

        Raises
        ------
        SimulatorError
            What comes is no msgpack, or becomes larger than a call may be.
        """
        try:
            taken = self._unpacker.unpack()
        except msgpack.OutOfData:
            self._drained = True
            if self._fed - self._done > _largest(self._head):
                raise SimulatorError(f"a call of more than {MAX_MESSAGE} bytes") from None
            return None
        except Exception as error:  # msgpack raises a dozen kinds; none of them is worth a connection's life
            raise SimulatorError(f"no msgpack: {error!r}") from None
        # tell() is where an object ends only now: in the middle of one it counts what was looked at, too
        self._done = self._unpacker.tell()
        begun = self._fed - self._done
        self._head = self._recent[len(self._recent) - begun :][:_HEAD]
        return taken if taken is not None else False  # a lone nil is no call, either


def _largest(head: bytes) -> int:
    """How long a call that begins so may become."""
    at = head.find(_MAP_CALL)
    if at < 0:
        return MAX_MESSAGE
    at += len(_MAP_CALL) + 3  # the arguments' array, and in it [asynchronous]
    if len(head) < at + 5 or head[at] != _LONG_TEXT:
        return MAX_MESSAGE
    return MAX_MESSAGE + int.from_bytes(head[at + 1 : at + 5], "big")
