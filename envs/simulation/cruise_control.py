"""Cruise control: a speed for every station, so that the car is slow enough when a bend begins.

The wanted speed is limited by curvature (lateral acceleration), by the speed limit, by a cruising speed, and by what
comes ahead: braking early and gently enough to meet every later limit. Squared speeds make that a running minimum,

    w(s) = min over s' >= s of  limit(s')² + 2 b (s' - s).

What friction limits scales with it: bends are taken, and braked for, with the same share of the grip on every surface.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route

__all__ = [
    "CRUISING_MPS",
    "DRY_FRICTION",
    "LATERAL_ACCELERATION",
    "SPACING_M",
    "cruise_control",
    "cruise_speed",
    "speed_profile",
]

SPACING_M: Final = 0.5
"""Of a route's samples [m]."""
CRUISING_MPS: Final = 10.0
"""Wanted speed on an open road [m/s]."""
LATERAL_ACCELERATION: Final = 3.0
"""In bends on a dry road [m/s²]; less in proportion where friction is less."""
DRY_FRICTION: Final = 1.0
"""The friction for which the accelerations here are meant [-]; more than that is not used."""
BRAKING: Final = 2.0
"""Ahead of bends, on a dry road [m/s²]."""
LIMIT_BRAKING: Final = 1.0
"""Ahead of lower speed limits, on any road [m/s²]."""
CREEPING_MPS: Final = 2.5
"""No bend is so tight that the car would be slower [m/s]."""
GAIN: Final = 1.0
"""Acceleration by lack of speed [1/s]."""
MOST_ACCELERATION: Final = 1.5
MOST_BRAKING: Final = 4.0
"""Of the cruise control [m/s²]."""


def speed_profile(route: Route, cruising_mps: float = CRUISING_MPS) -> NDArray[np.float64]:
    """Squared speeds (n, 2) [m²/s²] along a route: what bends allow at ``DRY_FRICTION``, and what limits allow.

    ``cruising_mps`` [m/s] is the wanted speed on an open road.
    """
    s = np.asarray(np.arange(len(route.x)) * route.spacing_m, np.float64)
    bends = np.asarray(LATERAL_ACCELERATION / np.maximum(np.abs(route.curvature), 1e-6), np.float64)
    limits = np.asarray(np.square(np.minimum(route.speed_limit_mps, cruising_mps)), np.float64)
    return np.stack([_brake_for(bends, s, BRAKING), _brake_for(limits, s, LIMIT_BRAKING)], axis=1)


def cruise_speed(profile: NDArray[np.float64], friction: float) -> NDArray[np.float64]:
    """Wanted speed (n,) [m/s] along a route whose ``speed_profile`` is given."""
    squared = np.minimum(profile[:, 0] * min(friction / DRY_FRICTION, 1.0), profile[:, 1])
    return np.asarray(np.sqrt(np.maximum(squared, CREEPING_MPS**2)))


@njit(cache=True, nogil=True, error_model="numpy")
def cruise_control(live, station, speed, friction, profile, first, count, pull, wanted):  # type: ignore[no-untyped-def]
    """Where ``wanted[m]`` is NaN, fill in the acceleration [m/s²] that the cruise control asks for.

    ``live`` (M,) are the worlds that count; ``station`` [m], ``speed`` [m/s] and ``friction`` are by world;
    ``profile``, ``first`` and ``count`` are the road table's; ``pull`` [m/s²] is what the slope takes (M,).
    """
    for m in range(live.shape[0]):
        if not math.isnan(wanted[m]):
            continue
        world = live[m]
        i = first[world] + min(max(int(station[world] / SPACING_M), 0), count[world] - 2)
        grip = min(friction[world] / DRY_FRICTION, 1.0)
        squared = min(profile[i, 0] * grip, profile[i, 1])
        then = min(profile[i + 1, 0] * grip, profile[i + 1, 1])
        brake = min((then - squared) / (2.0 * SPACING_M), 0.0)  # a = u du/ds
        lack = math.sqrt(max(squared, CREEPING_MPS * CREEPING_MPS)) - speed[world]
        wanted[m] = min(max(brake + GAIN * lack, -MOST_BRAKING), MOST_ACCELERATION) + pull[m]


def _brake_for(squared: NDArray[np.float64], s: NDArray[np.float64], braking: float) -> NDArray[np.float64]:
    ahead = squared + 2.0 * braking * s
    least: NDArray[np.float64] = np.minimum.accumulate(ahead[::-1])[::-1]
    return least - 2.0 * braking * s
