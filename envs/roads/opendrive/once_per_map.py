"""Once per map: what was made of a map is kept for as long as the map is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from wormdrive.envs.common.garbage_collection import garbage_collection_paused
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["once_per_map"]

Made = TypeVar("Made")


def once_per_map(make: Callable[[RoadMap], Made]) -> Callable[[RoadMap], Made]:
    """Have a function make its result once for each map. A result that refers to its map keeps both for ever."""
    kept: WeakKeyDictionary[RoadMap, Made] = WeakKeyDictionary()

    @wraps(make)
    def make_once(road_map: RoadMap) -> Made:
        found = kept.get(road_map)
        if found is None:
            with garbage_collection_paused():
                found = kept[road_map] = make(road_map)
        return found

    return make_once
