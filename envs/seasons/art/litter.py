"""Litter: fallen leaves and petals, a layer of its own so that their amount is a number and not a picture.

The tile is 16 m by 16 m at 3.1 cm a texel, periodic. A texel's fourth channel, *earliness*, is 0 where no leaf ever
lies and grows with how early its leaf falls: with an amount t in [0, 1] the leaf lies there when earliness > 1 - t.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["LITTER_TEXELS", "LITTER_TEXELS_PER_M", "paint_litter"]

LITTER_TEXELS: Final = 512
LITTER_TEXELS_PER_M: Final = 32
_STAY: Final = np.zeros(2, np.int32)
# How far a leaf's edge lies from its middle, by angle from its stalk: lobed as maple, oval as beech, round as petals.
_MAPLE: Final = (0.25, 0.70, 0.45, 0.95, 0.50, 0.60, 1.0, 0.60, 0.50, 0.95, 0.45, 0.70)
_BEECH: Final = (0.95, 0.80, 0.55, 0.50, 0.55, 0.80, 1.05, 0.80, 0.55, 0.50, 0.55, 0.80)
_PETAL: Final = (0.60, 0.68, 0.75, 0.90, 0.90, 0.75, 0.68, 0.60, 0.55, 0.50, 0.50, 0.55)


def paint_litter(palette: Palette, seed: int) -> Image:
    """Paint (512, 512, 4): RGB roots of reflectance, earliness."""
    rng = np.random.default_rng((seed, 23))
    blossom = palette.flowers > 0.01
    kinds = np.array((_PETAL,) if blossom else (_MAPLE, _BEECH, _BEECH))
    count, radius = (15_000, 0.75) if blossom else (9_000, 2.0)
    hues = np.array(palette.petals)

    colours = hues[rng.integers(len(hues), size=count)] * rng.uniform(0.7, 1.15, (count, 1))
    earliness = (np.arange(count) + 1.0) / count
    values = np.round(np.clip(np.column_stack((colours, earliness)), 0.0, 1.0) * 255.0).tolist()
    places = rng.uniform(0.0, LITTER_TEXELS, (count, 2))
    reach = kinds[rng.integers(len(kinds), size=count)] * rng.uniform(0.85, 1.15, (count, kinds.shape[1]))
    reach = reach * radius * rng.uniform(0.7, 1.35, (count, 1))
    angles = rng.uniform(0.0, 2.0 * np.pi, (count, 1)) + np.arange(kinds.shape[1]) * (2.0 * np.pi / kinds.shape[1])
    outlines = places[:, None, :] + np.stack((reach * np.cos(angles), reach * np.sin(angles)), axis=-1)
    fixed = np.round(outlines * 16).astype(np.int32)

    canvas = np.empty((LITTER_TEXELS, LITTER_TEXELS, 4), np.uint8)
    canvas[..., :3] = np.round(hues.mean(axis=0) * 255)
    canvas[..., 3] = 0
    # the latest first, so that early ones lie on top and none is hidden by one that has yet to fall
    for leaf, value, (x, y) in zip(fixed, values, places.tolist(), strict=True):
        for offset in _wraps(x, y, 4.0):
            cv2.fillPoly(canvas, [leaf + offset], value, cv2.LINE_8, 4)
    return np.asarray(canvas.astype(np.float32) / 255.0, np.float32)


def _wraps(x: float, y: float, margin: float) -> list[NDArray[np.int32]]:
    """Offsets [1/16 texel] at which something near the border shows up again on the other side."""
    n = LITTER_TEXELS
    if margin <= x <= n - margin and margin <= y <= n - margin:
        return [_STAY]
    xs = [0, *([n] if x < margin else []), *([-n] if x > n - margin else [])]
    ys = [0, *([n] if y < margin else []), *([-n] if y > n - margin else [])]
    return [np.array((a * 16, b * 16), np.int32) for a in xs for b in ys]
