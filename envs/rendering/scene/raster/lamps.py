# mypy: allow-untyped-defs, allow-untyped-calls
"""Lamps: the glow around lit lamps, never smaller than what the eye of a camera spreads."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.raster.fixture_light import signal_colour
from wormdrive.envs.rendering.scene.raster.mesh_raster import (
    AXIS_X,
    BRAKES,
    CAR_X,
    HEIGHT,
    LAMPS,
    LENGTH,
    SIDE_X,
    SIGNAL,
    UP_X,
    WIDTH,
)
from wormdrive.envs.seasons.appearance import TRAFFIC_LAMPS

__all__ = ["add_glows"]

f4 = np.float32

_ASIDE, _UP, _RADIUS_M = 0.36, 0.40, 0.17  # of the vehicle's width and height
_LEAST_RADIUS: Final = 0.5  # [pixel]
_SLACK_M: Final = 0.35
_SIGNAL_BY_DAY, _SIGNAL_BY_NIGHT = f4(0.35), f4(0.7)


@glue
def add_glows(cars, camera, appearance, first, last, width, stride, depths, through, red, green, blue):
    """Add the glow of every lit lamp that shows to rows ``first`` to ``last`` of the planes of light.

    ``depths`` (H * stride,) is what stands there, ``through`` what things before it let through.
    """
    for n in range(len(cars)):
        if cars[n, LENGTH] <= 0.0:
            continue
        if cars[n, SIGNAL] > 0.0:
            lit = int(cars[n, SIGNAL])
            power = _SIGNAL_BY_DAY + _SIGNAL_BY_NIGHT * appearance[TRAFFIC_LAMPS]
            _add_glow(
                cars, n, 0.5 * cars[n, LENGTH], 0.0, (0.82 - 0.32 * (lit - 1)) * cars[n, HEIGHT], 1.0, power,
                signal_colour(lit, 0), signal_colour(lit, 1), signal_colour(lit, 2), camera, appearance, first, last,
                width, stride, depths, through, red, green, blue,
            )  # fmt: skip
        if cars[n, LAMPS] <= 0.0 and cars[n, BRAKES] <= 0.0:
            continue
        for lamp in range(4):
            front, side = lamp < 2, (lamp & 1) * 2.0 - 1.0
            power = appearance[TRAFFIC_LAMPS] * f4(cars[n, LAMPS]) * (f4(1.6) if front else f4(0.25))
            if not front:
                power += f4(0.9 * cars[n, BRAKES])
            _add_glow(
                cars, n, (0.5 if front else -0.5) * cars[n, LENGTH], side * _ASIDE * cars[n, WIDTH],
                _UP * cars[n, HEIGHT], 1.0 if front else -1.0, power, f4(1), f4(0.95) if front else f4(0.06),
                f4(0.80) if front else f4(0.03), camera, appearance, first, last, width, stride, depths, through, red,
                green, blue,
            )  # fmt: skip


@glue
def _add_glow(
    cars, n, along, aside, up, ahead, power, r, g, b, camera, appearance, first, last, width, stride, depths, through,
    red, green, blue,
):  # fmt: skip
    """Add one glow; ``ahead``: 1 for a lamp that shines ahead, -1 for one that shines back."""
    dx = cars[n, CAR_X] + along * cars[n, AXIS_X] + aside * cars[n, SIDE_X] + up * cars[n, UP_X] - camera.x
    dy = (
        cars[n, CAR_X + 1]
        + along * cars[n, AXIS_X + 1]
        + aside * cars[n, SIDE_X + 1]
        + up * cars[n, UP_X + 1]
        - camera.y
    )
    dz = (
        cars[n, CAR_X + 2]
        + along * cars[n, AXIS_X + 2]
        + aside * cars[n, SIDE_X + 2]
        + up * cars[n, UP_X + 2]
        - camera.z
    )
    away = math.sqrt(dx * dx + dy * dy + dz * dz)
    depth = dx * camera.forward_x + dy * camera.forward_y + dz * camera.forward_z
    shines = -ahead * (dx * cars[n, AXIS_X] + dy * cars[n, AXIS_X + 1] + dz * cars[n, AXIS_X + 2]) / max(away, 1e-6)
    if power <= f4(0) or depth < 0.5 or shines < 0.05:
        return
    scale = camera.focal / depth
    middle_u = camera.centre_u + scale * (dx * camera.right_x + dy * camera.right_y + dz * camera.right_z)
    middle_v = camera.centre_v + scale * (dx * camera.down_x + dy * camera.down_y + dz * camera.down_z)
    size = _RADIUS_M * scale
    radius = max(size, _LEAST_RADIUS)
    faint = min(1.0, size * size / (_LEAST_RADIUS * _LEAST_RADIUS) + 0.25) * min(shines * 2.0, 1.0)
    reach = 2.5 * radius + 0.5
    if middle_u < -reach or middle_u > width + reach or middle_v < first - reach or middle_v > last + reach:
        return
    power *= haze_of(appearance, f4(depth)) * f4(faint)
    for v in range(max(int(middle_v - reach), first), min(int(middle_v + reach) + 1, last)):
        for u in range(max(int(middle_u - reach), 0), min(int(middle_u + reach) + 1, width)):
            at = v * stride + u
            if depths[at] < depth - _SLACK_M:
                continue
            du, dv = (u + 0.5 - middle_u) / radius, (v + 0.5 - middle_v) / radius
            light = power * f4(math.exp(-(du * du + dv * dv))) * through[at]
            red[at] += light * r
            green[at] += light * g
            blue[at] += light * b
