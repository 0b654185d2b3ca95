"""RecordingWriter: writes a recording beside its name, frame by frame, and renames it at the end."""

from __future__ import annotations

import os
import sys
import time
from bisect import bisect_right
from pathlib import Path
from typing import Final

from wormdrive.carla_server.recorder.format import DATE, FRAME, HEAD, MAGIC, MAX_FRAMES, VERSION, Packet
from wormdrive.carla_server.recorder.recording_lock import locked_recording
from wormdrive.carla_server.recorder.variable import packed_text

__all__ = ["FullError", "RecordingWriter", "packet"]

_BUFFER: Final = 2**20
_END: Final = HEAD.pack(Packet.FRAME_END, 0)
_AROUND: Final = HEAD.size + FRAME.size + len(_END)
"""Bytes around a frame's packets."""
_UNKNOWN_S: Final = -1.0
"""How long the last frame lasts."""


class FullError(Exception):
    """The recording is as large as it may be."""


def packet(kind: Packet, body: bytes) -> bytes:
    """Put a packet's head before its body."""
    return HEAD.pack(kind, len(body)) + body


class RecordingWriter:
    """A recording that is being written; its head is on the disk from the beginning.

    Parameters
    ----------
    path:
        What the file is to be called once it is whole.
    map_name:
        Of the episode.
    limit:
        Most bytes.

    Raises
    ------
    RequestError
        Another server records under that name.
    OSError
        The file cannot be made, or there is no room for its head.
    """

    def __init__(self, path: Path, map_name: str, limit: int) -> None:
        self.path = path
        self._limit = limit
        self._aside, self._file = locked_recording(path)
        head = VERSION.to_bytes(2, "little") + packed_text(MAGIC) + DATE.pack(int(time.time())) + packed_text(map_name)
        self._waiting = bytearray(head)
        self._written = 0
        self._ends: list[int] = []
        self._frames = 0
        self._elapsed_s = 0.0
        self._held: bytes | None = None
        self._head_bytes = len(head)
        try:
            self._flush()
        except BaseException:
            self._discard()
            raise

    def frame(self, delta_s: float, packets: bytes) -> None:
        """Take in a frame, ``delta_s`` [s] after the one before.

        Raises
        ------
        FullError
            It would be too large; the frame is not in the recording.
        OSError
            The disk is full, or the like; ``finish`` keeps what was written.
        """
        held = 0 if self._held is None else len(self._held) + _AROUND
        if self._written + len(self._waiting) + held + len(packets) + _AROUND > self._limit:
            raise FullError
        if self._frames >= MAX_FRAMES:
            raise FullError
        if self._held is not None:
            self._put(delta_s)
            self._elapsed_s += delta_s
        self._frames += 1
        self._held = packets
        if len(self._waiting) >= _BUFFER:
            self._flush()

    def finish(self) -> None:
        """Write what is left, and give the file its name, also if it holds no frame; closes it in any case.

        Raises
        ------
        OSError
            The disk is full, or the like. What could be written, up to a frame's end, has its name all the same, but
            without a frame it replaces no older recording.
        """
        failure: OSError | None = None
        try:
            if self._held is not None:
                self._put(_UNKNOWN_S)
            self._flush()
        except OSError as error:
            failure = error
        whole = bisect_right(self._ends, self._written)
        keep = whole > 0 or failure is None or not self.path.exists()
        try:
            self._file.truncate(self._ends[whole - 1] if whole else self._head_bytes)
            os.fsync(self._file.fileno())
            if keep:
                if sys.platform == "win32":  # open files keep their names there
                    self._file.close()
                self._aside.replace(self.path)
        except BaseException:
            self._discard()
            raise
        if not keep:
            self._discard()
        self._file.close()  # only now: with it the lock on the name ends
        if failure is not None:
            raise failure

    def _discard(self) -> None:
        """Take the file away, and give up the name."""
        if sys.platform == "win32":
            self._file.close()
        try:
            self._aside.unlink(missing_ok=True)
        finally:
            self._file.close()

    def _put(self, lasts_s: float) -> None:
        """Have the held frame written, now that it is known how long it lasts."""
        self._waiting += packet(Packet.FRAME_START, FRAME.pack(self._frames, lasts_s, self._elapsed_s))
        self._waiting += (self._held or b"") + _END
        self._held = None
        self._ends.append(self._written + len(self._waiting))

    def _flush(self) -> None:
        while self._waiting:
            done = self._file.write(self._waiting) or 0
            self._written += done
            del self._waiting[:done]
