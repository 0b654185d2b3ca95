"""Built-up maps: between houses stand fewer trees, and no marker posts, than the season says of the country."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.appearance import BUSHES, CONIFERS, POSTS, TREE_DENSITY

__all__ = ["is_built_up", "thinned"]

_LEAST: Final = 20
"""Buildings that make a town."""
_TREES, _CONIFERS, _BUSHES = 0.18, 0.4, 0.6
"""Shares that are left."""


def is_built_up(road_map: RoadMap) -> bool:
    """Whether a map holds many buildings."""
    return road_map.text.count('type="building"') >= _LEAST


def thinned(appearance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the looks of a built-up map; see ``Conditions.appearance``."""
    looks = appearance.copy()
    looks[TREE_DENSITY] *= np.float32(_TREES)
    looks[CONIFERS] *= np.float32(_CONIFERS)
    looks[BUSHES] *= np.float32(_BUSHES)
    looks[POSTS] = 0.0
    return looks
