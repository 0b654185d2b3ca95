# mypy: allow-untyped-defs, allow-untyped-calls
"""Fixture light: what roofs, windows, signs, paint and the lamps of traffic lights send back and out."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    DARK_LAMP,
    FLAT_ROOF,
    GREEN_LAMP,
    LIT_WINDOW,
    PAINT,
    PLINTH,
    RED,
    RED_LAMP,
    ROOF,
    YELLOW_LAMP,
)
from wormdrive.envs.seasons.appearance import MARK_STRENGTH, MARK_WHITE, SNOW, TRAFFIC_LAMPS

__all__ = ["fixture_emission", "fixture_reflectance", "signal_colour"]

f4 = np.float32

_LAMP = f4(1.9)
_WINDOW = f4(0.85)


@glue
def _of(red, green, blue, k):
    return f4(red) if k == 0 else (f4(green) if k == 1 else f4(blue))


@glue
def _roof(tone, up, appearance, k):
    """Tiles by the house: red, slate or brown; under snow as soon as it lies on meadows."""
    if tone < 0.45:
        own = _of(0.27, 0.085, 0.045, k)
    elif tone < 0.75:
        own = _of(0.075, 0.080, 0.092, k)
    else:
        own = _of(0.15, 0.085, 0.055, k)
    return own + _snow(up, appearance) * (_of(0.76, 0.79, 0.84, k) - own)


@glue
def _snow(up, appearance):
    """Share of a face, turned up so far, that is under snow."""
    return f4(min(max((appearance[SNOW] - f4(0.2)) * f4(4), f4(0)), f4(1))) if up > 0.3 else f4(0)


@glue
def fixture_reflectance(material, tone, up, appearance, k):
    """Share of the light that a material sends back; ``tone`` (0 to 1) tells houses apart, ``up`` is the normal's."""
    if material == ROOF:
        return _roof(tone, up, appearance, k)
    if material == FLAT_ROOF:
        own = f4(0.17)
        return own + _snow(up, appearance) * (_of(0.76, 0.79, 0.84, k) - own)
    if material == PLINTH:
        return f4(0.18)
    if material == PAINT:
        asphalt = f4(0.09)
        return asphalt + f4(0.9) * appearance[MARK_STRENGTH] * (appearance[MARK_WHITE + k] - asphalt)
    if material == RED:
        return _of(0.46, 0.018, 0.022, k)
    if material == DARK_LAMP:
        return f4(0.03)
    return f4(0.035)


@glue
def signal_colour(lit, k):
    """Light of a lamp: 1 red, 2 yellow, 3 green."""
    if lit == 1:
        return _of(1.0, 0.035, 0.02, k)
    if lit == 2:
        return _of(1.0, 0.46, 0.02, k)
    return _of(0.04, 0.85, 0.30, k)


@glue
def fixture_emission(material, appearance, k):
    """Light of lamps that are on, and of windows by night."""
    if material == LIT_WINDOW:
        return _WINDOW * appearance[TRAFFIC_LAMPS] * _of(1.0, 0.62, 0.27, k)
    if material == RED_LAMP:
        return _LAMP * signal_colour(1, k)
    if material == YELLOW_LAMP:
        return _LAMP * signal_colour(2, k)
    if material == GREEN_LAMP:
        return _LAMP * signal_colour(3, k)
    return f4(0)
