"""Errors of our own.

    WormdriveError
    ├── ArgumentError      a value that a caller or user gave is not allowed (also a ValueError)
    ├── MapError           an OpenDRIVE file cannot be used
    ├── RouteError         no route of the wanted kind exists on the map
    ├── ConditionsError    a season, weather or range is unknown or out of bounds
    ├── EpisodeError       a recorded episode is corrupt, truncated or foreign
    ├── ModelError         a policy folder or checkpoint is corrupt, truncated or foreign
    ├── SimulatorError     the simulator cannot go on
    ├── SpawnError         a vehicle cannot stand where it was put
    ├── UserCodeError      code of a user's own, named by its import path, failed or returned what is not allowed
    ├── DisplayError       there is no display, and none was simulated
    └── MissingPackageError  a package of an extra is not installed (also an ImportError)

Every message names the file or argument, the value met and what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path
from typing import Any

__all__ = [
    "ArgumentError",
    "ConditionsError",
    "DisplayError",
    "EpisodeError",
    "MapError",
    "MissingPackageError",
    "ModelError",
    "RouteError",
    "SimulatorError",
    "SpawnError",
    "UserCodeError",
    "WormdriveError",
    "is_real",
    "is_whole",
    "one_of",
    "require_seed",
]


class WormdriveError(Exception):
    """Base of all errors that Wormdrive raises on purpose."""


class ArgumentError(WormdriveError, ValueError):
    """A value that a caller or user gave is not allowed."""


class MapError(WormdriveError):
    """An OpenDRIVE file cannot be used.

    Parameters
    ----------
    file:
        The map's path or name.
    element:
        The element at fault, such as ``road 12, laneSection 0``; empty for the whole file.
    reason:
        What is wrong with it and what is allowed.
    """

    def __init__(self, file: str | Path, element: str, reason: str) -> None:
        self.file = str(file)
        self.element = element
        self.reason = reason
        super().__init__(f"{self.file}: {f'{element}: ' if element else ''}{reason}")


class RouteError(WormdriveError):
    """No route of the wanted kind exists on the map."""


class ConditionsError(WormdriveError, ValueError):
    """A season, weather or range is unknown or out of bounds."""


class EpisodeError(WormdriveError):
    """A recorded episode is corrupt, truncated or foreign."""


class ModelError(WormdriveError):
    """A policy folder or checkpoint is corrupt, truncated or foreign."""


class SimulatorError(WormdriveError):
    """The simulator cannot go on."""


class SpawnError(WormdriveError):
    """A vehicle cannot stand where it was put."""


class UserCodeError(WormdriveError):
    """Code of a user's own, named by its import path, failed or returned what is not allowed."""


class DisplayError(WormdriveError):
    """There is no display, and none was simulated."""


class MissingPackageError(WormdriveError, ImportError):
    """A package that an extra of ours brings is not installed, or cannot be loaded.

    Parameters
    ----------
    extra:
        The extra that brings it.
    error:
        What importing it came to.
    note:
        What else to say, in brackets.
    """

    def __init__(self, extra: str, error: ImportError, note: str = "") -> None:
        self.extra = extra
        package = (error.name or "a package").partition(".")[0]
        missing = isinstance(error, ModuleNotFoundError)
        what = "is not installed" if missing else f"cannot be loaded ({' '.join(str(error).split())})"
        super().__init__(f"{package} {what}: pip install 'wormdrive[{extra}]'{f' ({note})' if note else ''}")


def one_of(argument: str, value: object, allowed: Iterable[object]) -> str:
    """Word the commonest complaint: ``season='monsoon': allowed are spring, summer``."""
    return f"{argument}={value!r}: allowed are {', '.join(str(a) for a in allowed)}"


def is_whole(value: Any) -> bool:
    """Whether a value is an integer, Python's or numpy's, and no truth value."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_real(value: Any) -> bool:
    """Whether a value is a number, Python's or numpy's, and no truth value; NaN is one."""
    return isinstance(value, Real) and not isinstance(value, bool)


def require_seed(seed: Any) -> int:
    """Return a seed as Python's own integer; refuse what is none. Gymnasium's have up to 128 bits.

    Raises
    ------
    ArgumentError
        Names it and what is allowed.
    """
    if not is_whole(seed) or seed < 0:
        raise ArgumentError(f"seed={seed!r}: allowed is a whole number from 0")
    return int(seed)
