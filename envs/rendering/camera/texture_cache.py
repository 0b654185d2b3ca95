"""Texture cache: the baked art of the seasons in use, as the kernels want it; shared by all cameras of a process."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.shadows import pack_shadow
from wormdrive.envs.rendering.camera.sky import sky_levels
from wormdrive.envs.seasons.art.art_cache import load_art
from wormdrive.envs.seasons.art.season_art import Art
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
    """Put the art of more seasons behind that of those held."""
    place = np.full(len(SEASONS), -1, np.int32) if held is None else held.place.copy()
    missing = [season for season in wanted if place[season] < 0]
    first = place.max() + 1
    place[missing] = np.arange(first, first + len(missing), dtype=np.int32)
    for season in missing:  # one after the other: what is read of each is let go at once
        held = _joined(held, load_art(SEASONS[season]))
    assert held is not None  # noqa: S101  (something is held or wanted)
    return held._replace(place=place)


def _joined(held: ArtArrays | None, art: Art) -> ArtArrays:
    own: dict[str, NDArray[Any]] = {
        "ground": np.append(art.ground, art.ground[-1:]),
        "litter": art.litter,
        "shadow": pack_shadow(art.shadow, art.shadow_offsets),
        "sky": sky_levels(art.sky),
        "atlas": art.atlas,
        "atlas_spans": art.atlas_spans,
    }
    if held is not None:
        return held._replace(**{name: np.concatenate((getattr(held, name), own[name][None])) for name in own})
    return ArtArrays(
        place=np.zeros(0, np.int32),
        ground_offsets=art.ground_offsets,
        litter_offsets=art.litter_offsets,
        shadow_offsets=art.shadow_offsets,
        atlas_offsets=art.atlas_offsets,
        **{name: array[None] for name, array in own.items()},
    )
