"""Canvas: memory that one thread draws pictures in."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.lens import SPRITE_CELL
from wormdrive.envs.rendering.camera.scenery import sprites
from wormdrive.envs.rendering.scene.raster.car_light import MOST_NEAR

__all__ = [
    "ACROSS", "ALONG", "BARE", "BEAM", "COLUMNS", "MOST_THINGS", "PAVED", "SHADE", "SHADOW_ACROSS", "SHADOW_ALONG",
    "TINT_B", "TINT_G", "TINT_R", "Canvas", "make_canvas",
]  # fmt: skip

MOST_THINGS: Final = 700
"""Plants in one picture."""
(
    ACROSS, ALONG, SHADOW_ACROSS, SHADOW_ALONG, TINT_R, TINT_G, TINT_B, BARE, SHADE, PAVED, BEAM, COLUMNS
) = range(12)  # fmt: skip
"""Rows of ``Canvas.work``."""
_WORK: Final = 12
_ROW_FIELDS: Final = 13


class Canvas(NamedTuple):
    """Memory of one picture: ``planes`` (9, n): light, what shows through, light of the target (3), depth, ground."""

    planes: NDArray[np.float32]
    hidden: NDArray[np.uint8]
    owner: NDArray[np.int32]
    work: NDArray[np.float32]
    row: NDArray[np.float32]
    inverse: NDArray[np.float64]
    things: NDArray[np.float32]
    sorted_things: NDArray[np.float32]
    distance: NDArray[np.float32]
    near: NDArray[np.int64]
    bytes: NDArray[np.uint8]


def make_canvas(width: int, height: int) -> Canvas:
    """Set memory aside; ``width`` in whole cells, ``height`` in whole blocks."""
    size = width * height
    return Canvas(
        np.zeros((9, size), np.float32),
        np.zeros(size // SPRITE_CELL, np.uint8),
        np.zeros(size, np.int32),
        np.zeros((_WORK, width), np.float32),
        np.zeros((1, _ROW_FIELDS), np.float32),
        np.zeros((2, height)),
        np.zeros((MOST_THINGS, sprites.THING_FIELDS), np.float32),
        np.zeros((MOST_THINGS, sprites.THING_FIELDS), np.float32),
        np.zeros(MOST_THINGS, np.float32),
        np.zeros(MOST_NEAR, np.int64),
        np.zeros((3, width), np.uint8),
    )
