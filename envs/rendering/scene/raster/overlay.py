# mypy: allow-untyped-defs, allow-untyped-calls
"""Overlay: cars in a picture that the road camera has already drawn, by its depth.

What is painted over is developed as the road camera does it, but for the noise. Where the picture itself changes,
under a car and around its lamps, the change is made to the light that its bytes stand for.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.postprocess import tone
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.raster.car_light import MOST_NEAR, cars_near, cast_on_ground
from wormdrive.envs.rendering.scene.raster.lamps import add_glows
from wormdrive.envs.rendering.scene.raster.mesh_raster import MESH, rasterise_car
from wormdrive.envs.seasons.appearance import EXPOSURE, SHADOW, SUN_AZIMUTH, SUN_ELEVATION, VIGNETTE

__all__ = ["overlay_cars"]

f4 = np.float32

_FURTHEST_M: Final = 60.0  # to which cars shade the ground
_SHADE: Final = 0.65  # of the light that a full shadow takes away
_RUN: Final = 32  # pixels


@glue
def _light_of(value):
    """Light that a byte stands for: ``tone`` backwards, roughly."""
    part = f4(value) * f4(1 / 255.0)
    square = part * part
    return square * (f4(1) + square * (f4(0.22) + f4(0.22) * square))


@glue
def overlay_cars(
    cars, car_labels, actors, mesh_corners, mesh_material, mesh_first, camera, appearance, headlights, opaque, owner,
    light, colour, rgb, labels, depths, instance,
):  # fmt: skip
    """Draw the cars of a table into ``rgb`` (H, W, 3), ``labels``, ``depths`` and ``instance`` (H, W).

    ``rgb`` may also be (H, W, 4): blue, green, red, 255. ``opaque`` (H * W,) is the picture's depth; ``owner``
    (H * W,) int32 and ``light`` (7, H * W) are work space.
    """
    height, width = labels.shape
    red_at, step = (2, -1) if rgb.shape[2] == 4 else (0, 1)
    owner[:] = 0
    red, green, blue = light[0], light[1], light[2]
    glow_r, glow_g, glow_b, through = light[3], light[4], light[5], light[6]
    for n in range(len(cars)):
        mesh = int(cars[n, MESH])
        begin, end = mesh_first[mesh], mesh_first[mesh + 1]
        rasterise_car(
            cars, n, mesh_corners[begin:end], mesh_material[begin:end], camera, appearance, headlights, 0, height,
            width, width, opaque, owner, red, green, blue,
        )  # fmt: skip
    if colour:
        light[3:6] = f4(0)
        through[:] = f4(1)
        add_glows(cars, camera, appearance, 0, height, width, width, opaque, through, glow_r, glow_g, glow_b)
        _shade_ground(cars, camera, appearance, opaque, owner, rgb)
    for v in range(height):
        tilt = (v + 0.5 - camera.centre_v) / camera.focal
        row_gain = appearance[EXPOSURE] / f4(1.0 + appearance[VIGNETTE] * tilt * tilt)
        for u in range(width):
            at = v * width + u
            drawn = owner[at] > 0
            if drawn:
                n = owner[at] - 1
                labels[v, u], depths[v, u], instance[v, u] = car_labels[n], opaque[at], actors[n]
            if colour and (drawn or glow_r[at] > f4(0)):
                aside = (u + 0.5 - camera.centre_u) / camera.focal
                gain = row_gain / f4(1.0 + appearance[VIGNETTE] * aside * aside)
                for k in range(3):
                    c = red_at + step * k
                    base = light[k, at] * gain if drawn else _light_of(rgb[v, u, c])
                    rgb[v, u, c] = np.uint8(min(tone(base + light[3 + k, at] * gain) + f4(0.5), f4(255)))


@glue
def _shade_ground(cars, camera, appearance, opaque, owner, rgb):
    """Darken the ground under vehicles, and where they keep the sun off; run of pixels by run, with what is near it."""
    height, width = rgb.shape[0], rgb.shape[1]
    near = np.empty(MOST_NEAR, np.int64)
    sun_x, sun_y = math.cos(appearance[SUN_AZIMUTH]), math.sin(appearance[SUN_AZIMUTH])
    reach = 1.0 / max(math.tan(appearance[SUN_ELEVATION]), 0.12)
    for v in range(height):
        b = (v + 0.5 - camera.centre_v) / camera.focal
        for begin in range(0, width, _RUN):
            end = min(begin + _RUN, width)
            x, y, spread = _ground_of_run(camera, opaque, owner, v * width, begin, end, b)
            if spread < 0.0:
                continue
            count = cars_near(cars, x, y, spread, sun_x, sun_y, reach, False, near)
            if count == 0:
                continue
            for u in range(begin, end):
                at = v * width + u
                if owner[at] > 0 or opaque[at] > _FURTHEST_M:
                    continue
                x, y, z = _ground(camera, opaque[at], (u + 0.5 - camera.centre_u) / camera.focal, b)
                kept, shadow, _ = cast_on_ground(cars, near, count, x, y, z, sun_x, sun_y, reach, False)
                if kept >= 1.0 and shadow <= 0.0:
                    continue
                kept = math.sqrt(kept * (1.0 - _SHADE * shadow * appearance[SHADOW]))  # bytes go with the root of light
                for k in range(3):
                    rgb[v, u, k] = np.uint8(kept * rgb[v, u, k])


@glue
def _ground(camera, depth, a, b):
    """Place of what stands at a depth, along the ray with slopes ``a`` to the right and ``b`` down."""
    x = camera.x + depth * (camera.forward_x + a * camera.right_x + b * camera.down_x)
    y = camera.y + depth * (camera.forward_y + a * camera.right_y + b * camera.down_y)
    z = camera.z + depth * (camera.forward_z + a * camera.right_z + b * camera.down_z)
    return x, y, z


@glue
def _ground_of_run(camera, opaque, owner, row, begin, end, b):
    """Middle and half diameter of the box around the near ground in a run of pixels; -1: there is none."""
    west, east, south, north = 1e9, -1e9, 1e9, -1e9
    for u in range(begin, end):
        if owner[row + u] > 0 or opaque[row + u] > _FURTHEST_M:
            continue
        x, y, _ = _ground(camera, opaque[row + u], (u + 0.5 - camera.centre_u) / camera.focal, b)
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
    if west > east:
        return 0.0, 0.0, -1.0
    return 0.5 * (west + east), 0.5 * (south + north), 0.5 * math.hypot(east - west, north - south)
