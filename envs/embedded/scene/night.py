"""Night: how a free camera exposes a dark scene."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from wormdrive.envs.embedded.scene.scene_model import Look
from wormdrive.envs.seasons.appearance import AMBIENT, EXPOSURE, NOISE, SUN

__all__ = ["exposed"]

_DARK: Final = 0.12
"""Green light of sky and sun from which on a camera opens up: dusk."""
_SUN: Final = 0.5
_FOLLOWS: Final = 0.9
_MOST: Final = 8.0


def exposed(look: Look) -> Look:
    """Give a look as a camera shows it that adapts to the dark: three stops at most, which its noise goes up with.

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
