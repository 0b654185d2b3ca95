"""Scratch: the memory in which a thread draws a picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.row_layout import BLOCK, STRETCH_FIELDS
from wormdrive.envs.rendering.camera.ground.rows import ROW_FIELDS
from wormdrive.envs.rendering.camera.lens import SPRITE_CELL, LensTable
from wormdrive.envs.rendering.camera.scenery.scenery import MOST_PER_SLOT, SCENERY_RANGE_M, SLOT_M
from wormdrive.envs.rendering.camera.scenery.sprites import THING_FIELDS
from wormdrive.envs.rendering.camera.scenery.traffic import MOST_PER_CAR

__all__ = ["BEHIND_M", "Scratch", "make_scratch", "make_scratch_beside"]

BEHIND_M = 6.0
"""How far behind the camera scenery is looked for [m]: it may still reach into the picture."""
_SLOTS = int((SCENERY_RANGE_M + BEHIND_M) / SLOT_M) + 2
_MOST_RUNS = 256


class Scratch(NamedTuple):
    """Work space of one thread.

    Of the picture: ``planes`` (4, H * stride) float32: light, and how much still shows through; ``hidden`` (H * cells,)
    uint8; ``label`` (H * stride,), ``depth`` (H * W,). Of the thread: the row table; ``floats`` (11, stride + BLOCK)
    float32 and ``bytes`` (3, stride) uint8: one row at work; ``edges`` (2, runs), ``stretches``; ``things``: the list
    of sprites.
    """

    planes: NDArray[np.float32]
    hidden: NDArray[np.uint8]
    label: NDArray[np.uint8]
    depth: NDArray[np.float32]
    rows: NDArray[np.float32]
    stations: NDArray[np.float64]
    sections: NDArray[np.int32]
    floats: NDArray[np.float32]
    bytes: NDArray[np.uint8]
    edges: NDArray[np.float32]
    stretches: NDArray[np.int32]
    things: NDArray[np.float32]


def make_scratch(lens: LensTable, cars: int) -> Scratch:
    """Allocate work space for pictures of a lens with up to ``cars`` other cars."""
    width, height, stride = lens.width, lens.height, lens.stride
    return Scratch(
        np.zeros((4, height * stride), np.float32),
        np.zeros(height * (stride // SPRITE_CELL), np.uint8),
        np.zeros(height * stride, np.uint8),
        np.zeros(height * width, np.float32),
        np.zeros((height, ROW_FIELDS), np.float32),
        np.zeros(height, np.float64),
        np.zeros(height, np.int32),
        np.zeros((11, stride + BLOCK), np.float32),
        np.zeros((3, stride), np.uint8),
        np.zeros((2, _MOST_RUNS), np.float32),
        np.zeros((2 * _MOST_RUNS, STRETCH_FIELDS), np.int32),
        np.zeros((_SLOTS * MOST_PER_SLOT + cars * MOST_PER_CAR, THING_FIELDS), np.float32),
    )


def make_scratch_beside(scratch: Scratch) -> Scratch:
    """Allocate work space for another thread that draws other rows of the same picture."""
    own = scratch._asdict()
    for shared in ("planes", "hidden", "label", "depth"):
        del own[shared]
    return scratch._replace(**{name: np.zeros_like(array) for name, array in own.items()})
