"""Speed limits of the lanes on which vehicles drive."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.point_location import PlaceIndex, Places

__all__ = ["SpeedLimits"]


class SpeedLimits:
    """Speed limits of a map, looked up once for each lane that is asked for."""

    def __init__(self, road_map: RoadMap) -> None:
        self._map = road_map
        self._known: dict[tuple[int, int, int], tuple[list[float], list[float]]] = {}

    def find(self, index: PlaceIndex, places: Places) -> list[float]:
        """Limit at each place; infinite where the map gives none [m/s]."""
        limits = []
        lanes = zip(places.road.tolist(), places.section.tolist(), places.lane.tolist(), strict=True)
        for row, (key, s_m) in enumerate(zip(lanes, places.s_m.tolist(), strict=True)):
            lane = self._known.get(key)
            if lane is None:
                starts, values = self._lane(index.lane_key(places, row))
                lane = self._known[key] = starts.tolist(), values.tolist()
            at = bisect_right(lane[0], s_m + 1e-6) - 1
            limits.append(lane[1][max(at, 0)])
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
