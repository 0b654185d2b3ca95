"""Kernels for collisions: bodies that meet, and the blows they deal each other.

Bodies are rectangles in the plane with a span of heights. They meet where no side of either separates them; the side
with the least overlap gives the normal. A body without a half width is a post, as round as its half length says. Blows
are impulses at one point, the middle of the common area: first along the normal with a small restitution, then across
it with Coulomb friction (B. Mirtich, *Impulse-based Dynamic Simulation*, 1996, ch. 3). Each of the two takes energy
away or none. What moved far in a frame is looked at every quarter of a metre of the way, so that nothing jumps through
another.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.motion_kernel import FASTEST_MPS, FASTEST_RADPS

__all__ = ["BLOW", "collide_all", "first_overlap"]

BLOW: Final = 7
"""Columns of a blow: rows of the two bodies, impulse x, y on the second [N s], where it was dealt x, y, z [m]."""
RESTITUTION: Final = 0.1
FRICTION: Final = 0.4
"""Between bodies [-]."""
SOFT_MPS: Final = 0.05
"""Slower contacts are leaning on one another: no restitution, no event [m/s]."""
SWEEP_M: Final = 0.25
MOST_SWEEPS: Final = 64
PASSES: Final = 24
"""How often all pairs are looked at until none overlaps."""
SKIN_M: Final = 1e-3
"""By which boxes are set apart."""
PARKING_M: Final = 0.02
"""Boxes that stand closer overlap, when a vehicle is put down."""


@njit(cache=True, nogil=True, error_model="numpy")
def _overlap_post(n, i, j, xi, yi, psii, xj, yj, out):  # type: ignore[no-untyped-def]
    """As ``_overlap``, of a box and a post."""
    half_length, half_width, radius = n[rows.HALF_LENGTH, i], n[rows.HALF_WIDTH, i], n[rows.HALF_LENGTH, j]
    cosine, sine = math.cos(psii), math.sin(psii)
    ahead = (xj - xi) * cosine + (yj - yi) * sine
    aside = (yj - yi) * cosine - (xj - xi) * sine
    beyond = ahead - min(max(ahead, -half_length), half_length)
    beside = aside - min(max(aside, -half_width), half_width)
    away = math.sqrt(beyond * beyond + beside * beside)
    if away > 0.0:
        depth = radius - away
        beyond, beside = beyond / away, beside / away
    elif half_length - abs(ahead) < half_width - abs(aside):  # its middle is in the box: the nearest way out
        depth = radius + half_length - abs(ahead)
        beyond = 1.0 if ahead >= 0.0 else -1.0
    else:
        depth = radius + half_width - abs(aside)
        beside = 1.0 if aside >= 0.0 else -1.0
    out[0], out[1] = beyond * cosine - beside * sine, beyond * sine + beside * cosine
    return depth


@njit(cache=True, nogil=True, error_model="numpy")
def _overlap(n, i, j, xi, yi, psii, xj, yj, psij, out):  # type: ignore[no-untyped-def]
    """Least overlap [m] of two bodies at given poses, negative where apart; ``out`` is its normal from i to j."""
    if n[rows.HALF_WIDTH, j] == 0.0:
        return _overlap_post(n, i, j, xi, yi, psii, xj, yj, out)
    dx, dy = xj - xi, yj - yi
    least = np.inf
    for side in range(4):
        psi = psii if side < 2 else psij
        ax, ay = math.cos(psi), math.sin(psi)
        if side % 2 == 1:
            ax, ay = -ay, ax
        apart = dx * ax + dy * ay
        reach = 0.0
        for k in range(2):
            vehicle, angle = (i, psii) if k == 0 else (j, psij)
            cosine, sine = math.cos(angle), math.sin(angle)
            reach += n[rows.HALF_LENGTH, vehicle] * abs(ax * cosine + ay * sine)
            reach += n[rows.HALF_WIDTH, vehicle] * abs(ay * cosine - ax * sine)
        depth = reach - abs(apart)
        if depth < least:
            least = depth
            sign = 1.0 if apart >= 0.0 else -1.0
            out[0], out[1] = sign * ax, sign * ay
            if depth <= -PARKING_M:  # not yet at 0: another side may separate boxes farther that barely part here
                return depth
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def _level(n, i, j):  # type: ignore[no-untyped-def]
    """Whether the boxes share heights."""
    one, two = n[rows.Z, i], n[rows.Z, j]
    return one < two + 2.0 * n[rows.HALF_HEIGHT, j] and two < one + 2.0 * n[rows.HALF_HEIGHT, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(n, i):  # type: ignore[no-untyped-def]
    return math.sqrt(n[rows.HALF_LENGTH, i] ** 2 + n[rows.HALF_WIDTH, i] ** 2)


@njit(cache=True, nogil=True, error_model="numpy")
def _corners(n, i, polygon):  # type: ignore[no-untyped-def]
    cosine, sine = math.cos(n[rows.PSI, i]), math.sin(n[rows.PSI, i])
    for k in range(4):
        ahead = n[rows.HALF_LENGTH, i] * (1.0 if k == 0 or k == 3 else -1.0)
        aside = n[rows.HALF_WIDTH, i] * (1.0 if k < 2 else -1.0)
        polygon[k, 0] = n[rows.X, i] + ahead * cosine - aside * sine
        polygon[k, 1] = n[rows.Y, i] + ahead * sine + aside * cosine
    return 4


@njit(cache=True, nogil=True, error_model="numpy")
def _contact(n, i, j, one, two, point):  # type: ignore[no-untyped-def]
    """Mean of the corners of the common area: i's box, clipped by the four sides of j's (Sutherland and Hodgman)."""
    count = _corners(n, i, one)
    cosine, sine = math.cos(n[rows.PSI, j]), math.sin(n[rows.PSI, j])
    for side in range(4):
        ax, ay = (cosine, sine) if side % 2 == 0 else (-sine, cosine)
        half = n[rows.HALF_LENGTH, j] if side % 2 == 0 else n[rows.HALF_WIDTH, j]
        if side > 1:
            ax, ay = -ax, -ay
        kept = 0
        for k in range(count):
            x0, y0 = one[k, 0], one[k, 1]
            x1, y1 = one[(k + 1) % count, 0], one[(k + 1) % count, 1]
            d0 = (x0 - n[rows.X, j]) * ax + (y0 - n[rows.Y, j]) * ay - half
            d1 = (x1 - n[rows.X, j]) * ax + (y1 - n[rows.Y, j]) * ay - half
            if d0 <= 0.0:
                two[kept, 0], two[kept, 1] = x0, y0
                kept += 1
            if (d0 < 0.0 and d1 > 0.0) or (d0 > 0.0 and d1 < 0.0):
                part = d0 / (d0 - d1)
                two[kept, 0], two[kept, 1] = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
                kept += 1
        count = kept
        for k in range(count):
            one[k, 0], one[k, 1] = two[k, 0], two[k, 1]
    point[0], point[1] = 0.5 * (n[rows.X, i] + n[rows.X, j]), 0.5 * (n[rows.Y, i] + n[rows.Y, j])
    if count > 0:
        point[0] = point[1] = 0.0
        for k in range(count):
            point[0] += one[k, 0] / count
            point[1] += one[k, 1] / count


@njit(cache=True, nogil=True, error_model="numpy")
def _velocity(n, i, point, out):  # type: ignore[no-untyped-def]
    """Velocity of the body at a point, in the map's axes."""
    cosine, sine = math.cos(n[rows.PSI, i]), math.sin(n[rows.PSI, i])
    u, v, r = n[rows.U, i], n[rows.V, i], n[rows.R, i]
    out[0] = u * cosine - v * sine - r * (point[1] - n[rows.Y, i])
    out[1] = u * sine + v * cosine + r * (point[0] - n[rows.X, i])


