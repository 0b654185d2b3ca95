"""Cache folder: where Wormdrive keeps what it can make again, machine code and art; and what it says if it cannot."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final

__all__ = ["CACHE_VARIABLE", "cache_folder", "tell_unwritable"]

CACHE_VARIABLE: Final = "WORMDRIVE_CACHE"
"""Environment variable that names the cache folder."""

_log = logging.getLogger(__name__)
_told: list[OSError] = []


def cache_folder() -> Path:
    """Where Wormdrive keeps what it can make again: ``$WORMDRIVE_CACHE``, else the platform's place for such."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "wormdrive" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "wormdrive"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "wormdrive"


def tell_unwritable(error: OSError) -> None:
    """Log that nothing can be kept, and why: once in a process, though hundreds of kernels and some art meet it."""
    if _told:
        return
    _told.append(error)
    _log.warning(
        "nothing can be kept in the cache folder %s (%s), so kernels and art are made anew in every process; "
        "%s may name another folder",
        cache_folder(),
        error.strerror or error,
        CACHE_VARIABLE,
    )
