"""Texture cache: the baked art of the seasons in use, as the kernels want it; shared by all cameras of a process."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.shadows import pack_shadow
from wormdrive.envs.rendering.camera.sky import sky_levels
from wormdrive.envs.seasons.art.art_cache import load_art
from wormdrive.envs.seasons.names import SEASONS

__all__ = ["ArtArrays", "TextureCache"]


class ArtArrays(NamedTuple):
    """Art of A seasons, first axis; offsets are the same for all.

    ``place`` (len(SEASONS),) int32: where a season stands, -1 if it is not here. The rest as in ``Art``, but the ground
    has one texel more at its end, texels of the shadow hold their 2 x 2 neighbourhood, and the sky its halved copies.
    """

    place: NDArray[np.int32]
    ground: NDArray[np.uint32]
    ground_offsets: NDArray[np.int32]
    litter: NDArray[np.uint32]
    litter_offsets: NDArray[np.int32]
    shadow: NDArray[np.uint32]
    shadow_offsets: NDArray[np.int32]
    sky: NDArray[np.uint32]
    atlas: NDArray[np.uint32]
    atlas_offsets: NDArray[np.int32]
    atlas_spans: NDArray[np.int16]


class TextureCache:
    """Loads a season's art when it is first drawn."""

    _lock = threading.Lock()
    _arrays: ArtArrays | None = None

    @classmethod
    def holding(cls, seasons: NDArray[np.int32]) -> ArtArrays:
        """Arrays with at least the given seasons (indices into ``SEASONS``)."""
        arrays = cls._arrays
        if arrays is None or (arrays.place[seasons] < 0).any():
            with cls._lock:
                arrays = cls._arrays = _stack(cls._arrays, sorted({int(s) for s in seasons}))
        return arrays


def _stack(held: ArtArrays | None, wanted: list[int]) -> ArtArrays:
    present = [] if held is None else [int(s) for s in np.argsort(held.place) if held.place[s] >= 0]
    seasons = present + [s for s in wanted if s not in present]
    place = np.full(len(SEASONS), -1, np.int32)
    place[seasons] = np.arange(len(seasons), dtype=np.int32)
    art = [load_art(SEASONS[s]) for s in seasons]
    return ArtArrays(
        place,
        np.stack([np.append(a.ground, a.ground[-1:]) for a in art]),
        art[0].ground_offsets,
        np.stack([a.litter for a in art]),
        art[0].litter_offsets,
        np.stack([pack_shadow(a.shadow, a.shadow_offsets) for a in art]),
        art[0].shadow_offsets,
        np.stack([sky_levels(a.sky) for a in art]),
        np.stack([a.atlas for a in art]),
        art[0].atlas_offsets,
        np.stack([a.atlas_spans for a in art]),
    )