@njit(cache=True, nogil=True, error_model="numpy")
def _push(n, i, movable, point, jx, jy):  # type: ignore[no-untyped-def]
    if not movable:
        return
    cosine, sine = math.cos(n[rows.PSI, i]), math.sin(n[rows.PSI, i])
    n[rows.U, i] += (jx * cosine + jy * sine) / n[rows.MASS, i]
    n[rows.V, i] += (jy * cosine - jx * sine) / n[rows.MASS, i]
    turn = (point[0] - n[rows.X, i]) * jy - (point[1] - n[rows.Y, i]) * jx
    n[rows.R, i] += turn / n[rows.INERTIA, i]
    n[rows.U, i] = min(max(n[rows.U, i], -FASTEST_MPS), FASTEST_MPS)
    n[rows.V, i] = min(max(n[rows.V, i], -FASTEST_MPS), FASTEST_MPS)
    n[rows.R, i] = min(max(n[rows.R, i], -FASTEST_RADPS), FASTEST_RADPS)


@njit(cache=True, nogil=True, error_model="numpy")
def _yield(n, i, movable, point, ax, ay):  # type: ignore[no-untyped-def]
    """Velocity that an impulse of 1 along (ax, ay) gives the body's point along that axis."""
    if not movable:
        return 0.0
    arm = (point[0] - n[rows.X, i]) * ay - (point[1] - n[rows.Y, i]) * ax
    return 1.0 / n[rows.MASS, i] + arm * arm / n[rows.INERTIA, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _deal(n, i, j, move_i, move_j, normal, point, one, two):  # type: ignore[no-untyped-def]
    """Deal the blow of a contact; returns its impulse on j and the speed of approach."""
    nx, ny = normal[0], normal[1]
    _velocity(n, i, point, one)
    _velocity(n, j, point, two)
    approach = (one[0] - two[0]) * nx + (one[1] - two[1]) * ny
    if approach <= 0.0:
        return 0.0, 0.0, 0.0
    bounce = RESTITUTION if approach > SOFT_MPS else 0.0
    give = _yield(n, i, move_i, point, nx, ny) + _yield(n, j, move_j, point, nx, ny)
    along = (1.0 + bounce) * approach / give
    _push(n, i, move_i, point, -along * nx, -along * ny)
    _push(n, j, move_j, point, along * nx, along * ny)
    _velocity(n, i, point, one)
    _velocity(n, j, point, two)
    tx, ty = -ny, nx
    slide = (one[0] - two[0]) * tx + (one[1] - two[1]) * ty
    give = _yield(n, i, move_i, point, tx, ty) + _yield(n, j, move_j, point, tx, ty)
    across = min(max(slide / give, -FRICTION * along), FRICTION * along)
    _push(n, i, move_i, point, -across * tx, -across * ty)
    _push(n, j, move_j, point, across * tx, across * ty)
    return along * nx + across * tx, along * ny + across * ty, approach


@njit(cache=True, nogil=True, error_model="numpy")
def _rewind(n, i, j, before, move_i, move_j, normal):  # type: ignore[no-untyped-def]
    """Set a pair back to where, on its way through the frame, it first overlapped."""
    swept_x = n[rows.X, i] - before[0, i] - n[rows.X, j] + before[0, j]
    swept_y = n[rows.Y, i] - before[1, i] - n[rows.Y, j] + before[1, j]
    count = min(int(math.sqrt(swept_x * swept_x + swept_y * swept_y) / SWEEP_M), MOST_SWEEPS)
    pose = np.empty(6)
    for k in range(count):
        part = k / (count + 1.0)
        for row in range(3):
            pose[row] = before[row, i] + part * (n[row, i] - before[row, i])
            pose[3 + row] = before[row, j] + part * (n[row, j] - before[row, j])
        if _overlap(n, i, j, pose[0], pose[1], pose[2], pose[3], pose[4], pose[5], normal) > 0.0:
            if k == 0:
                return
            for row in range(3):
                if move_i:
                    n[row, i] = pose[row]
                if move_j:
                    n[row, j] = pose[3 + row]
            return


@njit(cache=True, nogil=True, error_model="numpy")
def collide_all(n, physics, before, blows):  # type: ignore[no-untyped-def]
    """Separate all bodies and deal their blows; returns how many.

    ``n`` are as ``Fleet.numbers``, posts after all that can be moved; ``physics`` (N,) says who can; ``before`` (3, N)
    are x, y and heading at the beginning of the frame; ``blows`` (most, BLOW) is filled.
    """
    count = n.shape[1]
    found = 0
    normal, point, one, two = np.empty(2), np.empty(2), np.empty(2), np.empty(2)
    first, second = np.empty((16, 2)), np.empty((16, 2))
    for passing in range(PASSES):
        touched = False
        for k in range(count):
            i = k if passing % 2 == 0 else count - 1 - k  # to and fro, so that rows are pushed through either way
            for j in range(i + 1, count):
                move_i, move_j = physics[i], physics[j]
                if not (move_i or move_j):
                    continue
                reach = _reach(n, i) + _reach(n, j)
                if passing == 0:
                    reach += abs(n[0, i] - before[0, i]) + abs(n[1, i] - before[1, i])
                    reach += abs(n[0, j] - before[0, j]) + abs(n[1, j] - before[1, j])
                dx, dy = n[rows.X, j] - n[rows.X, i], n[rows.Y, j] - n[rows.Y, i]
                if dx * dx + dy * dy > reach * reach or not _level(n, i, j):
                    continue
                if passing == 0:
                    _rewind(n, i, j, before, move_i, move_j, normal)
                depth = _overlap(
                    n, i, j, n[rows.X, i], n[rows.Y, i], n[rows.PSI, i], n[rows.X, j], n[rows.Y, j], n[rows.PSI, j],
                    normal,
                )  # fmt: skip
                if depth <= 0.0:
                    continue
                touched = True
                if n[rows.HALF_WIDTH, j] == 0.0:
                    point[0] = n[rows.X, j] - n[rows.HALF_LENGTH, j] * normal[0]
                    point[1] = n[rows.Y, j] - n[rows.HALF_LENGTH, j] * normal[1]
                else:
                    _contact(n, i, j, first, second, point)
                jx, jy, approach = _deal(n, i, j, move_i, move_j, normal, point, one, two)
                if approach > SOFT_MPS:
                    found = _note(blows, found, i, j, jx, jy, point, max(n[rows.Z, i], n[rows.Z, j]) + 0.5)
                share = (1.0 / n[rows.MASS, i] if move_i else 0.0) + (1.0 / n[rows.MASS, j] if move_j else 0.0)
                if move_i:
                    step = (depth + SKIN_M) / (n[rows.MASS, i] * share)
                    n[rows.X, i] -= step * normal[0]
                    n[rows.Y, i] -= step * normal[1]
                if move_j:
                    step = (depth + SKIN_M) / (n[rows.MASS, j] * share)
                    n[rows.X, j] += step * normal[0]
                    n[rows.Y, j] += step * normal[1]
        if not touched:
            break
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _note(blows, found, i, j, jx, jy, point, z):  # type: ignore[no-untyped-def]
    """Write a blow down; a pair's blows are added up."""
    for k in range(found):
        if blows[k, 0] == i and blows[k, 1] == j:
            blows[k, 2] += jx
            blows[k, 3] += jy
            return found
    if found == blows.shape[0]:
        return found
    blows[found, 0], blows[found, 1], blows[found, 2], blows[found, 3] = i, j, jx, jy
    blows[found, 4], blows[found, 5], blows[found, 6] = point[0], point[1], z
    return found + 1


@njit(cache=True, nogil=True, error_model="numpy")
def first_overlap(n, row):  # type: ignore[no-untyped-def]
    """Row of the first body that overlaps the vehicle ``row``, or nearly so; -1: none."""
    normal = np.empty(2)
    for i in range(n.shape[1]):
        if i == row or not _level(n, i, row):
            continue
        depth = _overlap(
            n, row, i, n[rows.X, row], n[rows.Y, row], n[rows.PSI, row], n[rows.X, i], n[rows.Y, i], n[rows.PSI, i],
            normal,
        )  # fmt: skip
        if depth > -PARKING_M:
            return i
    return -1
