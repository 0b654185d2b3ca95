"""Claim a folder: whoever writes results into it does so alone, and leaves no empty folder behind when it fails.

The claim is the kernel's lock (flock) on the folder itself: no file shows it, and it ends with its process however that
ends, so it is never stale. Where there is no such lock (Windows, some network file systems) nothing is claimed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.file_lock import lock

__all__ = ["FolderInUseError", "locked_folder", "require_complete"]


class FolderInUseError(ArgumentError):
    """Somebody else is writing into the folder."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold a folder, made if needed, for as long as it is written into.

    Folders that were made for it go again if an error, or Ctrl-C, comes before anything was written.

    Raises
    ------
    ArgumentError
        ``folder`` is a file or cannot be made.
    FolderInUseError
        It is being written into already.
    """
    made = _make(folder)
    held: int | None = None
    try:
        held = _lock(folder)
        yield
    except BaseException as error:
        if held is not None or not isinstance(error, FolderInUseError):  # else it is somebody else's, empty or not
            with suppress(OSError):  # not empty: something was written, or somebody else came
                for path in made:
                    path.rmdir()
        raise
    finally:
        if held is not None:
            os.close(held)


def require_complete(folder: Path) -> None:
    """Refuse to read a folder that somebody is still writing into: what is read now would not be there whole.

    Raises
    ------
    FolderInUseError
        It is being written into.
    """
    if folder.is_dir():
        held = _lock(folder, shared=True)
        if held is not None:
            os.close(held)


def _make(folder: Path) -> list[Path]:
    """Make a folder with those above it; return the new ones, the innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise ArgumentError(f"{folder}: is a file, not a folder; allowed is an existing or new folder") from error
    except OSError as error:
        raise ArgumentError(f"{folder}: cannot be made: {error.strerror}; allowed is a folder to write into") from error
    return missing


def _lock(folder: Path, *, shared: bool = False) -> int | None:
    """Lock a folder: the descriptor that holds it, None where there are no such locks."""
    if sys.platform == "win32":
        return None
    in_use = FolderInUseError(
        f"{folder}: another wormdrive is writing into it; allowed is another folder, or to wait until it has ended"
    )
    try:
        held = os.open(folder, os.O_RDONLY)
    except FileNotFoundError as error:
        raise in_use from error  # and has taken it away
    try:
        is_locked = lock(held, shared=shared)
    except BlockingIOError as error:
        os.close(held)
        raise in_use from error
    if not is_locked:
        os.close(held)
        return None
    if not _is(folder, held):  # taken away between the two: what is locked is no longer of this name
        os.close(held)
        raise in_use
    return held


def _is(folder: Path, opened: int) -> bool:
    """Whether a folder of this name is the one that was opened."""
    try:
        return os.path.samestat(folder.stat(), os.fstat(opened))
    except FileNotFoundError:
        return False
