"""Heap: memory that was freed, back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys

__all__ = ["give_back"]


def give_back() -> None:
    """Return to the system what the C library keeps of freed memory, where that can be asked for (glibc).

    To read a map, art and machine code takes tens of MiB for a moment, in pieces so small that the library would keep
    them for ever.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
