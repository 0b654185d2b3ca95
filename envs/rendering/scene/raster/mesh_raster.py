# mypy: allow-untyped-defs, allow-untyped-calls
"""Mesh raster: vehicles, people and things as shaded faces, with a depth test, seen from any side.

Each face is flat: in the picture, one over its depth is linear, so that a face needs no more than its plane and the
columns between which it covers each row.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    BODY,
    CLOTH,
    FINE,
    FINEST,
    GLASS,
    HAIR,
    HEADLAMP,
    LIT_WINDOW,
    REAR_LAMP,
    ROOF,
    SKIN,
    TRIM,
    TROUSERS,
    TYRE,
    WHITE,
)
from wormdrive.envs.rendering.scene.raster.fixture_light import fixture_emission, fixture_reflectance
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    FOG,
    HORIZON,
    SUN,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    TRAFFIC_LAMPS,
    ZENITH,
)

__all__ = ["BEAM", "CAR_FIELDS", "MOST_CORNERS", "clip_near", "fill_face", "middle_of", "place_face", "rasterise_car"]

f4 = np.float32

(
    CAR_X, CAR_Y, CAR_Z, AXIS_X, AXIS_Y, AXIS_Z, SIDE_X, SIDE_Y, SIDE_Z, UP_X, UP_Y, UP_Z, LENGTH, WIDTH, HEIGHT,
    RED, GREEN, BLUE, BRAKES, MESH, LAMPS, TONE, CLOSED, CASTS, SIGNAL
) = range(25)  # fmt: skip
CAR_FIELDS: Final = 25
"""Columns of the table of cars: place on the ground [m], axes forward, left and up, size [m], colour (linear), 0 or 1
for 'brakes', which mesh, how much its lamps shine when it is dark, a number from 0 to 1 that tells people apart, 0 or 1
for 'its faces show from outside only' and for 'shades the ground', and which lamp of a traffic light is on (0: none, 1
red)."""

BEAM: Final = 0.5
"""From here on lamps light the road."""
_NEAR_M: Final = 0.12
_FINE_PIXELS, _FINEST_PIXELS = 22.0, 70.0
MOST_CORNERS: Final = 6
"""Of a face, once it is clipped."""


@glue
def _emission(material, appearance, lamps, brakes, k):
    """Light of lamps that are on."""
    on = appearance[TRAFFIC_LAMPS] * lamps
    if material == HEADLAMP:
        strength = f4(1.7) * on
        return strength * (f4(1) if k == 0 else (f4(0.95) if k == 1 else f4(0.8)))
    if material == REAR_LAMP:
        strength = f4(0.35) * on + f4(1.3) * brakes
        return strength * (f4(1) if k == 0 else (f4(0.06) if k == 1 else f4(0.03)))
    return fixture_emission(material, appearance, k) if material >= ROOF else f4(0)


@glue
def _reflectance(cars, n, material, appearance, up, k):
    if material >= ROOF:
        return fixture_reflectance(material, cars[n, TONE], up, appearance, k)
    if material == BODY:
        return cars[n, RED + k]
    if material == GLASS:
        return f4(0.035)
    if material == TYRE:
        return f4(0.022)
    if material == TRIM:
        return f4(0.16)
    if material == HEADLAMP:
        return f4(0.62)
    if material == REAR_LAMP:
        return f4(0.30) if k == 0 else f4(0.02)
    tone = cars[n, TONE]
    if material == CLOTH:
        return f4(cars[n, RED + k])
    if material == TROUSERS:  # of another colour than the shirt, and darker
        return f4(0.02 + 0.06 * tone + 0.25 * cars[n, RED + (k + 1) % 3])
    if material == SKIN:
        light = 0.25 + 0.75 * tone
        return f4(0.52 * light) if k == 0 else (f4(0.31 * light) if k == 1 else f4(0.22 * light))
    if material == HAIR:
        light = 0.4 + tone * tone
        return f4(0.09 * light) if k == 0 else (f4(0.055 * light) if k == 1 else f4(0.03 * light))
    return f4(0.70) if material == WHITE else f4(0.16)


@glue
def _light(cars, n, material, appearance, normal_x, normal_y, normal_z, view_x, view_y, view_z, haze, lamp, k):
    """Light of a face towards the eye: sun, sky, its mirror image in glass and paint, lamps and haze."""
    azimuth, elevation = appearance[SUN_AZIMUTH], appearance[SUN_ELEVATION]
    sun = (
        normal_x * math.cos(elevation) * math.cos(azimuth)
        + normal_y * math.cos(elevation) * math.sin(azimuth)
        + normal_z * math.sin(elevation)
    )
    facing = abs(normal_x * view_x + normal_y * view_y + normal_z * view_z)
    sky = f4(0.62 + 0.38 * normal_z)
    direct = f4(max(sun, 0.0))
    matt = _reflectance(cars, n, material, appearance, normal_z, k)
    own = lamp * f4(facing)
    light = matt * (appearance[AMBIENT + k] * sky + appearance[SUN + k] * direct + own)
    gloss = f4(0)
    if material == GLASS or material == LIT_WINDOW:
        gloss = f4(0.10 + 0.75 * (1.0 - facing) ** 4)
    elif material == BODY:
        gloss = f4(0.04 + 0.40 * (1.0 - facing) ** 5)
    if gloss > f4(0):
        up = 2.0 * (normal_x * view_x + normal_y * view_y + normal_z * view_z) * normal_z - view_z
        high = f4(min(max(up, 0.0), 1.0))
        mirror = appearance[HORIZON + k] + (appearance[ZENITH + k] - appearance[HORIZON + k]) * high
        mirror *= f4(1) if up > 0.0 else f4(0.25)
        light += gloss * (mirror - light)
    light += _emission(material, appearance, f4(cars[n, LAMPS]), f4(cars[n, BRAKES]), k)
    return light * haze + appearance[FOG + k] * (f4(1) - haze)


@glue
def clip_near(points, count, out):
    """Cut off what lies nearer than _NEAR_M; rows are right, down, depth."""
    kept = 0
    for k in range(count):
        here, there = k, (k + 1) % count
        inside, leads_in = points[here, 2] >= _NEAR_M, points[there, 2] >= _NEAR_M
        if inside:
            for axis in range(3):
                out[kept, axis] = points[here, axis]
            kept += 1
        if inside != leads_in:
            t = (_NEAR_M - points[here, 2]) / (points[there, 2] - points[here, 2])
            for axis in range(3):
                out[kept, axis] = points[here, axis] + t * (points[there, axis] - points[here, axis])
            kept += 1
    return kept


@glue
def fill_face(
    flat, corners, a, b, c, camera, first, last, width, stride, owner_id, r, g, bl, depths, owner, red, green, blue
):  # fmt: skip
    """Fill a convex face; one over its depth is ``a * right + b * down + c`` of the ray."""
    low, high = 1e9, -1e9
    for k in range(corners):
        flat[k, 0] = camera.centre_u + camera.focal * flat[k, 0] / flat[k, 2]
        flat[k, 1] = camera.centre_v + camera.focal * flat[k, 1] / flat[k, 2]
        low, high = min(low, flat[k, 1]), max(high, flat[k, 1])
    if high < first or low > last:
        return
    for v in range(max(int(math.ceil(low - 0.5)), first), min(int(math.floor(high - 0.5)) + 1, last)):
        y = v + 0.5
        left, right = 1e9, -1e9
        for k in range(corners):
            m = (k + 1) % corners
            y0, y1 = flat[k, 1], flat[m, 1]
            if (y0 <= y) != (y1 <= y):
                x = flat[k, 0] + (y - y0) / (y1 - y0) * (flat[m, 0] - flat[k, 0])
                left, right = min(left, x), max(right, x)
        begin, end = max(int(math.ceil(left - 0.5)), 0), min(int(math.floor(right - 0.5)) + 1, width)
        if end <= begin:
            continue
        inverse = c + b * (y - camera.centre_v) / camera.focal + a * (begin + 0.5 - camera.centre_u) / camera.focal
        step = a / camera.focal
        for u in range(begin, end):
            at = v * stride + u
            if inverse * depths[at] > 1.0:
                depths[at] = f4(1.0 / inverse)
                owner[at] = owner_id
                red[at], green[at], blue[at] = r, g, bl
            inverse += step


@glue
def middle_of(cars, n, camera):
    """Way from the eye to the middle of car ``n`` [m], its depth [m], and whether any of it may show."""
    dx, dy, dz = cars[n, CAR_X] - camera.x, cars[n, CAR_Y] - camera.y, cars[n, CAR_Z] - camera.z
    up = 0.5 * cars[n, HEIGHT]
    dx, dy, dz = dx + up * cars[n, UP_X], dy + up * cars[n, UP_Y], dz + up * cars[n, UP_Z]
    length, wide = cars[n, LENGTH], cars[n, WIDTH]
    radius = 0.5 * math.sqrt(length * length + wide * wide + cars[n, HEIGHT] * cars[n, HEIGHT])
    depth = dx * camera.forward_x + dy * camera.forward_y + dz * camera.forward_z
    right = dx * camera.right_x + dy * camera.right_y + dz * camera.right_z
    down = dx * camera.down_x + dy * camera.down_y + dz * camera.down_z
    reach_u, reach_v = camera.centre_u / camera.focal, camera.centre_v / camera.focal
    shows = (
        depth >= -radius
        and abs(right) <= reach_u * max(depth, 0.0) + radius * (1.0 + reach_u)
        and abs(down) <= reach_v * max(depth, 0.0) + radius * (1.0 + reach_v)
    )
    return dx, dy, dz, depth, shows


@glue
def place_face(cars, n, corners, f, camera, face):
    """Fill ``face`` (4, 3) with right, down and depth of the corners of face ``f`` of car ``n``.

    Returns its normal in the same axes, towards the eye, and its plane's distance from the eye along it: negative, and
    0 for a face without size, or one of a closed body that is turned away.
    """
    length, wide = cars[n, LENGTH], cars[n, WIDTH]
    for k in range(4):
        along, aside, high = corners[f, k, 0] * length, corners[f, k, 1] * wide, corners[f, k, 2] * cars[n, HEIGHT]
        x = cars[n, CAR_X] + along * cars[n, AXIS_X] + aside * cars[n, SIDE_X] + high * cars[n, UP_X] - camera.x
        y = cars[n, CAR_Y] + along * cars[n, AXIS_Y] + aside * cars[n, SIDE_Y] + high * cars[n, UP_Y] - camera.y
        z = cars[n, CAR_Z] + along * cars[n, AXIS_Z] + aside * cars[n, SIDE_Z] + high * cars[n, UP_Z] - camera.z
        face[k, 0] = x * camera.right_x + y * camera.right_y + z * camera.right_z
        face[k, 1] = x * camera.down_x + y * camera.down_y + z * camera.down_z
        face[k, 2] = x * camera.forward_x + y * camera.forward_y + z * camera.forward_z
    # the normal by the diagonals, which differ even where the last corner is repeated
    ax, ay, az = face[2, 0] - face[0, 0], face[2, 1] - face[0, 1], face[2, 2] - face[0, 2]
    bx, by, bz = face[3, 0] - face[1, 0], face[3, 1] - face[1, 1], face[3, 2] - face[1, 2]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    norm = math.sqrt(nx * nx + ny * ny + nz * nz)
    if norm < 1e-9:
        return 0.0, 0.0, 0.0, 0.0
    nx, ny, nz = nx / norm, ny / norm, nz / norm
    offset = nx * face[0, 0] + ny * face[0, 1] + nz * face[0, 2]
    if offset > 0.0:
        if cars[n, CLOSED] > 0.0:
            return 0.0, 0.0, 0.0, 0.0
        return -nx, -ny, -nz, -offset
    return nx, ny, nz, offset


@glue
def least_left_out(cars, n, depth, camera):
    """Least material, with what marks fine faces, that is not drawn of car ``n`` at a depth [m]."""
    across = camera.focal * max(cars[n, LENGTH], cars[n, HEIGHT]) / max(depth, _NEAR_M)  # [pixel]
    if across < _FINE_PIXELS:
        return FINE
    return FINEST if across < _FINEST_PIXELS else 256


@glue
def eye_in_box(cars, n, camera):
    """Where the eye is in the coordinates of the mesh of car ``n``."""
    dx, dy, dz = camera.x - cars[n, CAR_X], camera.y - cars[n, CAR_Y], camera.z - cars[n, CAR_Z]
    return (
        (dx * cars[n, AXIS_X] + dy * cars[n, AXIS_Y] + dz * cars[n, AXIS_Z]) / max(cars[n, LENGTH], 1e-9),
        (dx * cars[n, SIDE_X] + dy * cars[n, SIDE_Y] + dz * cars[n, SIDE_Z]) / max(cars[n, WIDTH], 1e-9),
        (dx * cars[n, UP_X] + dy * cars[n, UP_Y] + dz * cars[n, UP_Z]) / max(cars[n, HEIGHT], 1e-9),
    )


@glue
def _looks_away(corners, f, eye_x, eye_y, eye_z):
    """Whether a face that is seen from outside only is turned away; boxes are stretched, which does not change it."""
    ax, ay, az = (
        corners[f, 2, 0] - corners[f, 0, 0],
        corners[f, 2, 1] - corners[f, 0, 1],
        corners[f, 2, 2] - corners[f, 0, 2],
    )
    bx, by, bz = (
        corners[f, 3, 0] - corners[f, 1, 0],
        corners[f, 3, 1] - corners[f, 1, 1],
        corners[f, 3, 2] - corners[f, 1, 2],
    )
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return nx * (eye_x - corners[f, 0, 0]) + ny * (eye_y - corners[f, 0, 1]) + nz * (eye_z - corners[f, 0, 2]) <= 0.0


@glue
def rasterise_car(
    cars, n, corners, material, camera, appearance, headlights, first, last, width, stride, depths, owner, red,
    green, blue,
):  # fmt: skip
    """Draw car ``n`` of the table into rows ``first`` to ``last`` of ``depths`` [m], ``owner`` (n + 1) and its light.

    ``corners`` and ``material`` are its mesh; ``headlights`` is how much our own headlights shine.
    """
    dx, dy, dz, depth, shows = middle_of(cars, n, camera)
    if not shows:
        return
    away = math.sqrt(dx * dx + dy * dy + dz * dz)
    haze = haze_of(appearance, f4(max(depth, 0.0)))
    lamp = headlights * f4(1.2 * math.exp(-max(depth, 0.0) / 28.0))
    face, clipped = np.empty((4, 3)), np.empty((MOST_CORNERS, 3))
    finest = least_left_out(cars, n, depth, camera)
    eye_x, eye_y, eye_z = eye_in_box(cars, n, camera)
    for f in range(len(material)):
        if material[f] >= finest or (cars[n, CLOSED] > 0.0 and _looks_away(corners, f, eye_x, eye_y, eye_z)):
            continue
        nx, ny, nz, offset = place_face(cars, n, corners, f, camera, face)
        if offset > -1e-6:
            continue
        kept = clip_near(face, 4, clipped)
        if kept < 3:
            continue
        world_x = nx * camera.right_x + ny * camera.down_x + nz * camera.forward_x
        world_y = nx * camera.right_y + ny * camera.down_y + nz * camera.forward_y
        world_z = nx * camera.right_z + ny * camera.down_z + nz * camera.forward_z
        view_x, view_y, view_z = -dx / away, -dy / away, -dz / away
        m = material[f] & (FINE - 1)
        r = _light(cars, n, m, appearance, world_x, world_y, world_z, view_x, view_y, view_z, haze, lamp, 0)
        g = _light(cars, n, m, appearance, world_x, world_y, world_z, view_x, view_y, view_z, haze, lamp * f4(0.95), 1)
        b = _light(cars, n, m, appearance, world_x, world_y, world_z, view_x, view_y, view_z, haze, lamp * f4(0.82), 2)
        fill_face(
            clipped, kept, nx / offset, ny / offset, nz / offset, camera, first, last, width, stride, n + 1, r, g, b,
            depths, owner, red, green, blue,
        )  # fmt: skip
