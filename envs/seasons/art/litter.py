"""Litter: fallen leaves and petals, a layer of its own so that their amount is a number and not a picture.

The tile is 16 m by 16 m at 3.1 cm a texel, periodic. A texel's fourth channel, *earliness*, is 0 where no leaf ever
lies and grows with how early its leaf falls: with an amount t in [0, 1] the leaf lies there when earliness > 1 - t.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["LITTER_TEXELS", "LITTER_TEXELS_PER_M", "paint_litter"]

LITTER_TEXELS: Final = 512
LITTER_TEXELS_PER_M: Final = 32
_OUTLINES: Final = {
    # radius by angle around a leaf, from its stalk: lobed as maple, oval as beech, petal
    "maple": (0.25, 0.75, 0.45, 0.95, 0.50, 1.0, 0.50, 0.95, 0.45, 0.75),
    "beech": (0.95, 0.80, 0.55, 0.50, 0.55, 0.80, 1.05, 0.80, 0.55, 0.50, 0.55, 0.80),
    "petal": (0.6, 0.75, 0.9, 0.75, 0.6, 0.5),
}


def paint_litter(palette: Palette, seed: int) -> Image:
    """Paint (512, 512, 4): RGB roots of reflectance, earliness."""
    rng = np.random.default_rng((seed, 23))
    blossom = palette.flowers > 0.01
    shapes = [_OUTLINES["petal"]] if blossom else [_OUTLINES["maple"], _OUTLINES["beech"], _OUTLINES["beech"]]
    count, radius = (15_000, 0.75) if blossom else (9_000, 2.0)
    mean = np.array(palette.petals, np.float32).mean(axis=0)
    canvas = np.empty((LITTER_TEXELS, LITTER_TEXELS, 4), np.uint8)
    canvas[..., :3] = np.round(mean * 255)
    canvas[..., 3] = 0
    for k in range(count):  # the latest first, so that early ones lie on top and none is hidden by one yet to fall
        earliness = (k + 1) / count
        colour = np.clip(
            np.array(palette.petals[int(rng.integers(len(palette.petals)))]) * rng.uniform(0.7, 1.15), 0, 1
        )
        value = (*(float(v) for v in np.round(colour * 255)), float(round(earliness * 255)))
        outline = shapes[int(rng.integers(len(shapes)))]
        leaf = _leaf(rng, outline, radius * rng.uniform(0.7, 1.35))
        x, y = rng.uniform(0, LITTER_TEXELS, 2)
        for offset_x, offset_y in _wraps(x, y, 4.0):
            points = np.round((leaf + np.array((x + offset_x, y + offset_y))) * 16).astype(np.int32)
            cv2.fillPoly(canvas, [points], value, cv2.LINE_8, 4)
    return (canvas.astype(np.float32) / 255.0).astype(np.float32)


def _leaf(rng: np.random.Generator, outline: tuple[float, ...], radius: float) -> Image:
    turn = float(rng.uniform(0.0, 2.0 * math.pi))
    angles = turn + np.arange(len(outline)) * (2.0 * math.pi / len(outline))
    reach = np.array(outline) * rng.uniform(0.85, 1.15, len(outline)) * radius
    points = np.stack((np.cos(angles), np.sin(angles)), axis=1) * reach[:, None]
    return points.astype(np.float32)


def _wraps(x: float, y: float, margin: float) -> list[tuple[int, int]]:
    """Offsets at which something near the border shows up again on the other side."""
    n = LITTER_TEXELS
    xs = [0, *([n] if x < margin else []), *([-n] if x > n - margin else [])]
    ys = [0, *([n] if y < margin else []), *([-n] if y > n - margin else [])]
    return [(a, b) for a in xs for b in ys]
