"""Find the piece of road under a point: bounded search through circles, then Newton steps to the exact foot point."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Surface

__all__ = ["FLOATS", "INTS", "find_places"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

S, T, Z, HEADING, SLOPE, BANK, OFFSET, WIDTH, OUTSIDE = range(9)
"""Columns: s, t, z [m], heading of the lane [rad], slope [-], bank [rad], offset, width, outside [m]; as ``Places``."""
FLOATS: Final = 9
ROAD, SECTION, LANE, SURFACE, DRIVABLE = range(5)
INTS: Final = 5
"""Number of the road, index of the section, lane id, surface, whether cars drive there."""

_BLOCK: Final = 8
_SEAM_M: Final = 0.25
"""Points this far before a piece's start or beyond its end still belong to it if to no other: wedges at kinks."""
_BELOW_M: Final = 2.5
"""A point this far below a surface is under it, not on it."""
_LEVEL_M: Final = 1.0
"""Heights that differ by less do not decide between roads."""
_OFF: Final = 1e6
"""Cost of lying outside a road."""
_VERGE_M: Final = 5.0
"""Beside the road its surface goes on this far; beyond, height is held."""
_TERRAIN: Final = int(Surface.TERRAIN)


@njit(cache=True, nogil=True, error_model="numpy")
def _cubic(row: Array, first: int, u: float) -> float:
    return float(row[first] + u * (row[first + 1] + u * (row[first + 2] + u * row[first + 3])))


@njit(cache=True, nogil=True, error_model="numpy")
def _slope(row: Array, first: int, u: float) -> float:
    return float(row[first + 1] + u * (2.0 * row[first + 2] + u * 3.0 * row[first + 3]))


@njit(cache=True, nogil=True, error_model="numpy")
def _bend(row: Array, first: int, u: float) -> float:
    return float(2.0 * row[first + 2] + u * 6.0 * row[first + 3])


@njit(cache=True, nogil=True, error_model="numpy")
def _foot(piece: Array, x: float, y: float) -> float:
    """Part of the piece's length at which its line is nearest to the point; 0 to 1."""
    x0, y0 = _cubic(piece, 2, 0.0), _cubic(piece, 6, 0.0)
    chord_x, chord_y = _cubic(piece, 2, 1.0) - x0, _cubic(piece, 6, 1.0) - y0
    u = ((x - x0) * chord_x + (y - y0) * chord_y) / max(chord_x * chord_x + chord_y * chord_y, 1e-18)
    u = min(max(u, 0.0), 1.0)
    for _ in range(8):
        rx, ry = x - _cubic(piece, 2, u), y - _cubic(piece, 6, u)
        dx, dy = _slope(piece, 2, u), _slope(piece, 6, u)
        square = max(dx * dx + dy * dy, 1e-18)
        rate = square - rx * _bend(piece, 2, u) - ry * _bend(piece, 6, u)
        step = (rx * dx + ry * dy) / max(rate, 0.1 * square)
        u = min(max(u + step, 0.0), 1.0)
        if abs(step) < 1e-12:
            break
    return u


@njit(cache=True, nogil=True, error_model="numpy")
def _judge(
    piece: Array,
    owner: Ints,
    borders: Array,
    section: Ints,
    lanes: Ints,
    point: Array,
    best: float,
    floats: Array,
    ints: Ints,
) -> float:
    """Say what the piece is to the point (x, y, z, heading) and what it would cost to place it there.

    A piece beside the point that cannot cost less than ``best`` is not looked at closely: infinite.
    """
    u = _foot(piece, point[0], point[1])
    length = piece[1]
    dx, dy = _slope(piece, 2, u), _slope(piece, 6, u)
    speed = max(math.sqrt(dx * dx + dy * dy), 1e-9)
    tx, ty = dx / speed, dy / speed
    rx, ry = point[0] - _cubic(piece, 2, u), point[1] - _cubic(piece, 6, u)
    gap = abs(rx * tx + ry * ty)
    roll = _cubic(piece, 14, u)
    level = max(math.cos(roll), 0.05)
    t = (ry * tx - rx * ty) / level
    first, count = owner[2], section[2]
    lowest, highest = _cubic(borders[first], 0, u), _cubic(borders[first + count], 0, u)
    excess = max(lowest - t, t - highest, 0.0) * level
    away = math.sqrt(gap * gap + excess * excess)
    if (gap > _SEAM_M or excess > 1e-6) and _OFF + away > best:
        return np.inf
    held = min(max(t, lowest), highest)
    lane = -1
    low = high = lowest
    for k in range(count):
        one, two = _cubic(borders[first + k], 0, u), _cubic(borders[first + k + 1], 0, u)
        if two - one > 1e-6 and (lane < 0 or one <= held):
            lane, low, high = k, one, two
    row = section[1] + lane
    travel, surface, drivable = 1, _TERRAIN, 0
    ints[LANE] = 0
    if lane >= 0:
        ints[LANE] = lanes[row, 0]
        travel, surface, drivable = lanes[row, 1], lanes[row, 2], lanes[row, 3]
        inner = _slope(borders[first + lane], 0, u) + _slope(borders[first + lane + 1], 0, u)
    else:
        inner = 0.0
    centre, aside = 0.5 * (low + high), 0.5 * inner / length  # dt/ds
    curvature = (dx * _bend(piece, 6, u) - dy * _bend(piece, 2, u)) / (speed * speed * speed)
    ahead = max(1.0 - centre * curvature, 0.05)
    sine = math.sin(roll)
    rise = (_slope(piece, 10, u) + centre * level * _slope(piece, 14, u)) / length + aside * sine
    beyond = min(max(t, lowest - _VERGE_M), highest + _VERGE_M)

    heading = math.atan2(ty, tx) + math.atan2(aside, ahead * speed / length)
    if travel < 0:
        heading += math.pi
    floats[S] = piece[0] + u * length
    floats[T] = t
    floats[Z] = _cubic(piece, 10, u) + beyond * sine
    floats[HEADING] = math.atan2(math.sin(heading), math.cos(heading))
    floats[SLOPE] = travel * rise / math.sqrt(ahead * ahead * speed * speed / (length * length) + aside * aside)
    floats[BANK] = travel * roll if beyond == t else 0.0
    floats[OFFSET] = travel * (t - centre) * level
    floats[WIDTH] = high - low
    ints[ROAD], ints[SECTION] = owner[0], section[0]

    height = 0.0 if math.isnan(point[2]) else point[2] - floats[Z]
    if gap > _SEAM_M or excess > 1e-6 or height < -_BELOW_M or lane < 0:
        floats[OUTSIDE] = away
        ints[SURFACE], ints[DRIVABLE] = _TERRAIN, 0
        under = max(abs(height) - _LEVEL_M, 0.0)
        return float(_OFF + math.sqrt(away * away + under * under))
    floats[OUTSIDE] = 0.0
    ints[SURFACE], ints[DRIVABLE] = surface, drivable
    cost = 10.0 * gap + 10.0 * max(abs(height) - _LEVEL_M, 0.0) + 0.5 * abs(t - centre) / (high - low)
    if drivable == 0:
        cost += 7.0 if surface == _TERRAIN else 5.0
    if not math.isnan(point[3]):
        cost += 2.0 - 2.0 * math.cos(point[3] - heading)
    return float(cost)


