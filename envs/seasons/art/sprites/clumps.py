"""Clumps: a stand of trees with undergrowth in one sprite, 1.7 times as wide as high, for the depth of a wood."""

from __future__ import annotations

import cv2
import numpy as np

from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS, Sprite
from wormdrive.envs.seasons.art.noise import Image

__all__ = ["draw_clump"]

_ASPECT = 1.7
_WIDTHS = {Sprite.CONIFER_0: 0.55, Sprite.CONIFER_1: 0.55, Sprite.BUSH: 1.3, Sprite.TUFT: 1.7}
_STANDS = {
    Sprite.CLUMP_BROADLEAF: (0, 1, 2, 3, 1, 0, 2),
    Sprite.CLUMP_CONIFER: (4, 5, 4, 5, 4, 5, 4, 0),
}


def draw_clump(clump: Sprite, drawn: dict[Sprite, Image], rng: np.random.Generator) -> Image:
    """Compose a clump from sprites that are ``drawn`` already; premultiplied linear light, row 0 on top."""
    image = np.zeros((SPRITE_TEXELS, SPRITE_TEXELS, 4), np.float32)
    for layer, (tree_shade, bush_shade, bushes) in enumerate(((0.50, 0.34, 7), (0.92, 0.62, 5))):
        stand = rng.permutation(_STANDS[clump])
        slots = rng.permutation(len(stand)) + rng.uniform(0.2, 0.8, len(stand))
        for kind, slot in zip(stand, slots / len(stand), strict=True):
            sprite = Sprite(int(kind))
            height = rng.uniform(0.66, 0.98) if layer else rng.uniform(0.78, 1.0)
            _lay(
                image, drawn[sprite], slot, height, _WIDTHS.get(sprite, 0.95), tree_shade * rng.uniform(0.84, 1.12), rng
            )
        for _ in range(bushes):
            _lay(image, drawn[Sprite.BUSH], rng.uniform(0.1, 0.9), rng.uniform(0.12, 0.24), 1.3, bush_shade, rng)
    for _ in range(9):  # grass hides the straight foot
        _lay(image, drawn[Sprite.TUFT], rng.uniform(0.05, 0.95), rng.uniform(0.04, 0.08), 1.9, 0.62, rng)
    return image


def _lay(
    image: Image, sprite: Image, middle: float, height: float, aspect: float, shade: float, rng: np.random.Generator
) -> None:
    """Lay a sprite over ``image``, standing at ``middle`` (share of the width), kept inside the borders."""
    rows = round(SPRITE_TEXELS * height)
    columns = max(2, round(SPRITE_TEXELS * height * aspect / _ASPECT))
    small = cv2.resize(sprite, (columns, rows), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = small[:, ::-1]
    small = small * np.array((shade, shade, shade, 1.0), np.float32)
    left = int(np.clip(middle * SPRITE_TEXELS - columns / 2, 1, max(1, SPRITE_TEXELS - 1 - columns)))
    small = small[:, : SPRITE_TEXELS - left]
    target = image[SPRITE_TEXELS - rows :, left : left + small.shape[1]]
    target[...] = target * (1.0 - small[..., 3:]) + small
