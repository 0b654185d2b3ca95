"""Recording lock: whoever writes a recording does so alone, also among servers that share a folder.

It is the kernel's lock (flock) on the file beside the name, into which the recording is written: it ends with
its process however that ends, and what a killed one has left is taken over. Where there is no such lock (Windows, some
network file systems) the file has the process's number in its name: both recordings are whole, and the last one stays.
"""

from __future__ import annotations

import os
import sys
from io import FileIO
from pathlib import Path

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.envs.common.file_lock import lock

__all__ = ["locked_recording"]


def locked_recording(path: Path) -> tuple[Path, FileIO]:
    """Open the file beside a recording's name, empty; the lock ends when it is closed.

    Raises
    ------
    RequestError
        Another server, or this one, records under that name.
    OSError
        The file cannot be made.
    """
    if sys.platform == "win32":
        return _unlocked(path)
    shared = path.with_name(f".{path.name}.part")
    while True:
        file = FileIO(os.open(shared, os.O_RDWR | os.O_CREAT, 0o666), "r+")
        try:
            if not _locked(file, path):
                file.close()
                shared.unlink(missing_ok=True)
                return _unlocked(path)
            if _is_at(file, shared):
                file.truncate(0)
                return shared, file
        except BaseException:
            file.close()
            raise
        file.close()  # it was given its name, or taken away, before we had its lock


def _unlocked(path: Path) -> tuple[Path, FileIO]:
    """Open a file that is this process's alone."""
    own = path.with_name(f".{path.name}.{os.getpid()}.part")
    return own, FileIO(own, "w")


def _locked(file: FileIO, path: Path) -> bool:
    """Lock a file; False where there are no locks."""
    try:
        return lock(file.fileno())
    except BlockingIOError:
        raise RequestError(
            f"{path}: is being recorded by another server; allowed are another name, or to wait until it has ended"
        ) from None


def _is_at(file: FileIO, path: Path) -> bool:
    """Whether a file still has its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
