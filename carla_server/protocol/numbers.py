"""Numbers off the wire: anybody may have sent them, so each is checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wormdrive.carla_server.common.errors import RequestError

__all__ = ["integer", "number", "switch", "text", "triple"]

_LARGEST: Final = 1e9


def number(value: Any, low: float = -_LARGEST, high: float = _LARGEST, name: str = "") -> float:
    """Read a finite number, cut off at the bounds; a refusal begins with ``name``."""
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise RequestError(f"{_named(name, value)}: allowed is a number")
    if not abs(value) <= 1e300:  # NaN, infinite, or an integer that is no float
        raise RequestError(f"{_named(name, value)}: allowed is a finite number")
    read = float(value)
    return low if read < low else high if read > high else read


def integer(value: Any, low: int = 0, high: int = 2**32 - 1) -> int:
    """Read a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RequestError(f"{_shown(value)}: allowed is a whole number from {low} to {high}")
    return value


def switch(value: Any) -> bool:
    """Read a truth value."""
    if not isinstance(value, bool):
        raise RequestError(f"{_shown(value)}: allowed are true, false")
    return value


def text(value: Any, longest: int = 1024) -> str:
    """Read a text of bounded length."""
    if not isinstance(value, str) or len(value) > longest:
        raise RequestError(f"{_shown(value)}: allowed is a text of at most {longest} characters")
    return value


def triple(
    value: Any, bound: float = _LARGEST, parts: tuple[str, str, str] = ("x", "y", "z")
) -> tuple[float, float, float]:
    """Read three numbers: a location, velocity, rotation or the like; ``parts`` names each in a refusal."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or len(value) != 3:
        raise RequestError(f"{_shown(value)}: allowed are three numbers")
    x, y, z = (number(each, -bound, bound, name) for each, name in zip(value, parts, strict=True))
    return x, y, z


def _named(name: str, value: Any) -> str:
    return f"{name}={_shown(value)}" if name else _shown(value)


def _shown(value: Any) -> str:
    return repr(value)[:60]
