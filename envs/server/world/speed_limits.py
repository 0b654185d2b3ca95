"""Speed limits of the lanes on which vehicles drive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.opendrive.network import RoadMap
from wormdrive.envs.roads.places import PlaceIndex, Places

__all__ = ["SpeedLimits"]


class SpeedLimits:
    """Speed limits of a map, looked up once for each lane that is asked for."""

    def __init__(self, road_map: RoadMap) -> None:
        self._map = road_map
        self._known: dict[LaneKey, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def find(self, index: PlaceIndex, places: Places) -> NDArray[np.float64]:
        """Limit (N,) at each place; infinite where the map gives none [m/s]."""
        limits = np.empty(len(places.s_m))
        for row in range(len(limits)):
            key = index.lane_key(places, row)
            lane = self._known.get(key)
            if lane is None:
                lane = self._known[key] = self._lane(key)
            starts, values = lane
            at = int(np.searchsorted(starts, places.s_m[row] + 1e-6, side="right")) - 1
            limits[row] = values[max(at, 0)]
        return limits

    def _lane(self, key: LaneKey) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Stations at which limits begin on a lane, and the limits."""
        road = self._map.roads[key.road]
        section = road.sections[key.section]
        lane = section.lane(key.lane)
        records = [record.start_m for record in road.speeds]
        records += [section.start_s + record.start_m for record in (lane.speeds if lane is not None else ())]
        starts = np.unique(np.array([section.start_s, *records]))
        if lane is None:
            return starts, np.full(len(starts), np.inf)
        return starts, road.speed_limit(section, lane, starts)
