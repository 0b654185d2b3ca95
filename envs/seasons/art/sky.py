"""Sky: a panorama of masks that the camera colours at run time.

Rows are elevation, -3 degrees at the bottom (row 0) to 45; columns go once around. Channels: R cloud, G cover of the
near ridge, B its texture, A cover of the far ridge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS
from wormdrive.envs.seasons.art.mips import pack
from wormdrive.envs.seasons.art.noise import Image, step, tileable, white
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["bake_sky"]

SHAPE = (SKY_ROWS, SKY_COLUMNS)


def bake_sky(palette: Palette, seed: int) -> NDArray[np.uint32]:
    """Return (SKY_ROWS * SKY_COLUMNS,) packed texels."""
    rng = np.random.default_rng((seed, 9))
    elevation = (-3.0 + 48.0 * (np.arange(SKY_ROWS, dtype=np.float32) + 0.5) / SKY_ROWS)[:, None]
    near = _ridge(rng, base=1.3, height=3.6, cell=300.0)
    tops = _treetops(rng, bare=palette.bare)
    far = _ridge(rng, base=1.8, height=6.2, cell=340.0)
    near_cover = np.clip((near + tops - elevation) / 0.40 + 0.5, 0.0, 1.0)
    far_cover = np.clip((far - elevation) / 0.50 + 0.5, 0.0, 1.0)
    crowns = tileable(rng, SHAPE, (5, 5), 3)
    stands = tileable(rng, SHAPE, (40, 60), 3)
    below = np.clip(near + tops - elevation, 0.0, 3.0) / 3.0
    texture = np.clip(0.24 + 0.62 * crowns + 0.34 * (stands - 0.5) - 0.16 * below + 0.10 * elevation / 5.0, 0.0, 1.0)
    masks = np.stack((_clouds(rng), near_cover, texture, far_cover), axis=-1).astype(np.float32)
    return pack(masks).ravel()


def _clouds(rng: np.random.Generator) -> Image:
    """Heaps with flat grey bottoms and lit tops, smaller towards the horizon, and a few high streaks."""
    rows = np.arange(SKY_ROWS, dtype=np.float32)
    # what lies low is farther away: squeeze the noise there
    depth = (SKY_ROWS * 1.75 * (rows / SKY_ROWS) ** 0.62).astype(np.float32)
    tall = (SKY_ROWS * 2, SKY_COLUMNS)
    broad = tileable(rng, tall, (66, 170), 6, 0.58)
    heaps = tileable(rng, tall, (26, 74), 5, 0.62)
    below = np.clip(depth.astype(int), 0, tall[0] - 1)
    above = np.clip(below + 9, 0, tall[0] - 1)
    body = 0.62 * broad + 0.38 * heaps
    cover = step(body[below], 0.44, 0.64)
    lit = np.clip(0.80 + 1.5 * (body[below] - body[above]), 0.45, 1.0)  # thinner above: light comes through
    streaks = step(tileable(rng, SHAPE, (9, 260), 4, 0.6), 0.55, 0.95) * 0.35
    return np.asarray(np.maximum(cover * lit, streaks), np.float32)


def _ridge(rng: np.random.Generator, base: float, height: float, cell: float) -> Image:
    return (base + height * tileable(rng, (4, SKY_COLUMNS), (4, cell), 5, 0.5)[:1]).astype(np.float32)


def _treetops(rng: np.random.Generator, bare: bool) -> Image:
    """Saw teeth of conifers and round crowns on the near ridge [deg]."""
    round_tops = tileable(rng, (4, SKY_COLUMNS), (4, 9), 2)[:1]
    teeth = white(rng, (1, SKY_COLUMNS)) * (tileable(rng, (4, SKY_COLUMNS), (4, 120), 2)[:1] > 0.5)
    return ((0.45 if bare else 0.75) * round_tops + 0.40 * teeth - 0.3).astype(np.float32)