@njit(cache=True, nogil=True, error_model="numpy")
def _apart(circle: Array, point: Array) -> float:
    dx, dy = point[0] - circle[0], point[1] - circle[1]
    return float(math.sqrt(dx * dx + dy * dy) - circle[2])


@njit(cache=True, nogil=True, error_model="numpy")
def _try(
    p: int,
    best: float,
    winner: Ints,
    point: Array,
    pieces: Array,
    owners: Ints,
    borders: Array,
    sections: Ints,
    lanes: Ints,
    trial_floats: Array,
    trial_ints: Ints,
    floats: Array,
    ints: Ints,
) -> float:
    """Judge a piece, and keep it if it is cheaper than ``best``, or as cheap and comes before the winner."""
    cost = _judge(
        pieces[p], owners[p], borders, sections[owners[p, 1]], lanes, point, best, trial_floats, trial_ints
    )  # fmt: skip
    if cost < best or (cost == best and p < winner[0]):
        best = cost
        winner[0] = p
        floats[:] = trial_floats
        ints[:] = trial_ints
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def find_places(
    points: Array,
    pieces: Array,
    owners: Ints,
    borders: Array,
    sections: Ints,
    lanes: Ints,
    circles: Array,
    blocks: Array,
    groups: Array,
    floats: Array,
    ints: Ints,
) -> None:
    """Fill ``floats`` (n, FLOATS) and ``ints`` (n, INTS) for ``points`` (n, 4): x, y, z, heading; NaN: unknown.

    The other arguments are the fields of a ``SurfaceTable``. Pieces whose circles hold the point are judged first; only
    if it lies on none of them others count, and then the bound on what they may cost is that of the nearest circle's.
    What is found does not depend on the order.
    """
    trial_floats = np.zeros(FLOATS)
    trial_ints = np.zeros(INTS, np.int64)
    winner = np.zeros(1, np.int64)
    for i in range(len(points)):
        point = points[i]
        best, least, likely = np.inf, np.inf, 0
        for g in range(len(groups)):
            apart = _apart(groups[g], point)
            if apart > _SEAM_M and apart >= least:
                continue
            for b in range(g * _BLOCK, min((g + 1) * _BLOCK, len(blocks))):
                apart = _apart(blocks[b], point)
                if apart > _SEAM_M and apart >= least:
                    continue
                for p in range(b * _BLOCK, min((b + 1) * _BLOCK, len(pieces))):
                    apart = _apart(circles[p], point)
                    if apart < least:
                        least, likely = apart, p
                    if apart <= _SEAM_M:
                        best = _try(
                            p, best, winner, point, pieces, owners, borders, sections, lanes, trial_floats, trial_ints,
                            floats[i], ints[i],
                        )  # fmt: skip
        if best < _OFF:
            continue
        if least > _SEAM_M:
            best = _try(
                likely, best, winner, point, pieces, owners, borders, sections, lanes, trial_floats, trial_ints,
                floats[i], ints[i],
            )  # fmt: skip
        for g in range(len(groups)):
            apart = _apart(groups[g], point)
            if apart > _SEAM_M and _OFF + apart > best:
                continue
            for b in range(g * _BLOCK, min((g + 1) * _BLOCK, len(blocks))):
                apart = _apart(blocks[b], point)
                if apart > _SEAM_M and _OFF + apart > best:
                    continue
                for p in range(b * _BLOCK, min((b + 1) * _BLOCK, len(pieces))):
                    apart = _apart(circles[p], point)
                    if apart > _SEAM_M and _OFF + apart <= best:
                        best = _try(
                            p, best, winner, point, pieces, owners, borders, sections, lanes, trial_floats, trial_ints,
                            floats[i], ints[i],
                        )  # fmt: skip
