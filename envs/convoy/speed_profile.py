"""Speed profiles: how fast the first car of a convoy wants to drive, by time; bends may slow it further."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["EVERYDAY_PROFILES", "PROFILES", "TOP_MPS", "leader_speed"]

TOP_MPS: Final = 10.0
"""No profile is faster [m/s]: the cruise control's own speed on an open road."""
_STREAM: Final = 0x7072_6F66

_Speeds = NDArray[np.float64]


def leader_speed(profile: str, seed: int, steps: int, dt_s: float) -> _Speeds:
    """Wanted speed (steps + 1,) [m/s], one every ``dt_s`` [s]; the same seed gives the same bits.

    - ``constant``: one speed, 6 to 10 m/s.
    - ``sinusoid``: 1 to 2 m/s about 6 to 7.5 m/s, with a period of 7 to 15 s.
    - ``stop_and_go``: 6 to 9 m/s for 4 to 8 s, then 0 to 1.5 m/s for 2 to 4 s, and so on.
    - ``braking``: 8 to 10 m/s, and every 5 to 9 s braked by 2.5 to 4 m/s² down to 2 to 4 m/s.
    - ``emergency``: 8.5 to 10 m/s, and every 5 to 9 s braked by 6.5 to 7.5 m/s² to a stop of 1 to 2 s.

    Raises
    ------
    ArgumentError
        If there is no such profile.
    """
    if profile not in _MAKERS:
        raise ArgumentError(one_of("profile", profile, PROFILES))
    random = np.random.default_rng([seed, _STREAM, PROFILES.index(profile)])
    time_s = np.asarray(dt_s * np.arange(steps + 1), np.float64)
    return np.clip(_MAKERS[profile](random, time_s), 0.0, TOP_MPS)


def _constant(random: np.random.Generator, time_s: _Speeds) -> _Speeds:
    return np.full(len(time_s), random.uniform(6.0, 10.0))


def _sinusoid(random: np.random.Generator, time_s: _Speeds) -> _Speeds:
    middle, swing = random.uniform(6.0, 7.5), random.uniform(1.0, 2.0)
    period_s, phase = random.uniform(7.0, 15.0), random.uniform(0.0, 2.0 * np.pi)
    return np.asarray(middle + swing * np.sin(2.0 * np.pi * time_s / period_s + phase))


def _stop_and_go(random: np.random.Generator, time_s: _Speeds) -> _Speeds:
    return _alternate(
        random, time_s, fast=(6.0, 9.0), driven_s=(4.0, 8.0), braking=(1.5, 2.5), slow=(0.0, 1.5), waited_s=(2.0, 4.0)
    )


def _braking(random: np.random.Generator, time_s: _Speeds) -> _Speeds:
    return _alternate(
        random, time_s, fast=(8.0, 10.0), driven_s=(5.0, 9.0), braking=(2.5, 4.0), slow=(2.0, 4.0), waited_s=(0.5, 2.0)
    )


def _emergency(random: np.random.Generator, time_s: _Speeds) -> _Speeds:
    return _alternate(
        random, time_s, fast=(8.5, 10.0), driven_s=(5.0, 9.0), braking=(6.5, 7.5), slow=(0.0, 0.0), waited_s=(1.0, 2.0)
    )


def _alternate(
    random: np.random.Generator,
    time_s: _Speeds,
    *,
    fast: tuple[float, float],
    driven_s: tuple[float, float],
    braking: tuple[float, float],
    slow: tuple[float, float],
    waited_s: tuple[float, float],
) -> _Speeds:
    """Drive fast, brake, drive slowly, accelerate by 1 to 1.8 m/s², and so on: each drawn from its range."""
    speed = random.uniform(*fast)
    at, corners, speeds = 0.0, [0.0], [speed]
    while at < time_s[-1]:
        low, high = random.uniform(*slow), random.uniform(*fast)
        durations = (
            random.uniform(*driven_s),
            (speed - low) / random.uniform(*braking),
            random.uniform(*waited_s),
            (high - low) / random.uniform(1.0, 1.8),
        )
        corners += (at + np.cumsum(durations)).tolist()
        speeds += [speed, low, low, high]
        at, speed = corners[-1], high
    return np.asarray(np.interp(time_s, corners, speeds))


_MAKERS: Final = MappingProxyType[str, Callable[[np.random.Generator, _Speeds], _Speeds]](
    {
        "constant": _constant,
        "sinusoid": _sinusoid,
        "stop_and_go": _stop_and_go,
        "braking": _braking,
        "emergency": _emergency,
    }
)
PROFILES: Final = tuple(_MAKERS)
"""Names of all profiles."""
EVERYDAY_PROFILES: Final = tuple(name for name in PROFILES if name != "emergency")
"""Those that no tyre is asked too much by in summer: what is drawn from unless asked otherwise."""
