"""Cache folder: where Wormdrive keeps what it can make again, how much of it, and what it says if it cannot.

Machine code and baked art are small; frames that were drawn to train on are not, and have a bound.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["CACHE_VARIABLE", "FRAMES_VARIABLE", "cache_folder", "frames_folder", "most_frame_bytes", "tell_unwritable"]

CACHE_VARIABLE: Final = "WORMDRIVE_CACHE"
"""Environment variable that names the cache folder."""

FRAMES_VARIABLE: Final = "WORMDRIVE_FRAMES_GIB"
"""Environment variable: how many GiB of drawn frames are kept at most, 4 if it is not set; 0 keeps none."""

_DEFAULT_GIB: Final = "4"
_GIB: Final = 1 << 30

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


def frames_folder() -> Path:
    """Where drawn frames are kept."""
    return cache_folder() / "frames"


def most_frame_bytes() -> int:
    """How many bytes of drawn frames may be kept.

    Raises
    ------
    ArgumentError
        If ``WORMDRIVE_FRAMES_GIB`` is not a number from 0.
    """
    text = os.environ.get(FRAMES_VARIABLE) or _DEFAULT_GIB
    try:
        gib = float(text)
    except ValueError:
        gib = -1.0
    if not 0.0 <= gib <= 1e6:
        raise ArgumentError(f"{FRAMES_VARIABLE}={text!r}: allowed is a number of GiB from 0, which keeps none, to 1e6")
    return int(gib * _GIB)


def tell_unwritable(error: OSError) -> None:
    """Log that nothing can be kept, and why: once in a process, though hundreds of kernels and frames meet it."""
    if _told:
        return
    _told.append(error)
    _log.warning(
        "nothing can be kept in the cache folder %s (%s), so kernels, art and frames are made anew in every process; "
        "%s may name another folder",
        cache_folder(),
        error.strerror or error,
        CACHE_VARIABLE,
    )
