"""Shadow tile: what trees cast on the ground, 32 m by 32 m; 255 is full shade.

Rows lead away from the sun, columns across.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.layout import SHADOW_TEXELS
from wormdrive.envs.seasons.art.mips import mip_chain
from wormdrive.envs.seasons.art.noise import Image, step, tileable
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["bake_shadow"]

N: Final = 2 * SHADOW_TEXELS  # painted at twice the size
TREES: Final = 13


def bake_shadow(palette: Palette, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the mips, flat, and where each begins (9,)."""
    rng = np.random.default_rng((seed, 5))
    canvas = np.zeros((N, N), np.uint8)
    for _ in range(TREES):
        _cast(rng, canvas, float(rng.uniform(0, N)), float(rng.uniform(0, N)), leaves=not palette.bare)
    image: Image = canvas.astype(np.float32) / 255.0
    if not palette.bare:  # sunlight finds its way through crowns in round flecks
        holes = tileable(rng, (N, N), (8, 8), 2)
        image = image * (1.0 - 0.9 * step(holes, 0.58, 0.74))
    soft = cv2.GaussianBlur(np.pad(image, 8, mode="wrap"), (0, 0), 0.9)[8:-8, 8:-8]
    image = np.asarray(cv2.resize(soft, (SHADOW_TEXELS, SHADOW_TEXELS), interpolation=cv2.INTER_AREA), np.float32)
    mips = [np.clip(level * 255.0 + 0.5, 0, 255).astype(np.uint8).ravel() for level in mip_chain(image)]
    offsets = np.concatenate(([0], np.cumsum([mip.size for mip in mips])[:-1])).astype(np.int32)
    return np.concatenate(mips), offsets


def _cast(rng: np.random.Generator, canvas: NDArray[np.uint8], x: float, y: float, leaves: bool) -> None:
    """Draw one tree: trunk, boughs, twigs, and a crown of clusters; wrapped around the tile."""
    length = float(rng.uniform(130, 300))
    strokes: list[tuple[float, float, float, float, int, int]] = [
        (0.0, 0.0, float(rng.normal(0, 6)), length, int(rng.integers(3, 7)), 235)
    ]
    for _ in range(26):
        along = float(rng.uniform(0.35, 1.0))
        reach = float(rng.uniform(20, 75)) * (1.15 - along) * float(rng.choice((-1, 1)))
        end = (reach, length * along + abs(reach) * 0.55)
        strokes.append((0.0, length * along, *end, 2, 190))
        for _ in range(3):
            fork = float(rng.uniform(0.4, 0.9))
            strokes.append(
                (
                    reach * fork,
                    length * along + abs(reach) * 0.55 * fork,
                    reach * fork + float(rng.normal(0, 14)),
                    length * along + abs(reach) * 0.55 * fork + float(rng.uniform(6, 26)),
                    1,
                    150,
                )
            )
    discs: list[tuple[float, float, int, int]] = []
    if leaves:
        for _ in range(9):
            centre = float(rng.normal(0, 30)), length * float(rng.normal(0.82, 0.16))
            for _ in range(28):
                offset = rng.normal(0, 12, 2)
                discs.append(
                    (centre[0] + offset[0], centre[1] + offset[1], int(rng.integers(2, 7)), int(rng.integers(185, 256)))
                )
    for ox in (-N, 0, N):
        for oy in (-N, 0, N):
            if not (-150 < x + ox < N + 150 and -420 < y + oy < N + 60):
                continue
            _stamp(canvas, x + ox, y + oy, strokes, discs)


def _stamp(
    canvas: NDArray[np.uint8],
    x: float,
    y: float,
    strokes: list[tuple[float, float, float, float, int, int]],
    discs: list[tuple[float, float, int, int]],
) -> None:
    for x0, y0, x1, y1, width, shade in strokes:
        cv2.line(canvas, (int(x + x0), int(y + y0)), (int(x + x1), int(y + y1)), float(shade), width, cv2.LINE_AA)
    for dx, dy, radius, shade in discs:
        cv2.circle(canvas, (int(x + dx), int(y + dy)), radius, float(shade), -1, cv2.LINE_AA)
