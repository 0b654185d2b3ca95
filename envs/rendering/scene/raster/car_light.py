# mypy: allow-untyped-defs, allow-untyped-calls
"""Car light: what vehicles do to the ground around them: shade it, dim it underneath, and light it at night."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.raster.mesh_raster import (
    AXIS_X,
    AXIS_Y,
    AXIS_Z,
    BEAM,
    CAR_X,
    CAR_Y,
    CAR_Z,
    CASTS,
    HEIGHT,
    LAMPS,
    LENGTH,
    SIDE_X,
    SIDE_Y,
    WIDTH,
)

__all__ = ["MOST_NEAR", "cars_near", "cast_on_ground"]

MOST_NEAR: Final = 16
"""Vehicles that matter to one cell of pixels."""

_LEVEL_M: Final = 2.5  # off the plane that a vehicle stands on; what lies further below or above is another road
_SHADED_M: Final = 0.8  # off that plane: no tree and no wall
_LONGEST_SHADOW_M: Final = 30.0
_BEAM_M: Final = 50.0
_UNDER: Final = 0.80  # share of the light that a body keeps off beneath it
_SOFT_M: Final = 0.40
_EDGE_M: Final = 0.08  # over which a shadow grows to its full depth, right where it is cast
_BLUR: Final = 0.07  # and what a metre further away adds: the sun is no point, and air scatters
_LAMP: Final = 0.30  # of what a beam seen from behind its own lamps shows
_SPREAD: Final = 0.42  # tangent of a beam's half width


@glue
def cars_near(cars, x, y, spread, sun_x, sun_y, sun_reach, lamps, near):
    """List the vehicles that may touch points within ``spread`` [m] of a place in ``near``; return how many.

    For the rest see ``cast_on_ground``.
    """
    count = 0
    for n in range(len(cars)):
        if cars[n, LENGTH] <= 0.0 or cars[n, CASTS] <= 0.0 or count == MOST_NEAR:
            continue
        dx, dy = x - cars[n, CAR_X], y - cars[n, CAR_Y]
        shadow = min(sun_reach * cars[n, HEIGHT], _LONGEST_SHADOW_M)
        along = min(max(-(dx * sun_x + dy * sun_y), 0.0), shadow)  # where the shadow's middle comes nearest
        from_x, from_y = dx + along * sun_x, dy + along * sun_y
        reach = 0.5 * (cars[n, LENGTH] + cars[n, WIDTH]) + spread + 4.0 * _SOFT_M
        touches = from_x * from_x + from_y * from_y < reach * reach
        if not touches and lamps and cars[n, LAMPS] >= BEAM:
            reach = max(cars[n, LENGTH] + shadow, _BEAM_M) + spread
            touches = dx * dx + dy * dy < reach * reach
        if touches:
            near[count] = n
            count += 1
    return count


@glue
def _crosses(at, towards, half, begin, end):
    """Part of a ray, given along one axis, that lies within +- ``half``."""
    if abs(towards) < 1e-9:
        return (begin, end) if abs(at) <= half else (1.0, 0.0)
    one, other = (-half - at) / towards, (half - at) / towards
    return max(begin, min(one, other)), min(end, max(one, other))


@glue
def cast_on_ground(cars, near, count, x, y, z, sun_x, sun_y, sun_reach, lamps):
    """Share of light that is left under vehicles, shadow (0 to 1), and light of their lamps, at a point.

    ``(sun_x, sun_y)`` points to the sun; a shadow is ``sun_reach`` times as long as what casts it is high.
    """
    kept, shadow, lamp = 1.0, 0.0, 0.0
    for k in range(count):
        n = near[k]
        dx, dy = x - cars[n, CAR_X], y - cars[n, CAR_Y]
        along, aside = dx * cars[n, AXIS_X] + dy * cars[n, AXIS_Y], dx * cars[n, SIDE_X] + dy * cars[n, SIDE_Y]
        off = abs(z - cars[n, CAR_Z] - along * cars[n, AXIS_Z])
        if off > _LEVEL_M:
            continue
        half_length, half_width = 0.47 * cars[n, LENGTH], 0.46 * cars[n, WIDTH]
        out_x, out_y = max(abs(along) - half_length, 0.0), max(abs(aside) - half_width, 0.0)
        away = math.sqrt(out_x * out_x + out_y * out_y)
        if away < 4.0 * _SOFT_M and off < _SHADED_M:
            kept *= 1.0 - _UNDER * math.exp(-(away * away) / (_SOFT_M * _SOFT_M))
        sun_along, sun_aside = (
            sun_x * cars[n, AXIS_X] + sun_y * cars[n, AXIS_Y],
            sun_x * cars[n, SIDE_X] + sun_y * cars[n, SIDE_Y],
        )
        length = min(sun_reach * 0.92 * cars[n, HEIGHT], _LONGEST_SHADOW_M)
        begin, end = _crosses(along, sun_along, half_length, 0.0, length)
        begin, end = _crosses(aside, sun_aside, half_width, begin, end)
        if begin < end and off < _SHADED_M:
            half_way = 0.5 * (begin + end)
            within = min(
                half_length - abs(along + half_way * sun_along), half_width - abs(aside + half_way * sun_aside)
            )
            shadow = max(shadow, min(within / (_EDGE_M + _BLUR * begin), 1.0))
        if lamps and cars[n, LAMPS] >= BEAM:
            ahead = along - half_length
            if 0.0 < ahead < _BEAM_M:
                aslant = aside / (ahead + 0.6)
                strength = math.exp(-ahead / 26.0 - (aslant / _SPREAD) * (aslant / _SPREAD)) * min(
                    1.0, 0.15 + 0.25 * ahead
                )
                lamp += _LAMP * strength * min((_BEAM_M - ahead) * 0.1, 1.0) * (1.0 - off / _LEVEL_M)
    return kept, shadow, lamp
