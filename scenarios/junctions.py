"""Where a map's junctions are: there the way forks, and a driver without a map cannot know which way the route goes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads import BUILTIN_MAPS, read_map

__all__ = ["WITHIN_M", "near_junction"]

WITHIN_M = 15.0
"""How near to the roads that cross a junction counts as being at it [m]."""

_SPACING_M = 2.0


def near_junction(map_name: str, x_m: float, y_m: float) -> bool:
    """Whether a place lies within ``WITHIN_M`` of a junction's connecting roads.

    Of a town that only its CARLA server knows, the answer is no.

    Raises
    ------
    MapError
        If the map cannot be read.
    """
    if map_name not in BUILTIN_MAPS and not map_name.lower().endswith(".xodr"):
        return False
    points = _connecting_roads(map_name)
    return bool((np.hypot(points[:, 0] - x_m, points[:, 1] - y_m) < WITHIN_M).any())


@lru_cache(maxsize=8)
def _connecting_roads(map_name: str) -> NDArray[np.float64]:
    """Points on the reference lines of all roads that are part of a junction: (n, 2)."""
    blocks = [np.zeros((0, 2))]
    for road in read_map(map_name).roads.values():
        if road.junction_id is not None:
            line = road.line.at(np.arange(0.0, road.length_m, _SPACING_M))
            blocks.append(np.stack([line.x, line.y], axis=1))
    return np.concatenate(blocks)
