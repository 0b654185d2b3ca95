"""Traffic: other cars, each one sprite seen from behind or from the front, with lit lamps where they are on."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.labels import Label
from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.embedded.camera.road_pack import HEADING, X, Y, Z
from wormdrive.envs.embedded.camera.shading import haze_of
from wormdrive.envs.embedded.camera.sprites import draw_sprite
from wormdrive.envs.embedded.road_table import SPACING_M
from wormdrive.envs.seasons.appearance import HEADLIGHTS, TRAFFIC_LAMPS
from wormdrive.envs.seasons.art.layout import Sprite

__all__ = ["CAR_BRAKES", "CAR_LATERAL", "CAR_SPRITE", "CAR_STATION", "draw_car"]

f4 = np.float32

CAR_STATION, CAR_LATERAL, CAR_SPRITE, CAR_BRAKES = range(4)
"""Columns of ``Views.cars``."""

_SIZE_M = 1.85
_FIRST, _FIRST_FRONT, _LAST = int(Sprite.CAR_REAR_RED), int(Sprite.CAR_FRONT_RED), int(Sprite.CAR_FRONT_BLUE)
_CAR = int(Label.CAR)
_LAMP_ASIDE, _LAMP_UP, _LAMP_SIZE = 0.74, 0.62, 0.14  # m


@glue
def _glow(canvas, middle_u, middle_v, radius, r, g, b):
    """Add a soft round light."""
    reach = 2.5 * radius + 0.5
    for v in range(max(int(middle_v - reach), 0), min(int(middle_v + reach) + 1, canvas.height)):
        for u in range(max(int(middle_u - reach), 0), min(int(middle_u + reach) + 1, canvas.width)):
            du, dv = (u + 0.5 - middle_u) / radius, (v + 0.5 - middle_v) / radius
            light = f4(math.exp(-(du * du + dv * dv)))
            at = v * canvas.width + u
            canvas.red[at] += r * light
            canvas.green[at] += g * light
            canvas.blue[at] += b * light


@glue
def draw_car(car, canvas, eye, looks, atlas, offsets, spans, points, fine):
    """Draw one car; ``car`` is a row of ``Views.cars``."""
    place = car[CAR_STATION] / SPACING_M
    i = int(place)
    sprite = int(car[CAR_SPRITE])
    if i < 0 or i >= len(points) - 1 or sprite < _FIRST or sprite > _LAST:
        return
    t = place - i
    heading = points[i, HEADING] + t * (points[i + 1, HEADING] - points[i, HEADING])
    d = car[CAR_LATERAL]
    dx = points[i, X] + t * (points[i + 1, X] - points[i, X]) - math.sin(heading) * d - eye.x
    dy = points[i, Y] + t * (points[i + 1, Y] - points[i, Y]) + math.cos(heading) * d - eye.y
    height = points[i, Z] + t * (points[i + 1, Z] - points[i, Z]) - eye.z
    ahead = dx * eye.cos_heading + dy * eye.sin_heading
    left_m = dy * eye.cos_heading - dx * eye.sin_heading
    if ahead < 1.2:
        return
    lamp = looks[HEADLIGHTS] * f4(1.2 * math.exp(-ahead / 28.0))
    one = f4(1)
    draw_sprite(
        canvas, eye, looks, atlas, offsets, spans, sprite, ahead, left_m, height, _SIZE_M, _SIZE_M, False, one, one, one,
        lamp, _CAR, fine,
    )  # fmt: skip
    distance = ahead * eye.cos_pitch - height * eye.sin_pitch
    front = sprite >= _FIRST_FRONT
    power = looks[TRAFFIC_LAMPS] * (f4(1.6) if front else f4(0.25))
    if not front:
        power += f4(0.9) * car[CAR_BRAKES]
    if not canvas.colour or power <= f4(0) or distance < 1.2:
        return
    power *= haze_of(looks, f4(distance))
    scale = eye.focal / distance
    radius = max(_LAMP_SIZE * scale, 0.45)
    power *= f4(min(1.0, (_LAMP_SIZE * scale / 0.45) ** 2 + 0.25))
    v = eye.centre_v - (ahead * eye.sin_pitch + (height + _LAMP_UP) * eye.cos_pitch) * scale
    for side in (-1.0, 1.0):
        u = eye.centre_u - (left_m + side * _LAMP_ASIDE) * scale
        if front:
            _glow(canvas, u, v, radius, power, power * f4(0.95), power * f4(0.8))
        else:
            _glow(canvas, u, v, radius, power, power * f4(0.06), power * f4(0.03))
