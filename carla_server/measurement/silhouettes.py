"""Silhouettes: where the pictures of trees, bushes and posts are not see-through, as rays look them up."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pictures", "no_pictures", "silhouettes_of"]


class Pictures(NamedTuple):
    """What stands about and is drawn as a picture that is turned towards who looks.

    Attributes
    ----------
    rows:
        (N, ``scenery_objects.PICTURE_FIELDS``) float64.
    silhouettes:
        (sprites, T, T) bool from ``silhouettes_of``.
    """

    rows: NDArray[np.float64]
    silhouettes: NDArray[np.bool_]


@cache
def silhouettes_of(season: str) -> NDArray[np.bool_]:
    """Return (sprites, T, T): texels that own a pixel's label and depth, from the foot up; read once a season.

    Raises
    ------
    ConditionsError
        There is no such season.
    """
    from wormdrive.envs.rendering.camera.scenery.sprites import OPAQUE
    from wormdrive.envs.seasons.art import load_art
    from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS

    art = load_art(season)
    texels = art.atlas_offsets[:, :1] + np.arange(SPRITE_TEXELS**2)
    shown: NDArray[np.bool_] = (art.atlas[texels] >> 24) >= OPAQUE
    return shown.reshape(-1, SPRITE_TEXELS, SPRITE_TEXELS)


def no_pictures() -> Pictures:
    """Nothing."""
    from wormdrive.carla_server.world.roadside.scenery_objects import PICTURE_FIELDS

    return Pictures(np.zeros((0, PICTURE_FIELDS)), np.zeros((0, 1, 1), np.bool_))
