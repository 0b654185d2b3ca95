"""Wide: how dark a wide camera's corners are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from wormdrive.envs.embedded.scene.scene_model import Look
from wormdrive.envs.seasons.appearance import VIGNETTE

__all__ = ["evenly_lit"]

_WIDEST_DEG: Final = 110.0


def evenly_lit(look: Look, fov_deg: float) -> Look:
    """Give a look whose picture's edges are no darker than those of a camera with a field of view of 110 degrees.

    Vignetting grows with the square of the angle's tangent: at 170 degrees nothing would be left but the middle, and
    makers of wide lenses see to it that it does not. A narrower camera's look is the look itself.
    """
    if fov_deg <= _WIDEST_DEG:
        return look
    share = math.tan(0.5 * math.radians(_WIDEST_DEG)) / math.tan(0.5 * math.radians(fov_deg))
    appearance = look.appearance.copy()
    appearance[VIGNETTE] *= share * share
    return replace(look, appearance=appearance)
