"""Rays against the meshes that cameras show: a face is hit where its picture, seen from the ray's origin, would be."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

__all__ = ["meet_mesh"]

_LEAST: Final = 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def _meets_node(o, inverse, low, high, best):  # type: ignore[no-untyped-def]
    """Whether a ray goes through a node's bounds nearer than ``best``."""
    near, far = 0.0, best
    for k in range(3):
        one, two = (low[k] - o[k]) * inverse[k], (high[k] - o[k]) * inverse[k]
        near, far = max(near, min(one, two)), min(far, max(one, two))
    return near <= far * (1.0 + 1e-9) + 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def _face(corners, o, d, closed, normal):  # type: ignore[no-untyped-def]
    """Distance along ``d`` to a face (4, 3), infinite if missed; ``normal`` is filled, towards no side."""
    ax, ay, az = corners[2, 0] - corners[0, 0], corners[2, 1] - corners[0, 1], corners[2, 2] - corners[0, 2]
    bx, by, bz = corners[3, 0] - corners[1, 0], corners[3, 1] - corners[1, 1], corners[3, 2] - corners[1, 2]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    offset = nx * (corners[0, 0] - o[0]) + ny * (corners[0, 1] - o[1]) + nz * (corners[0, 2] - o[2])
    if closed and offset >= 0.0:
        return np.inf
    along = nx * d[0] + ny * d[1] + nz * d[2]
    if along == 0.0 or offset / along <= 0.0:
        return np.inf
    left = right = False
    for k in range(4):
        m = (k + 1) % 4
        px, py, pz = corners[k, 0] - o[0], corners[k, 1] - o[1], corners[k, 2] - o[2]
        qx, qy, qz = corners[m, 0] - o[0], corners[m, 1] - o[1], corners[m, 2] - o[2]
        turn = d[0] * (py * qz - pz * qy) + d[1] * (pz * qx - px * qz) + d[2] * (px * qy - py * qx)
        left, right = left or turn > 0.0, right or turn < 0.0
    if left and right:
        return np.inf
    normal[0], normal[1], normal[2] = nx, ny, nz
    return offset / along


@njit(cache=True, nogil=True, error_model="numpy")
def meet_mesh(origin, direction, centre, half, axes, shape, trees, best, work, normal):  # type: ignore[no-untyped-def]
    """Distance along ``direction`` to a mesh in a box, if it is less than ``best``; infinite otherwise.

    A box that holds the origin lets the ray through, as cameras do not see what they sit in. ``normal`` (3,) becomes
    the face's in the map's axes, of length 1; ``work`` (4, 3) is work space.
    """
    o, d, inverse, own = work[0], work[1], work[2], work[3]
    inside = True
    for k in range(3):
        size = max(2.0 * half[k], _LEAST)
        start = step = 0.0
        for j in range(3):
            start += (origin[j] - centre[j]) * axes[k, j]
            step += direction[j] * axes[k, j]
        inside = inside and abs(start) <= half[k]
        o[k], d[k] = start / size, step / size
        inverse[k] = 1.0 / d[k] if d[k] != 0.0 else 1e300
    o[2] += 0.5
    if inside:
        return np.inf
    nearest, hit = best, False
    node, last = trees.roots[shape], trees.roots[shape + 1]
    while node < last:
        if not _meets_node(o, inverse, trees.low[node], trees.high[node], nearest):
            node = trees.skip[node]
            continue
        for face in range(trees.faces[node], trees.faces[node + 1]):
            t = _face(trees.corners[face], o, d, trees.closed[shape], own)
            if t < nearest:
                nearest, hit = t, True
                for j in range(3):
                    normal[j] = 0.0
                    for k in range(3):
                        normal[j] += own[k] / max(2.0 * half[k], _LEAST) * axes[k, j]
        node += 1
    if not hit:
        return np.inf
    length = max(np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2), _LEAST)
    for j in range(3):
        normal[j] /= length
    return nearest
