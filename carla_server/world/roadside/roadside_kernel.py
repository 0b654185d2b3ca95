"""Kernels for what stands beside the road: who leaves its lane, and what is near."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wormdrive.carla_server.world.vehicles import fleet as rows

__all__ = ["KEY", "OUTLINE", "gather", "look_up", "outline", "stray"]

CLEAR_M: Final = 0.25
"""Nothing stands this near to a lane [m]."""
TIGHTEST_M: Final = 8.0
"""Radius of the tightest bend, in which corners of long vehicles leave the lane first [m]."""
OUTLINE: Final = 8
"""Points by which a vehicle's outline is looked at."""

KEY: Final = 2**32
"""Number of a cell: its column times this, and its row."""


@njit(cache=True, nogil=True, error_model="numpy")
def stray(numbers, before, heading, offset, width, on_driving_lane, astray):  # type: ignore[no-untyped-def]
    """Fill ``astray`` (N,): whether a vehicle's box may reach beyond its own lane in this frame; returns how many do.

    ``before`` (3, N) is where they were, and ``heading`` [rad], ``offset`` and ``width`` (N,) [m] are its lane's there.
    """
    count = 0
    for i in range(numbers.shape[1]):
        turn = numbers[rows.PSI, i] - heading[i]
        half = numbers[rows.HALF_LENGTH, i]
        aside = half * abs(math.sin(turn)) + numbers[rows.HALF_WIDTH, i] * abs(math.cos(turn))
        aside += 0.5 * half * half / TIGHTEST_M
        aside += abs(numbers[rows.X, i] - before[0, i]) * abs(math.sin(heading[i]))
        aside += abs(numbers[rows.Y, i] - before[1, i]) * abs(math.cos(heading[i]))
        astray[i] = not on_driving_lane[i] or abs(offset[i]) + aside > 0.5 * width[i] + CLEAR_M
        count += astray[i]
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def outline(numbers, chosen, points):  # type: ignore[no-untyped-def]
    """Fill ``points`` (n * OUTLINE, 4) with x, y, z, heading of corners and middles of the sides of chosen vehicles.

    They lie ``CLEAR_M`` outside the box, as far as something could stand that is hit.
    """
    for k in range(len(chosen)):
        i = chosen[k]
        cosine, sine = math.cos(numbers[rows.PSI, i]), math.sin(numbers[rows.PSI, i])
        half_length, half_width = numbers[rows.HALF_LENGTH, i] + CLEAR_M, numbers[rows.HALF_WIDTH, i] + CLEAR_M
        place = k * OUTLINE
        for a in range(-1, 2):
            for b in range(-1, 2):
                if a == 0 and b == 0:
                    continue
                ahead, aside = a * half_length, b * half_width
                points[place, 0] = numbers[rows.X, i] + ahead * cosine - aside * sine
                points[place, 1] = numbers[rows.Y, i] + ahead * sine + aside * cosine
                points[place, 2], points[place, 3] = numbers[rows.Z, i], numbers[rows.PSI, i]
                place += 1


@njit(cache=True, nogil=True, error_model="numpy")
def gather(x, y, reach, trunks, first, west, south, cell, cells, found, count):  # type: ignore[no-untyped-def]
    """Append to ``found`` the trunks of a tile within reach of a point that are not yet in it; returns how many it has.

    ``trunks`` (M, 6) are sorted by square cells of the side ``cell`` [m]; ``first`` (cells * cells + 1,) says where
    each begins.
    """
    left = max(math.floor((x - reach - west) / cell), 0)
    right = min(math.floor((x + reach - west) / cell), cells - 1)
    low = max(math.floor((y - reach - south) / cell), 0)
    high = min(math.floor((y + reach - south) / cell), cells - 1)
    for row in range(low, high + 1):
        if left > right:
            break
        for k in range(first[row * cells + left], first[row * cells + right + 1]):
            dx, dy = trunks[k, 0] - x, trunks[k, 1] - y
            near = reach + trunks[k, 3]
            if dx * dx + dy * dy > near * near or count == found.shape[0]:
                continue
            known = False
            for m in range(count):
                known = known or (found[m, 0] == trunks[k, 0] and found[m, 1] == trunks[k, 1])
            if not known:
                found[count] = trunks[k]
                count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def look_up(x, y, reach, cell, keys, first, members, numbers, marked):  # type: ignore[no-untyped-def]
    """Mark the bodies (M,) whose circle comes within reach of any of the points (n,).

    They are sorted by square cells of the side ``cell`` [m]: rising ``keys``, where each begins in ``members``.
    """
    for p in range(len(x)):
        for column in range(math.floor((x[p] - reach[p]) / cell), math.floor((x[p] + reach[p]) / cell) + 1):
            for row in range(math.floor((y[p] - reach[p]) / cell), math.floor((y[p] + reach[p]) / cell) + 1):
                key = column * KEY + row
                at = np.searchsorted(keys, key)
                if at == len(keys) or keys[at] != key:
                    continue
                for k in range(first[at], first[at + 1]):
                    m = members[k]
                    near = reach[p] + math.sqrt(numbers[rows.HALF_LENGTH, m] ** 2 + numbers[rows.HALF_WIDTH, m] ** 2)
                    dx, dy = numbers[rows.X, m] - x[p], numbers[rows.Y, m] - y[p]
                    marked[m] = marked[m] or dx * dx + dy * dy <= near * near
