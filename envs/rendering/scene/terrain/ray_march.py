# mypy: allow-untyped-defs, allow-untyped-calls
"""Ray march: the depth at which each pixel's ray meets the ground.

Rays are followed for the corners of blocks of eight pixels. On a plane, one over depth is linear over the picture, so
it is interpolated within a block if the middle of the block confirms it; else the block is cut into four, and at last
every pixel has its own ray. A step is as long as the height above ground lets it be where no slope exceeds some
bound; beyond the tiles the ground is level.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M, SKY_DEPTH_M
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.tile_kernel import TILE_M

__all__ = ["BLOCK", "ground_height", "ground_slope", "trace_ground"]

f4 = np.float32

BLOCK: Final = 8

_UNDER_M: Final = 0.3  # a surface this far above the eye is above it
_STEEPEST: Final = 0.25  # slope of the land that steps allow for
_MOST_STEPS: Final = 160
_LEAST_RISE: Final = 0.0004  # slope of the ray of the highest ground pixel
_ERROR_PIXELS: Final = 0.35
_NEAREST_M: Final = 0.05
_SURELY: Final = 0.6  # share of its corners' least depth before which a block has no ground
_FAR_INVERSE: Final = 1.0 / 250.0  # beyond the tiles the ground is level,
_STEP: Final = 4.0  # and only a step in depth this great tells one hill from another


@glue
def _cell(terrain, x, y, eye_z):
    """Heights of the corners of a point's cell: south, then north, west before east; place in it, 0 to 1; inside."""
    side = terrain.window.shape[0] * TILE_M
    dx, dy = x - terrain.west, y - terrain.south
    inside = 0.0 <= dx < side and 0.0 <= dy < side
    dx, dy = min(max(dx, 0.0), side - 1e-6), min(max(dy, 0.0), side - 1e-6)
    column, row = int(dx), int(dy)
    tile = terrain.window[row // TILE_M, column // TILE_M]
    i, j = column % TILE_M, row % TILE_M
    limit = eye_z + _UNDER_M
    a, b = terrain.upper[tile, j, i], terrain.upper[tile, j, i + 1]
    c, d = terrain.upper[tile, j + 1, i], terrain.upper[tile, j + 1, i + 1]
    if a > limit or b > limit or c > limit or d > limit:
        a = a if a <= limit else terrain.lower[tile, j, i]
        b = b if b <= limit else terrain.lower[tile, j, i + 1]
        c = c if c <= limit else terrain.lower[tile, j + 1, i]
        d = d if d <= limit else terrain.lower[tile, j + 1, i + 1]
    return a, b, c, d, dx - column, dy - row, inside


@glue
def ground_height(terrain, x, y, eye_z):
    """Height of the ground at a point, as seen from ``eye_z``, and whether the point lies within the tiles."""
    a, b, c, d, fx, fy, inside = _cell(terrain, x, y, eye_z)
    near = a + (b - a) * fx
    far = c + (d - c) * fx
    return near + (far - near) * fy, inside


@glue
def ground_slope(terrain, x, y, eye_z):
    """Rise of the ground at a point to the east and to the north; beyond the tiles it is level."""
    a, b, c, d, fx, fy, inside = _cell(terrain, x, y, eye_z)
    if not inside:
        return 0.0, 0.0
    return (b - a) + (d - c - b + a) * fy, (c - a) + (d - b - c + a) * fx


@glue
def _follow(terrain, x, y, z, dx, dy, dz, start):
    """Depth at which a ray meets the ground, or 0 if it never does; it surely is above ground up to ``start``."""
    level = math.sqrt(dx * dx + dy * dy)
    rate = _STEEPEST * level - dz
    if rate < 1e-6:
        return 0.0
    at = start
    ground, inside = ground_height(terrain, x + dx * at, y + dy * at, z)
    gap = z + dz * at - ground
    if gap < 0.0:
        at = 0.0
        ground, inside = ground_height(terrain, x, y, z)
        gap = z - ground
    for _ in range(_MOST_STEPS):
        if not inside:
            break
        step = max(gap / rate, 0.05 + 0.02 * at)
        further = at + step
        ground, inside = ground_height(terrain, x + dx * further, y + dy * further, z)
        below = z + dz * further - ground
        if below <= 0.0 and inside:
            for _again in range(3):
                share = gap / (gap - below + 1e-12)
                middle = at + share * (further - at)
                ground, inside = ground_height(terrain, x + dx * middle, y + dy * middle, z)
                rest = z + dz * middle - ground
                if rest > 0.0:
                    at, gap = middle, rest
                else:
                    further, below = middle, rest
            share = gap / (gap - below + 1e-12)
            return at + share * (further - at)
        at, gap = further, below
        if dz > 0.0 and gap > 60.0:
            return 0.0
    if dz > -_LEAST_RISE * level:
        return 0.0
    return min(max((ground - z) / dz, at), FURTHEST_GROUND_M)


@glue
def _inverse(terrain, camera, eye_z, u, v, start):
    """One over the depth of the ground at the picture's point (u, v); 0 in the sky."""
    a, b = (u - camera.centre_u) / camera.focal, (v - camera.centre_v) / camera.focal
    depth = _follow(
        terrain,
        camera.x,
        camera.y,
        eye_z,
        camera.forward_x + a * camera.right_x + b * camera.down_x,
        camera.forward_y + a * camera.right_y + b * camera.down_y,
        camera.forward_z + a * camera.right_z + b * camera.down_z,
        start,
    )
    return 1.0 / max(depth, _NEAREST_M) if depth > 0.0 else 0.0


@glue
def _is_plane(terrain, camera, eye_z, u, v, inverse):
    """Whether the ground at the picture's point (u, v) lies where interpolation says, to a fraction of a pixel."""
    depth = 1.0 / inverse
    a, b = (u - camera.centre_u) / camera.focal, (v - camera.centre_v) / camera.focal
    ground, inside = ground_height(
        terrain,
        camera.x + depth * (camera.forward_x + a * camera.right_x + b * camera.down_x),
        camera.y + depth * (camera.forward_y + a * camera.right_y + b * camera.down_y),
        eye_z,
    )
    z = eye_z + depth * (camera.forward_z + a * camera.right_z + b * camera.down_z)
    return inside and abs(z - ground) * camera.focal * inverse < _ERROR_PIXELS


@glue
def _fill(depths, stride, u0, v0, size, height, a, b, c, d):
    """Interpolate one over depth between the corners of a block: ``a b`` above ``c d``."""
    for v in range(v0, min(v0 + size, height)):
        y = (v - v0 + 0.5) / size
        left, right = a + (c - a) * y, b + (d - b) * y
        step = (right - left) / size
        inverse = left + 0.5 * step
        for u in range(u0, u0 + size):
            depths[v * stride + u] = f4(1.0 / inverse) if inverse > 0.0 else f4(SKY_DEPTH_M)
            inverse += step


@glue
def _settle(terrain, camera, eye_z, depths, stride, u0, v0, size, height, a, b, c, d):
    """Fill a block if its corners and its middle agree; say whether they do."""
    u, v = u0 + 0.5 * size, v0 + 0.5 * size
    ground = (a > 0.0) + (b > 0.0) + (c > 0.0) + (d > 0.0)
    if ground == 0:
        if _inverse(terrain, camera, eye_z, u, v, 0.0) != 0.0:
            return False
    elif ground < 4:
        return False
    elif max(a, b, c, d) < _FAR_INVERSE:
        if max(a, b, c, d) > _STEP * min(a, b, c, d):
            return False
    elif not _is_plane(terrain, camera, eye_z, u, v, 0.25 * (a + b + c + d)):
        return False
    _fill(depths, stride, u0, v0, size, height, a, b, c, d)
    return True


@glue
def _split(terrain, camera, eye_z, depths, stride, u0, v0, height, grid):
    """Cut a block into four, and those that do not agree into pixels; ``grid`` (3, 3) holds the corners."""
    half = BLOCK // 2
    nearest = max(grid[0, 0], grid[0, 2], grid[2, 0], grid[2, 2])
    start = _SURELY / nearest if nearest > 0.0 else 0.0
    for k in range(1, 9):
        row, column = k // 3, k % 3
        if row == 1 or column == 1:
            grid[row, column] = _inverse(
                terrain,
                camera,
                eye_z,
                float(u0 + half * column),
                float(v0 + half * row),
                start,
            )
    for part in range(4):
        row, column = part >> 1, part & 1
        u1, v1 = u0 + half * column, v0 + half * row
        if _settle(
            terrain, camera, eye_z, depths, stride, u1, v1, half, height, grid[row, column], grid[row, column + 1],
            grid[row + 1, column], grid[row + 1, column + 1],
        ):  # fmt: skip
            continue
        for v in range(v1, min(v1 + half, height)):
            for u in range(u1, u1 + half):
                inverse = _inverse(terrain, camera, eye_z, u + 0.5, v + 0.5, start)
                depths[v * stride + u] = f4(1.0 / inverse) if inverse > 0.0 else f4(SKY_DEPTH_M)


@glue
def trace_ground(terrain, camera, eye_z, first, last, stride, corners, depths):
    """Fill ``depths`` (H * stride,) float32 [m] in rows ``first`` to ``last``: of the ground, SKY_DEPTH_M in the sky.

    ``first`` is a multiple of BLOCK; ``corners`` (2, stride // BLOCK + 1) float64 is work space. ``eye_z`` is the
    camera's height, lifted above ground.
    """
    across = stride // BLOCK
    grid = np.empty((3, 3))
    for v0 in range(first - BLOCK, last, BLOCK):
        for i in range(across + 1):
            corners[0, i] = corners[1, i]
            corners[1, i] = _inverse(terrain, camera, eye_z, float(i * BLOCK), float(v0 + BLOCK), 0.0)
        for i in range(across if v0 >= first else 0):
            a, b, c, d = corners[0, i], corners[0, i + 1], corners[1, i], corners[1, i + 1]
            u0 = i * BLOCK
            if not _settle(terrain, camera, eye_z, depths, stride, u0, v0, BLOCK, last, a, b, c, d):
                grid[0, 0], grid[0, 2], grid[2, 0], grid[2, 2] = a, b, c, d
                _split(terrain, camera, eye_z, depths, stride, u0, v0, last, grid)
