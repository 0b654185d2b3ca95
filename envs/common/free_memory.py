"""Free memory: how much a process may still ask for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

__all__ = ["free_memory"]

_TABLE: Final = Path("/proc/meminfo")


def free_memory() -> float:
    """Return the bytes that Linux says are available without swapping; elsewhere infinity, for nobody tells."""
    try:
        lines = _TABLE.read_text().splitlines()
    except OSError:
        return math.inf
    for line in lines:
        if line.startswith("MemAvailable:"):
            return 1024.0 * int(line.split()[1])
    return math.inf
