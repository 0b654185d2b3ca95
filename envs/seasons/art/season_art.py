"""Season art: the textures of one season, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ConditionsError, one_of
from wormdrive.envs.seasons.names import SEASONS

__all__ = ["Art", "check_request"]


@dataclass(frozen=True, eq=False)
class Art:
    """Textures of one season; what lies where is in ``layout``.

    Attributes
    ----------
    ground, ground_offsets:
        Flat uint32 ripmap of the 512 x 512 ground tile, and (10, 7) int32: level (i, j) has 512 >> i rows along s and
        512 >> j columns across.
    litter, litter_offsets:
        The same for the litter tile: 512 x 512 texels at 32 a metre, so 16 m by 16 m, periodic in s and d. RGB is the
        leaf's colour (as in the ground: root of linear reflectance), alpha L its earliness. With the amount
        t = appearance[LITTER], lowered where wheels run (t *= 1.25 - bareness, at most 1): near the eye a leaf lies
        where L > 1 - t (clip((L - 1 + t) * 8, 0, 1) is its soft edge); where texels are averaged over more than a
        leaf, its share is about 2 * L * t.
    shadow, shadow_offsets:
        Flat uint8 mips of the 256 x 256 shadow tile (8 texels a metre), and (9,) int32.
    sky:
        (128 * 2048,) uint32: rows of elevation from -3 degrees up to 45; R cloud, G near ridge, B its texture,
        A far ridge.
    atlas, atlas_offsets:
        Flat uint32 mips of the sprites, row 0 at the bottom, and (len(Sprite), 7) int32: mip m has 256 >> m rows and
        columns. RGB is the root of linear light times alpha. Borders are transparent.
    atlas_spans:
        (len(Sprite), 7, 256, 2) int16: in each row of a mip the first column with alpha, and one past the last.
    """

    ground: NDArray[np.uint32]
    ground_offsets: NDArray[np.int32]
    litter: NDArray[np.uint32]
    litter_offsets: NDArray[np.int32]
    shadow: NDArray[np.uint8]
    shadow_offsets: NDArray[np.int32]
    sky: NDArray[np.uint32]
    atlas: NDArray[np.uint32]
    atlas_offsets: NDArray[np.int32]
    atlas_spans: NDArray[np.int16]


def check_request(season: str, seed: int) -> None:
    """Refuse unknown seasons and negative seeds.

    Raises
    ------
    ConditionsError
        Which one it is, and what is allowed.
    """
    if season not in SEASONS:
        raise ConditionsError(one_of("season", season, SEASONS))
    if seed < 0:
        raise ConditionsError(f"seed={seed!r}: allowed are whole numbers from 0 on")
