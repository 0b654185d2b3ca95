"""Numbers off the wire: anybody may have sent them, so each is checked before anything is done with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from wormdrive.envs.server.refusal import RefusedError

__all__ = ["integer", "number", "switch", "text", "triple"]

_LARGEST: Final = 1e9


def number(value: Any, low: float = -_LARGEST, high: float = _LARGEST) -> float:
    """Read a finite number, cut off at the bounds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RefusedError(f"{_shown(value)}: allowed is a number")
    real = float(value) if abs(value) <= 1e300 else math.inf
    if not math.isfinite(real):
        raise RefusedError(f"{real!r}: allowed is a finite number")
    return min(max(real, low), high)


def integer(value: Any, low: int = 0, high: int = 2**32 - 1) -> int:
    """Read a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RefusedError(f"{_shown(value)}: allowed is a whole number from {low} to {high}")
    return value


def switch(value: Any) -> bool:
    """Read a truth value."""
    if not isinstance(value, bool):
        raise RefusedError(f"{_shown(value)}: allowed are true, false")
    return value


def text(value: Any, longest: int = 1024) -> str:
    """Read a text of bounded length."""
    if not isinstance(value, str) or len(value) > longest:
        raise RefusedError(f"{_shown(value)}: allowed is a text of at most {longest} characters")
    return value


def triple(value: Any, bound: float = _LARGEST) -> tuple[float, float, float]:
    """Read three numbers: a location, velocity, rotation or the like."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or len(value) != 3:
        raise RefusedError(f"{_shown(value)}: allowed are three numbers")
    x, y, z = value
    return number(x, -bound, bound), number(y, -bound, bound), number(z, -bound, bound)


def _shown(value: Any) -> str:
    return repr(value)[:60]
