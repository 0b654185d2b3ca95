"""Rays against a raster of heights, against boxes, and against meshes and pictures in boxes."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wormdrive.carla_server.measurement.mesh_kernel import meet_mesh
from wormdrive.carla_server.measurement.picture_kernel import CARD_FIELDS, SLACK, SLACK_M, face, meet_card, reach_aside

__all__ = ["cast_rays", "nearest_box", "pierced"]

STEEPEST: Final = 0.6
"""Slope of the ground with which rays reckon [-]: they advance as far as clearance allows."""
LEAST_STEP_M: Final = 0.2
MOST_STEPS: Final = 2_000
HALVINGS: Final = 24
SECTORS: Final = 240
"""Into which boxes are sorted by azimuth."""
TURN: Final = 2.0 * math.pi
FIRST_PICTURE: Final = -2
"""As ``targets.FIRST_PICTURE``."""


@njit(cache=True, nogil=True, error_model="numpy")
def _faced(origin, rows):  # type: ignore[no-untyped-def]
    """Turn all pictures towards ``origin``; those that are too near stay without a size, and nothing meets them."""
    cards = np.zeros((rows.shape[0], CARD_FIELDS))
    for k in range(rows.shape[0]):
        face(origin, rows[k], cards[k])
    return cards


@njit(cache=True, nogil=True, error_model="numpy")
def _height(z, column, row):  # type: ignore[no-untyped-def]
    """Height at raster coordinates, which lie inside."""
    i, j = min(int(column), z.shape[1] - 2), min(int(row), z.shape[0] - 2)
    a, b = column - i, row - j
    low = z[j, i] + a * (z[j, i + 1] - z[j, i])
    high = z[j + 1, i] + a * (z[j + 1, i + 1] - z[j + 1, i])
    return low + b * (high - low)


@njit(cache=True, nogil=True, error_model="numpy")
def _inside(z, column, row):  # type: ignore[no-untyped-def]
    return 0.0 <= column <= z.shape[1] - 1.0 and 0.0 <= row <= z.shape[0] - 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _ground(z, column, row, height, d, spacing, most):  # type: ignore[no-untyped-def]
    """Distance along direction ``d`` to the ground; more than ``most``: not before."""
    rate = STEEPEST * math.sqrt(d[0] * d[0] + d[1] * d[1]) - d[2]
    if rate <= 0.0 or not _inside(z, column, row):
        return np.inf
    across, along = d[0] / spacing, d[1] / spacing
    t, before = 0.0, 0.0
    clear = height - _height(z, column, row)
    if clear <= 0.0:
        return np.inf
    for _ in range(MOST_STEPS):
        if clear <= 0.0:
            for _ in range(HALVINGS):
                middle = 0.5 * (before + t)
                if height + middle * d[2] > _height(z, column + middle * across, row + middle * along):
                    before = middle
                else:
                    t = middle
            return t
        before = t
        t += max(LEAST_STEP_M, clear / rate)
        if before > most or not _inside(z, column + t * across, row + t * along):
            return np.inf
        clear = height + t * d[2] - _height(z, column + t * across, row + t * along)
    return np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def _box(origin, d, centre, half, axes, side):  # type: ignore[no-untyped-def]
    """Distance along ``d`` to a box from outside, infinite if missed; ``side`` becomes the axis of the side hit."""
    near, far = -np.inf, np.inf
    for k in range(3):
        start = step = 0.0
        for j in range(3):
            start += (origin[j] - centre[j]) * axes[k, j]
            step += d[j] * axes[k, j]
        if abs(step) < 1e-12:
            if abs(start) > half[k]:
                return np.inf
            continue
        one, two = (-half[k] - start) / step, (half[k] - start) / step
        if one > two:
            one, two = two, one
        if one > near:
            near = one
            side[0] = k
        far = min(far, two)
        if near > far:
            return np.inf
    return near if near > 0.0 else np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def _sector(azimuth):  # type: ignore[no-untyped-def]
    return math.floor((azimuth / TURN + 0.5) * SECTORS)


@njit(cache=True, nogil=True, error_model="numpy")
def _sort_boxes(origin, most, centre, half, shape, trees, cards):  # type: ignore[no-untyped-def]
    """List the boxes within ``most`` [m] by the sectors of azimuth in which they show: first entries, and numbers."""
    count = centre.shape[0]
    low, high = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    first = np.zeros(SECTORS + 1, np.int64)
    for k in range(count):
        dx, dy, dz = centre[k, 0] - origin[0], centre[k, 1] - origin[1], centre[k, 2] - origin[2]
        square = 0.0
        for axis in range(3):  # arms and legs reach out of the box that a mesh is drawn in
            square += half[k, axis] ** 2 * (1.0 if shape[k] < 0 else 4.0 * trees.reach[shape[k], axis] ** 2)
        radius = math.sqrt(square)
        if dx * dx + dy * dy + dz * dz > (most + radius) ** 2:
            continue
        if shape[k] <= FIRST_PICTURE:
            radius = reach_aside(cards[FIRST_PICTURE - shape[k]])
        away = math.sqrt(dx * dx + dy * dy)
        low[k], high[k] = 0, SECTORS - 1
        if away > 1.001 * radius:
            azimuth, spread = math.atan2(dy, dx), math.asin(radius / away) + 1e-9
            low[k], high[k] = _sector(azimuth - spread), _sector(azimuth + spread)
        for sector in range(low[k], high[k] + 1):
            first[sector % SECTORS + 1] += 1
    for sector in range(SECTORS):
        first[sector + 1] += first[sector]
    filled = first[:-1].copy()
    numbers = np.zeros(first[SECTORS], np.int64)
    for k in range(count):
        for sector in range(low[k], high[k] + 1):
            numbers[filled[sector % SECTORS]] = k
            filled[sector % SECTORS] += 1
    return first, numbers


@njit(cache=True, nogil=True, error_model="numpy")
def cast_rays(  # type: ignore[no-untyped-def]
    origin, directions, most, z, x0, y0, spacing, centre, half, axes, shape, trees, pictures, distance, target, cosine
):
    """Cast rays (n, 3) of length 1 from one point: fill distance (n,), target (n,) and cosine of incidence (n,).

    ``shape``, ``trees`` and ``pictures`` say which mesh or picture is in a box. ``target`` is the number of the box, -1
    for the ground and -2 for nothing within ``most`` [m].
    """
    side, work, normal = np.zeros(1, np.int64), np.zeros((4, 3)), np.zeros(3)
    column, row = (origin[0] - x0) / spacing, (origin[1] - y0) / spacing
    cards = _faced(origin, pictures.rows)
    first, numbers = _sort_boxes(origin, most, centre, half, shape, trees, cards)
    for i in range(directions.shape[0]):
        d = directions[i]
        best, hit, facing = most, -2, 0.0
        leaf, leaf_hit = most, -2
        sector = _sector(math.atan2(d[1], d[0])) % SECTORS
        for n in range(first[sector], first[sector + 1]):
            k = numbers[n]
            if shape[k] <= FIRST_PICTURE:
                card = cards[FIRST_PICTURE - shape[k]]
                t = meet_card(d, card, pictures.silhouettes, leaf)
                if t < leaf:
                    leaf, leaf_hit = t, k
                continue
            if shape[k] >= 0:
                t = meet_mesh(origin, d, centre[k], half[k], axes[k], shape[k], trees, best, work, normal)
                if t < best:
                    best, hit = t, k
                    facing = abs(d[0] * normal[0] + d[1] * normal[1] + d[2] * normal[2])
                continue
            t = _box(origin, d, centre[k], half[k], axes[k], side)
            if t < best:
                best, hit = t, k
                facing = abs(d[0] * axes[k, side[0], 0] + d[1] * axes[k, side[0], 1] + d[2] * axes[k, side[0], 2])
        t = _ground(z, column, row, origin[2], d, spacing, min(best, leaf))
        if t < best:
            best, hit = t, -1
            at_column, at_row = column + t * d[0] / spacing, row + t * d[1] / spacing
            i0, j0 = min(int(at_column), z.shape[1] - 2), min(int(at_row), z.shape[0] - 2)
            gx = (z[j0, i0 + 1] - z[j0, i0]) / spacing
            gy = (z[j0 + 1, i0] - z[j0, i0]) / spacing
            cosine[i] = abs(d[2] - d[0] * gx - d[1] * gy) / math.sqrt(1.0 + gx * gx + gy * gy)
        elif hit >= 0:
            cosine[i] = facing
        if leaf_hit >= 0 and leaf * (1.0 - SLACK) - SLACK_M <= best:
            best, hit, cosine[i] = leaf, leaf_hit, 1.0  # a picture faces whoever looks
        distance[i], target[i] = best, hit


@njit(cache=True, nogil=True, error_model="numpy")
def nearest_box(origin, d, most, radius, centre, half, axes):  # type: ignore[no-untyped-def]
    """Push a ball along ``d`` until it touches a box: number of the box or -1, and how far its centre went."""
    t = 0.0
    for _ in range(MOST_STEPS):
        least, which = np.inf, -1
        for k in range(centre.shape[0]):
            square = 0.0
            for axis in range(3):
                local = 0.0
                for j in range(3):
                    local += (origin[j] + t * d[j] - centre[k, j]) * axes[k, axis, j]
                beyond = max(abs(local) - half[k, axis], 0.0)
                square += beyond * beyond
            away = math.sqrt(square) - radius
            if away < least:
                least, which = away, k
        if least <= 1e-4:
            return which, t
        t += least
        if t > most:
            break
    return -1, most


@njit(cache=True, nogil=True, error_model="numpy")
def pierced(origin, d, centre, half, axes, shape, trees, pictures):  # type: ignore[no-untyped-def]
    """Distance (n,) along ``d`` at which a ray enters each body from outside; infinite for those that it misses."""
    side, work, normal = np.zeros(1, np.int64), np.zeros((4, 3)), np.zeros(3)
    found = np.empty(centre.shape[0])
    cards = _faced(origin, pictures.rows)
    for k in range(centre.shape[0]):
        if shape[k] <= FIRST_PICTURE:
            found[k] = meet_card(d, cards[FIRST_PICTURE - shape[k]], pictures.silhouettes, np.inf)
        elif shape[k] >= 0:
            found[k] = meet_mesh(origin, d, centre[k], half[k], axes[k], shape[k], trees, np.inf, work, normal)
        else:
            found[k] = _box(origin, d, centre[k], half[k], axes[k], side)
    return found
