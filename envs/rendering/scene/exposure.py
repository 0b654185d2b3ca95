"""Exposure: how a free camera shows a dark scene, and how dark a wide one's corners are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from wormdrive.envs.rendering.scene.scene_model import Look
from wormdrive.envs.seasons.appearance import AMBIENT, EXPOSURE, NOISE, SUN, VIGNETTE

__all__ = ["evenly_lit", "exposed"]

_DARK: Final = 0.12
"""Green light of sky and sun from which on a camera opens up: dusk."""
_SUN: Final = 0.5
_FOLLOWS: Final = 0.9
_MOST: Final = 8.0
_WIDEST_DEG: Final = 110.0


def exposed(look: Look) -> Look:
    """Return a look as a camera shows it that adapts to the dark: three stops at most, which its noise goes up with.

    By day it is the look itself. A camera behind headlights does not need it.
    """
    light = float(look.appearance[AMBIENT + 1]) + _SUN * float(look.appearance[SUN + 1])
    if light >= _DARK:
        return look
    gain = min((_DARK / max(light, 1e-6)) ** _FOLLOWS, _MOST)
    appearance = look.appearance.copy()
    appearance[EXPOSURE] *= gain
    appearance[NOISE] *= gain**0.5
    return replace(look, appearance=appearance)


def evenly_lit(look: Look, fov_deg: float) -> Look:
    """Return a look whose picture's edges are no darker than those of a camera with a field of view of 110 degrees.

    Vignetting grows with the square of the angle's tangent: at 170 degrees nothing would be left but the middle, and
    makers of wide lenses see to it that it does not. A narrower camera's look is the look itself.
    """
    if fov_deg <= _WIDEST_DEG:
        return look
    share = math.tan(0.5 * math.radians(_WIDEST_DEG)) / math.tan(0.5 * math.radians(fov_deg))
    appearance = look.appearance.copy()
    appearance[VIGNETTE] *= share * share
    return replace(look, appearance=appearance)
