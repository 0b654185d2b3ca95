"""Atlas: all sprites of a season with their mips, packed one behind the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.layout import SPRITE_MIPS, SPRITE_TEXELS, Sprite
from wormdrive.envs.seasons.art.mips import halve, pack
from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import Palette
from wormdrive.envs.seasons.art.sprites.cars import PAINTS, draw_car
from wormdrive.envs.seasons.art.sprites.clumps import draw_clump
from wormdrive.envs.seasons.art.sprites.conifers import draw_conifer
from wormdrive.envs.seasons.art.sprites.trees import draw_birch, draw_broadleaf
from wormdrive.envs.seasons.art.sprites.undergrowth import draw_bush, draw_post, draw_tuft

__all__ = ["bake_atlas", "draw_sprites"]


def draw_sprites(palette: Palette, seed: int) -> dict[Sprite, Image]:
    """Draw every sprite: (256, 256, 4) premultiplied linear light, row 0 on top."""
    drawn: dict[Sprite, Image] = {}
    for sprite in Sprite:
        rng = np.random.default_rng((seed, 100 + sprite))
        match sprite:
            case Sprite.BROADLEAF_0 | Sprite.BROADLEAF_1 | Sprite.BROADLEAF_2:
                drawn[sprite] = draw_broadleaf(palette, sprite - Sprite.BROADLEAF_0, rng)
            case Sprite.BIRCH:
                drawn[sprite] = draw_birch(palette, rng)
            case Sprite.CONIFER_0 | Sprite.CONIFER_1:
                drawn[sprite] = draw_conifer(palette, sprite - Sprite.CONIFER_0, rng)
            case Sprite.BUSH:
                drawn[sprite] = draw_bush(palette, rng)
            case Sprite.POST:
                drawn[sprite] = draw_post()
            case Sprite.CAR_REAR_RED | Sprite.CAR_REAR_WHITE | Sprite.CAR_REAR_BLUE:
                drawn[sprite] = draw_car(PAINTS[sprite - Sprite.CAR_REAR_RED], rear=True)
            case Sprite.CAR_FRONT_RED | Sprite.CAR_FRONT_WHITE | Sprite.CAR_FRONT_BLUE:
                drawn[sprite] = draw_car(PAINTS[sprite - Sprite.CAR_FRONT_RED], rear=False)
            case Sprite.TUFT:
                drawn[sprite] = draw_tuft(palette, rng)
            case Sprite.CLUMP_BROADLEAF | Sprite.CLUMP_CONIFER:
                pass  # composed below, when its parts are there
    for clump in (Sprite.CLUMP_BROADLEAF, Sprite.CLUMP_CONIFER):
        drawn[clump] = draw_clump(clump, drawn, np.random.default_rng((seed, 100 + clump)))
    return drawn


def bake_atlas(palette: Palette, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int16]]:
    """Return texels, offsets and spans as ``Art`` has them."""
    drawn = draw_sprites(palette, seed)
    offsets = np.zeros((len(Sprite), SPRITE_MIPS), np.int32)
    spans = np.zeros((len(Sprite), SPRITE_MIPS, SPRITE_TEXELS, 2), np.int16)
    parts: list[NDArray[np.uint32]] = []
    start = 0
    for sprite in Sprite:
        level = drawn[sprite][::-1].copy()
        for mip in range(SPRITE_MIPS):
            level[:, 0] = level[:, -1] = 0.0  # kernels may read a little past a sprite's side
            level[-1] = 0.0
            packed = pack(np.concatenate((np.sqrt(level[..., :3]), level[..., 3:]), axis=-1))
            offsets[sprite, mip] = start
            spans[sprite, mip, : level.shape[0]] = _spans(packed)
            parts.append(packed.ravel())
            start += packed.size
            level = halve(level)
    return np.concatenate(parts), offsets, spans


def _spans(packed: NDArray[np.uint32]) -> NDArray[np.int16]:
    """First column of each row that shows anything, and one past the last; 0, 0 where nothing does."""
    opaque = packed >> 24 > 0
    first = opaque.argmax(axis=1)
    last = packed.shape[1] - opaque[:, ::-1].argmax(axis=1)
    some = opaque.any(axis=1)
    return np.stack((np.where(some, first, 0), np.where(some, last, 0)), axis=1).astype(np.int16)
