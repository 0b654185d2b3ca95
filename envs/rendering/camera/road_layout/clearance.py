"""Clearance: how far from a route's line one may go sideways before meeting the same route again.

In a hairpin the inside of the bend soon is the other leg of the road: no tree may stand there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["room_beside"]

_CELL_M = 2.0
_REACH_M = 36.0
_FIRST_M = 6.0
_NEAR_M = 25.0  # along s: closer samples are the road that one stands beside


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
    cells = _keys(x, y)
    order = np.argsort(cells, kind="stable")
    keys, first = np.unique(cells[order], return_index=True)
    last = np.append(first[1:], len(order)) - 1
    lowest, highest = order[first], order[last]
    here = np.arange(len(x))
    near = _NEAR_M / spacing_m
    room = []
    for side in (-1.0, 1.0):
        free = np.full(len(x), _REACH_M)
        for distance in np.arange(_REACH_M, _FIRST_M - 0.1, -_CELL_M):
            px = x - np.sin(heading) * side * distance
            py = y + np.cos(heading) * side * distance
            blocked = np.zeros(len(x), bool)
            for dx in (-_CELL_M, 0.0, _CELL_M):
                for dy in (-_CELL_M, 0.0, _CELL_M):
                    key = _keys(px + dx, py + dy)
                    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
                    hit = keys[at] == key
                    blocked |= hit & ((here - lowest[at] > near) | (highest[at] - here > near))
            free[blocked] = distance
        room.append(free)
    return room[0], room[1]


def _keys(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(x / _CELL_M).astype(np.int64) * 4_000_037 + np.floor(y / _CELL_M).astype(np.int64)
