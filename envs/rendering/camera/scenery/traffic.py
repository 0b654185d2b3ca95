# mypy: allow-untyped-defs, allow-untyped-calls
"""Traffic: other cars, each one sprite seen from behind or from the front, with lit lamps where they are on."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.camera.road_layout.road_buffer import HEADING, X, Y, Z
from wormdrive.envs.rendering.camera.scenery.sprites import (
    BLUE,
    DISTANCE,
    GLOW,
    GREEN,
    HEIGHT,
    LABEL,
    LAMP,
    LEFT,
    MIRRORED,
    RED,
    SPRITE,
    TALL,
    WIDE,
)
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.appearance import HEADLIGHTS, TRAFFIC_LAMPS
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.simulation.road_table import SPACING_M
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["CAR_BRAKES", "CAR_LATERAL", "CAR_SPRITE", "CAR_STATION", "MOST_PER_CAR", "place_car"]

f4 = np.float32

CAR_STATION, CAR_LATERAL, CAR_SPRITE, CAR_BRAKES = range(4)
"""Columns of ``Views.cars``."""
MOST_PER_CAR = 3
"""A car's sprite and its lamps."""

_SIZE_M = 1.85
_FIRST, _FIRST_FRONT, _LAST = int(Sprite.CAR_REAR_RED), int(Sprite.CAR_FRONT_RED), int(Sprite.CAR_FRONT_BLUE)
_CAR = int(SemanticLabel.CAR)
_LAMP_ASIDE_M, _LAMP_UP_M, _LAMP_RADIUS_M = 0.74, 0.62, 0.14


@glue
def _append(things, count, kind, ahead, left, height, size):
    things[count, SPRITE], things[count, LABEL], things[count, MIRRORED] = kind, _CAR, f4(0)
    things[count, DISTANCE], things[count, LEFT], things[count, HEIGHT] = ahead, left, height
    things[count, WIDE], things[count, TALL] = size, size
    things[count, RED], things[count, GREEN], things[count, BLUE] = f4(1), f4(1), f4(1)
    things[count, LAMP] = f4(0)


@kernel
def place_car(cars, n, eye, appearance, points, things, count):
    """Append car ``n``, its lamps first, to ``things``; return the new count."""
    place = cars[n, CAR_STATION] / SPACING_M
    i = int(place)
    sprite = int(cars[n, CAR_SPRITE])
    if i < 0 or i >= len(points) - 1 or sprite < _FIRST or sprite > _LAST:
        return count
    t = place - i
    heading = points[i, HEADING] + t * (points[i + 1, HEADING] - points[i, HEADING])
    d = cars[n, CAR_LATERAL]
    dx = points[i, X] + t * (points[i + 1, X] - points[i, X]) - math.sin(heading) * d - eye.x
    dy = points[i, Y] + t * (points[i + 1, Y] - points[i, Y]) + math.cos(heading) * d - eye.y
    height = points[i, Z] + t * (points[i + 1, Z] - points[i, Z]) - eye.z
    ahead = dx * eye.cos_heading + dy * eye.sin_heading
    left = dy * eye.cos_heading - dx * eye.sin_heading
    if ahead < 1.2:
        return count
    front = sprite >= _FIRST_FRONT
    power = appearance[TRAFFIC_LAMPS] * (f4(1.6) if front else f4(0.25))
    if not front:
        power += f4(0.9) * cars[n, CAR_BRAKES]
    power *= haze_of(appearance, f4(ahead))
    for side in range(2 if power > f4(0) else 0):
        aside = -_LAMP_ASIDE_M if side == 0 else _LAMP_ASIDE_M
        _append(things, count, GLOW, ahead, left + aside, height + _LAMP_UP_M, _LAMP_RADIUS_M)
        things[count, RED] = power
        things[count, GREEN] = power * (f4(0.95) if front else f4(0.06))
        things[count, BLUE] = power * (f4(0.80) if front else f4(0.03))
        count += 1
    _append(things, count, sprite, ahead, left, height, _SIZE_M)
    things[count, LAMP] = appearance[HEADLIGHTS] * f4(1.2 * math.exp(-ahead / 28.0))
    return count + 1
