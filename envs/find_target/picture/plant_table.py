"""Plant table: the columns of what stands in a wood, as kernels read it."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BLUE",
    "GREEN",
    "MIRRORED",
    "PLANT_FIELDS",
    "PLANT_X",
    "PLANT_Y",
    "PLANT_Z",
    "RANGE",
    "RED",
    "SPRITE",
    "TALL",
    "WIDE",
]

(PLANT_X, PLANT_Y, PLANT_Z, SPRITE, WIDE, TALL, MIRRORED, RED, GREEN, BLUE, RANGE) = range(11)
PLANT_FIELDS: Final = 11
"""Foot from the site's middle and above sea [m], sprite, size of its texture [m], mirrored, tint, from how far it shows
[m]."""
