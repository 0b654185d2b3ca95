"""File lock: the kernel's lock on an open file or folder; it ends with its process, so is never stale."""

from __future__ import annotations

import sys

__all__ = ["lock"]


def lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock what is open; False where there are no such locks: Windows, some network file systems.

    With ``shared`` others may hold it, too, as long as all of them share it.

    Raises
    ------
    BlockingIOError
        Another process, or this one by another descriptor, holds the lock.
    """
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks
        return False
    return True
