"""Season textures: a season's art as the kernels of the wood's camera read it, for any seed of the art."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.shadows import pack_shadow
from wormdrive.envs.rendering.camera.sky import sky_levels
from wormdrive.envs.seasons.art.art_cache import load_art

__all__ = ["SeasonTextures", "season_textures"]


class SeasonTextures(NamedTuple):
    """As in ``Art``, but texels of the shadow hold their 2 x 2 neighbourhood, and the sky its halved copies."""

    litter: NDArray[np.uint32]
    litter_offsets: NDArray[np.int32]
    shadow: NDArray[np.uint32]
    shadow_offsets: NDArray[np.int32]
    sky: NDArray[np.uint32]
    atlas: NDArray[np.uint32]
    atlas_offsets: NDArray[np.int32]
    atlas_spans: NDArray[np.int16]


@lru_cache(maxsize=10)
def season_textures(season: str, seed: int) -> SeasonTextures:
    """Return the textures of a season, kept for as long as they are in use.

    Raises
    ------
    ConditionsError
        If there is no such season, or the seed is negative.
    """
    art = load_art(season, seed)
    found = SeasonTextures(
        art.litter.copy(),
        art.litter_offsets.copy(),
        pack_shadow(art.shadow, art.shadow_offsets),
        art.shadow_offsets.copy(),
        sky_levels(art.sky),
        art.atlas.copy(),
        art.atlas_offsets.copy(),
        art.atlas_spans.copy(),
    )
    for array in found:
        array.setflags(write=False)
    return found
