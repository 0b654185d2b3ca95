"""RecordingFile: a recording that is read frame by frame. It may come from anybody: nothing in it is believed."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.cursor import LARGEST, Cursor, broken
from wormdrive.carla_server.recorder.format import (
    DATE,
    FRAME,
    HEAD,
    MAGIC,
    MAX_ACTORS,
    MAX_BYTES,
    MAX_FRAME_BYTES,
    MAX_FRAMES,
    MAX_TEXT,
    TABLES,
    VERSION,
    Packet,
)
from wormdrive.carla_server.recorder.variable import Added, read_added

__all__ = ["Block", "Frame", "RecordingFile"]

Table = NDArray[np.void]
_EVENTS: Final = (Packet.ADDED, Packet.REMOVED, Packet.PARENTS)
_RECORD_BYTES: Final = {int(kind): layout.itemsize for kind, layout in TABLES.items()}
_HEADER_BYTES: Final = 2 + 2 + len(MAGIC) + DATE.size + 2 + MAX_TEXT


@dataclass(frozen=True)
class Block:
    """A packet: which one, its bytes, and where in the file they begin."""

    kind: int
    data: memoryview
    offset: int
    path: Path

    def cursor(self) -> Cursor:
        """Read its values one after the other."""
        return Cursor(self.data, self.path, self.offset)

    def table(self) -> Table:
        """Return the records (N,) of a packet that is in ``TABLES``.

        Raises
        ------
        RequestError
            A record is cut off, or a number is not finite or too large.
        """
        layout = TABLES[Packet(self.kind)]
        cursor = self.cursor()
        count = cursor.count("H", layout.itemsize)
        if cursor.left != count * layout.itemsize:
            cursor.fail(f"{count} records of {layout.itemsize} bytes are said to follow, in {cursor.left} bytes")
        rows = np.frombuffer(self.data, layout, count, 2)
        for name in layout.names or ():
            numbers = rows[name]
            if numbers.dtype.kind == "f" and not (np.abs(numbers) <= LARGEST).all():
                cursor.fail(f"{name} is not finite, or above {LARGEST:g}")
        return rows


@dataclass(frozen=True)
class Frame:
    """What changed from one tick to the next, and how everything stood after it.

    Attributes
    ----------
    number:
        From 1, as the file says.
    elapsed_s:
        Since the recording began.
    """

    number: int
    elapsed_s: float
    blocks: tuple[Block, ...]

    def table(self, kind: Packet) -> Table:
        """Return the records of the packet of that kind; none if it is not there."""
        for block in self.blocks:
            if block.kind == kind:
                return block.table()
        return np.zeros(0, TABLES[kind])

    @cached_property
    def added(self) -> list[Added]:
        """Actors that came."""
        return [one for block in self.blocks if block.kind == Packet.ADDED for one in read_added(block.cursor())]


class RecordingFile:
    """An open recording, whose frames and packets have been found to fit into each other. There may be no frame.

    Attributes
    ----------
    path, date_s, map_name:
        The file; when it began, in seconds since 1970, as it says; on which map.
    elapsed_s:
        (N,) when each frame is, since the recording began; rising.
    eventful:
        (N,) bool: whether actors come, go or are mounted in it.

    Raises
    ------
    RequestError
        The file cannot be read, is none of CARLA's recordings, or damaged; names file and byte.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb", buffering=2**18)
        except OSError as error:
            raise RequestError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            self._size = os.fstat(self._file.fileno()).st_size
            if self._size > MAX_BYTES:
                raise RequestError(f"{path}: {self._size} bytes: allowed are {MAX_BYTES}")
            self.date_s, self.map_name, start = self._header()
            self._starts = array("Q")
            self.numbers = array("Q")
            elapsed, eventful = array("d"), array("B")
            self._index(start, elapsed, eventful)
            self._starts.append(self._size)
            self.elapsed_s: NDArray[np.float64] = np.array(elapsed)
            self.eventful: NDArray[np.bool_] = np.array(eventful, np.bool_)
        except OSError as error:
            self._file.close()
            raise RequestError(f"{path}: cannot be read: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self.elapsed_s)

    def __iter__(self) -> Iterator[Frame]:
        return (self.frame(number) for number in range(len(self)))

    @property
    def total_s(self) -> float:
        """When the last frame is; 0 without any."""
        return float(self.elapsed_s[-1]) if len(self) else 0.0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> RecordingFile:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def frame(self, index: int) -> Frame:
        """Read a frame, counted from 0.

        Raises
        ------
        RequestError
            The file has been changed since it was opened.
        """
        start, end = self._starts[index], self._starts[index + 1]
        data = self._bytes(start, end - start)
        blocks = []
        at = HEAD.size + FRAME.size
        while at < len(data):
            kind, size = HEAD.unpack_from(data, at) if at + HEAD.size <= len(data) else (0, len(data))
            at += HEAD.size
            if at + size > len(data):
                broken(self.path, start + at, "the file has been changed while it was read")
            if kind != Packet.FRAME_END:
                blocks.append(Block(kind, memoryview(data)[at : at + size], start + at, self.path))
            at += size
        return Frame(self.numbers[index], float(self.elapsed_s[index]), tuple(blocks))

    def _bytes(self, start: int, size: int) -> bytes:
        try:
            self._file.seek(start)
            data = self._file.read(size)
        except (OSError, ValueError) as error:
            raise RequestError(f"{self.path}: byte {start}: cannot be read: {error}") from None
        if len(data) != size:
            broken(self.path, start + len(data), "the file ends here, and was longer")
        return data

    def _header(self) -> tuple[int, str, int]:
        """Date, map, and where the frames begin."""
        cursor = Cursor(self._file.read(_HEADER_BYTES), self.path, 0)
        version = cursor.whole("H")
        if version != VERSION:
            broken(self.path, 0, f"version {version}: allowed is {VERSION}")
        if cursor.text() != MAGIC:
            broken(self.path, 2, f"there is no {MAGIC}")
        date, map_name = cursor.whole("q"), cursor.text()
        return date, map_name, self._file.tell() - cursor.left

    def _index(self, start: int, elapsed: array[float], eventful: array[int]) -> None:
        """Find all frames; every packet has to lie in one, and in the file."""
        at, size = start, self._size
        inside, come = False, 0
        self._file.seek(start)
        while at < size:
            head = self._file.read(HEAD.size)
            if len(head) < HEAD.size:
                broken(self.path, at, "it ends within a packet's head")
            kind, length = HEAD.unpack(head)
            body = at + HEAD.size
            if body + length > size:
                broken(self.path, at, f"a packet of {length} bytes, {size - body} are left")
            if kind == Packet.FRAME_START:
                if inside:
                    broken(self.path, at, "a frame begins within another one")
                inside = True
                self._begin(at, length, elapsed)
                eventful.append(0)
            elif not inside:
                broken(self.path, at, f"packet {kind} stands outside of frames")
            else:
                if kind == Packet.FRAME_END:
                    inside = False
                elif kind in _EVENTS and length > 2:
                    eventful[-1] = 1
                if kind in _RECORD_BYTES:
                    self._check_count(body, length, _RECORD_BYTES[kind])
                elif kind == Packet.ADDED:
                    come += self._count(length)
                    if come > MAX_ACTORS:
                        broken(self.path, body, f"more than {MAX_ACTORS} actors")
                self._file.seek(body + length)
            at = body + length
            if at - self._starts[-1] > MAX_FRAME_BYTES:
                broken(self.path, at, f"a frame of more than {MAX_FRAME_BYTES} bytes")
        if inside:
            broken(self.path, at, "it ends within a frame")

    def _check_count(self, body: int, length: int, record: int) -> None:
        count = self._count(length)
        if length != 2 + count * record:
            broken(self.path, body, f"{count} records of {record} bytes in a packet of {length} bytes")

    def _count(self, length: int) -> int:
        return int.from_bytes(self._file.read(min(length, 2)), "little")

    def _begin(self, at: int, length: int, elapsed: array[float]) -> None:
        if length != FRAME.size:
            broken(self.path, at, f"a frame's start of {length} bytes: allowed are {FRAME.size}")
        if len(elapsed) >= MAX_FRAMES:
            broken(self.path, at, f"more than {MAX_FRAMES} frames")
        number, _, when = FRAME.unpack(self._file.read(length))
        before = elapsed[-1] if elapsed else 0.0
        if not (math.isfinite(when) and before <= when <= LARGEST):
            broken(self.path, at, f"a frame at {when} s after one at {before} s: allowed are rising times")
        self._starts.append(at)
        self.numbers.append(number)
        elapsed.append(when)
