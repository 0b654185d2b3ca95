# mypy: allow-untyped-defs, allow-untyped-calls
"""Clearance: how far from a route's line one may go sideways before meeting the same route again.

In a hairpin the inside of the bend soon is the other leg of the road: no tree may stand there. The plane is cut into
squares of 2 m; each knows the first and the last sample that lies in it or beside it, in one of the eight squares
around, which a hash table with open addressing finds.
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
_ROW: Final = 4_000_037  # keys from one row of squares to the next
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
    distances = np.arange(_REACH_M, _FIRST_M - 0.1, -_CELL_M)[::-1].copy()
    _measure(
        x.copy(),
        y.copy(),
        np.sin(heading),
        np.cos(heading),
        _NEAR_M / spacing_m,
        distances,
        room,
    )
    return room[0], room[1]


@njit(cache=True, nogil=True, error_model="numpy")
def _key(x, y):
    return np.int64(np.floor(x / _CELL_M)) * _ROW + np.int64(np.floor(y / _CELL_M))


@njit(cache=True, nogil=True, error_model="numpy")
def _place(keys, key):
    """Place in the table where a key stands, or where it would."""
    at = (key * 0x9E3779B97F4A7C1 >> 7) & (len(keys) - 1)
    while keys[at] != _EMPTY and keys[at] != key:
        at = (at + 1) & (len(keys) - 1)
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _end_of_run(x, y, first):
    """First sample behind ``first`` that lies in another square."""
    key, end = _key(x[first], y[first]), first + 1
    while end < len(x) and _key(x[end], y[end]) == key:
        end += 1
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def _index(x, y):
    """Build the table: keys, and the first and the last sample in or beside each key's square."""
    runs, end = 0, 0
    while end < len(x):
        end = _end_of_run(x, y, end)
        runs += 1
    places = 1
    while places < 12 * runs:  # nine squares a run at most
        places *= 2
    keys = np.full(places, _EMPTY)
    lowest, highest = np.empty(places, np.int64), np.empty(places, np.int64)
    end = 0
    while end < len(x):
        first, end = end, _end_of_run(x, y, end)
        middle = _key(x[first], y[first])
        for row in (-_ROW, 0, _ROW):
            for column in (-1, 0, 1):
                key = middle + row + column
                at = _place(keys, key)
                if keys[at] == _EMPTY:
                    keys[at], lowest[at] = key, first
                highest[at] = end - 1
    return keys, lowest, highest


@njit(cache=True, nogil=True, error_model="numpy")
def _measure(x, y, sine, cosine, near, distances, room):
    keys, lowest, highest = _index(x, y)
    for side in range(2):
        sign = -1.0 if side == 0 else 1.0
        for i in range(len(x)):
            room[side, i] = _REACH_M
            for distance in distances:
                there_x, there_y = x[i] - sine[i] * sign * distance, y[i] + cosine[i] * sign * distance
                key = _key(there_x, there_y)
                at = _place(keys, key)
                # the line passes within a square of there, other than beside where one stands
                if keys[at] == key and (i - lowest[at] > near or highest[at] - i > near):
                    room[side, i] = distance
                    break
