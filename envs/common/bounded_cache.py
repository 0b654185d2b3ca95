"""Bounded cache: files by key in one folder, of which the least recently used go when they become too large together.

Files are written aside, then renamed, so that any number of processes may share a folder: a reader meets a whole file
or none. What a file holds is for its reader to check. A folder that cannot be written to, or a full disk, costs one
line in the log and nothing else.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from wormdrive.envs.common.cache_folder import tell_unwritable

__all__ = ["BoundedCache"]

_KEPT_SHARE: Final = 0.9
"""What is left of the bound when files have been dropped, so that not every write drops one."""
_ABANDONED_S: Final = 3600.0
"""Half-written files of this age belong to a process that was killed."""


class _Entry(NamedTuple):
    used_s: float
    bytes_: int
    path: Path


class BoundedCache:
    """Keeps up to ``max_bytes`` in ``folder``, in files with the given suffix; threads may share it."""

    def __init__(self, folder: Path, suffix: str, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes
        self._suffix = suffix
        self._lock = threading.Lock()
        self._size: int | None = None  # of all files, as far as known; other processes write, too
        self._closed = False

    def path(self, key: str) -> Path:
        """Where the file of a key is, or would be."""
        return self.folder / f"{key}{self._suffix}"

    def holds(self, key: str) -> bool:
        """Whether there is a file of this key."""
        return self.path(key).is_file()

    def use(self, key: str) -> None:
        """Note that a key's file was of use."""
        with suppress(OSError):
            os.utime(self.path(key))

    def drop(self, key: str) -> None:
        """Remove a key's file, if it is there."""
        with suppress(OSError):
            self.path(key).unlink()

    def write(self, key: str, data: bytes) -> None:
        """Keep ``data`` under a key, and drop what was not used for longest if that is too much."""
        if self._closed or len(data) > self.max_bytes:
            return
        aside: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".part", delete=False) as file:
                aside = Path(file.name)
                file.write(data)
            aside.replace(self.path(key))
        except OSError as error:
            if aside is not None:
                aside.unlink(missing_ok=True)
            self._closed = True
            tell_unwritable(error)
            return
        with self._lock:
            self._size = (
                sum(entry.bytes_ for entry in self._entries()) if self._size is None else self._size + len(data)
            )
            if self._size > self.max_bytes:
                self._size = self._shrink(int(_KEPT_SHARE * self.max_bytes))

    def _shrink(self, wanted: int) -> int:
        """Drop files, those first that were not used for longest, down to so many bytes; return how many are left."""
        for part in self.folder.glob(".*.part"):
            with suppress(OSError):
                if time.time() - part.stat().st_mtime > _ABANDONED_S:
                    part.unlink()
        entries = sorted(self._entries())
        left = sum(entry.bytes_ for entry in entries)
        for entry in entries:
            if left <= wanted:
                break
            with suppress(OSError):
                entry.path.unlink(missing_ok=True)
                left -= entry.bytes_
        return left

    def _entries(self) -> list[_Entry]:
        found = []
        for path in self.folder.glob(f"*{self._suffix}"):
            with suppress(OSError):  # gone meanwhile
                status = path.stat()
                found.append(_Entry(status.st_mtime, status.st_size, path))
        return found
