"""Cursor: reads values one after the other out of bytes that anybody may have written."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Final, NoReturn

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.format import MAX_TEXT

__all__ = ["LARGEST", "Cursor", "broken"]

LARGEST: Final = 1e9
"""No number in a recording is larger [cm, deg, cm/s, ...]."""
_FORMATS: Final = {kind: struct.Struct("<" + kind) for kind in "BHIiQqfd"}


def broken(path: Path, offset: int, reason: str) -> NoReturn:
    """Refuse a file.

    Raises
    ------
    RequestError
        Always; names the file and the byte.
    """
    raise RequestError(f"{path}: not a recording, or damaged: byte {offset}: {reason}")


class Cursor:
    """A place in a packet's bytes.

    Parameters
    ----------
    path, start:
        The file that they are from, and where in it they begin: for errors.
    """

    def __init__(self, data: bytes | memoryview, path: Path, start: int) -> None:
        self._data = data
        self._path = path
        self._start = start
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes that have not been read."""
        return len(self._data) - self._at

    def fail(self, reason: str) -> NoReturn:
        """Refuse the file for what stands here."""
        broken(self._path, self._start + self._at, reason)

    def whole(self, kind: str) -> int:
        """Read a whole number; ``kind`` is that of ``struct``."""
        return int(self._value(kind))

    def number(self, kind: str = "f") -> float:
        """Read a finite number."""
        value = float(self._value(kind))
        if not abs(value) <= LARGEST or math.isnan(value):
            self.fail(f"{value}: allowed are finite numbers up to {LARGEST:g}")
        return value

    def numbers(self, count: int) -> tuple[float, ...]:
        """Read several finite numbers of four bytes."""
        return tuple(self.number() for _ in range(count))

    def triple(self) -> tuple[float, float, float]:
        """Read three finite numbers of four bytes."""
        return self.number(), self.number(), self.number()

    def text(self) -> str:
        """Read a text behind its length."""
        length = self.whole("H")
        if length > MAX_TEXT:
            self.fail(f"a text of {length} bytes: allowed are {MAX_TEXT}")
        return bytes(self._taken(length)).decode("utf-8", "replace")

    def count(self, kind: str, smallest: int) -> int:
        """Read how many items follow, each of at least ``smallest`` bytes."""
        count = self.whole(kind)
        if count * smallest > self.left:
            self.fail(f"{count} items are said to follow, in {self.left} bytes")
        return count

    def end(self) -> None:
        """Refuse what is left over."""
        if self.left:
            self.fail(f"{self.left} bytes too many")

    def _value(self, kind: str) -> float:
        layout = _FORMATS[kind]
        value: float = layout.unpack(self._taken(layout.size))[0]
        return value

    def _taken(self, size: int) -> bytes | memoryview:
        if size > self.left:
            self.fail(f"{size} bytes wanted, {self.left} left")
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
