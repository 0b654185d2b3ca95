# mypy: allow-untyped-defs, allow-untyped-calls
"""Clearance: how far from a route's line one may go sideways before meeting the same route again.

In a hairpin the inside of the bend soon is the other leg of the road: no tree may stand there. The plane is cut into
squares of 2 m; each knows the first and the last sample that lies in it, which a hash table with open addressing finds.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["room_beside"]

_CELL_M: Final = 2.0
_REACH_M: Final = 36.0
_FIRST_M: Final = 6.0
_NEAR_M: Final = 25.0  # along s: closer samples are the road that one stands beside
_EMPTY: Final = np.iinfo(np.int64).min


def room_beside(
    x: NDArray[np.float64], y: NDArray[np.float64], heading: NDArray[np.float64], spacing_m: float = 0.5
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Free distance to the right and to the left of each sample [m], at most 36 m.

    Parameters
    ----------
    x, y, heading:
        (n,) samples of the line [m, m, rad].
    spacing_m:
        Between samples [m].
    """
    room = np.empty((2, len(x)))
    places = 1 << int(2 * len(x)).bit_length()
    keys = np.full(places, _EMPTY)
    lowest, highest = np.empty(places, np.int64), np.empty(places, np.int64)
    distances = np.arange(_REACH_M, _FIRST_M - 0.1, -_CELL_M)[::-1].copy()
    _measure(
        x.copy(),
        y.copy(),
        np.sin(heading),
        np.cos(heading),
        _NEAR_M / spacing_m,
        distances,
        keys,
        lowest,
        highest,
        room,
    )
    return room[0], room[1]


@njit(cache=True, nogil=True, error_model="numpy")
def _key(x, y):
    return np.int64(np.floor(x / _CELL_M)) * 4_000_037 + np.int64(np.floor(y / _CELL_M))


@njit(cache=True, nogil=True, error_model="numpy")
def _place(keys, key):
    """Place in the table where a key stands, or where it would."""
    at = (key * 0x9E3779B97F4A7C1 >> 7) & (len(keys) - 1)
    while keys[at] != _EMPTY and keys[at] != key:
        at = (at + 1) & (len(keys) - 1)
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _measure(x, y, sine, cosine, near, distances, keys, lowest, highest, room):
    for i in range(len(x)):
        key = _key(x[i], y[i])
        at = _place(keys, key)
        if keys[at] == _EMPTY:
            keys[at], lowest[at] = key, i
        highest[at] = i
    for side in range(2):
        sign = -1.0 if side == 0 else 1.0
        for i in range(len(x)):
            room[side, i] = _REACH_M
            for distance in distances:
                if _blocked(
                    x[i] - sine[i] * sign * distance, y[i] + cosine[i] * sign * distance, i, near, keys, lowest, highest
                ):
                    room[side, i] = distance
                    break


@njit(cache=True, nogil=True, error_model="numpy")
def _blocked(x, y, here, near, keys, lowest, highest):
    """Whether the line passes within a square of a point, other than beside where one stands."""
    for dx in (-_CELL_M, 0.0, _CELL_M):
        for dy in (-_CELL_M, 0.0, _CELL_M):
            key = _key(x + dx, y + dy)
            at = _place(keys, key)
            if keys[at] == key and (here - lowest[at] > near or highest[at] - here > near):
                return True
    return False
