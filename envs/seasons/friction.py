"""Friction: the peak tyre-road friction coefficient that a season and its weather leave.

Levels after C.-G. Wallman and H. Astrom, "Friction measurement methods and the correlation between road friction and
traffic safety", VTI meddelande 911A (2001), table of typical values: dry bare road 0.8-1.0, wet bare road 0.7-0.8,
packed snow 0.20-0.30, slush 0.20-0.50. Packed snow stands at 0.32 here: a car on winter tyres.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = ["PACKED_SNOW", "peak"]

WET: Final = 0.72
"""Wet over dry, no standing water."""
STANDING_WATER: Final = 0.85
"""Factor of a road full of puddles over a wet one."""
WET_LEAVES: Final = 0.75
"""Factor of a road full of wet leaves over one without; dry leaves cost half of that."""
PACKED_SNOW: Final = 0.32
"""Packed snow, winter tyres [-]."""


def peak(dry: float, wetness: float, puddles: float, snow: float, litter: float) -> float:
    """Return the peak friction coefficient [-].

    Parameters
    ----------
    dry:
        Peak coefficient of the bare dry road.
    wetness, puddles, litter:
        0 to 1: water film, standing water and leaves.
    snow:
        Share of the road under snow, 0 to 1. Wheel tracks bare first and leave wet traces and slush, so that grip
        falls to the level of snow already where most of the road is covered.
    """
    wet = 1.0 - (1.0 - WET) * (1.0 - math.exp(-4.0 * wetness)) / (1.0 - math.exp(-4.0))
    slick = 1.0 - (1.0 - WET_LEAVES) * litter * (0.5 + 0.5 * wetness)
    bare = dry * wet * (1.0 - (1.0 - STANDING_WATER) * puddles) * slick
    covered = min(1.0, snow / 0.8)
    share = covered * covered * (3.0 - 2.0 * covered)
    return bare + (min(PACKED_SNOW, bare) - bare) * share
