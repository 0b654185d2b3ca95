"""Crossings: where people on foot cross a carriageway.

At crosswalks of the map; and, as maps seldom hold any, across the mouth of every road that ends in a junction.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.objects import read_objects
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["crossings_of"]

MOUTH_M: Final = (1.0, 4.5)
"""From the junction to the near and far side of a crossing at a road's mouth."""
SHORTEST_M: Final = 12.0
"""Shorter roads have none at their mouths."""
NARROWEST_M, WIDEST_M = 1.5, 12.0
"""What a crosswalk of the map may measure along the road; others are read as if they did."""
BROADEST_M: Final = 26.0
"""Roads that are broader at their mouths have no crossing there."""
NEAR_M: Final = 15.0
"""A crosswalk of the map so near to the mouth takes the place of ours."""
CLEAR_M: Final = 0.2
"""From a road's ends."""

Spans = list[tuple[float, float]]


def crossings_of(road_map: RoadMap, index: PlaceIndex) -> dict[str, Spans]:
    """Stations [m] from and to which each road is crossed, by the road's id; none overlap."""
    spans: dict[str, Spans] = {}
    for one in read_objects(road_map, frozenset({"crosswalk"})):
        place = index.locate([one.x_m], [one.y_m], [one.z_m])
        road = road_map.roads[index.road_ids[int(place.road[0])]]
        if road.junction_id is not None or place.outside_m[0] > NEAR_M:
            continue
        turn = one.heading_rad - float(place.heading_rad[0])
        across = abs(math.sin(turn)) > math.sqrt(0.5)  # files differ in what they call a crosswalk's length
        half = 0.5 * min(max(one.width_m if across else one.length_m, NARROWEST_M), WIDEST_M)
        _add(spans.setdefault(road.id, []), road, float(place.s_m[0]) - half, float(place.s_m[0]) + half)
    for road in road_map.roads.values():
        if road.junction_id is not None or road.length_m < SHORTEST_M:
            continue
        near, far = MOUTH_M
        for link, begin, end in (
            (road.predecessor, near, far),
            (road.successor, road.length_m - far, road.length_m - near),
        ):
            if link is None or link.kind != "junction":
                continue
            taken = spans.get(road.id, [])
            if _breadth_m(road, begin) < BROADEST_M and all(
                other[0] > end + NEAR_M or other[1] < begin - NEAR_M for other in taken
            ):
                _add(spans.setdefault(road.id, []), road, begin, end)
    return spans


def _breadth_m(road: Road, s_m: float) -> float:
    """From the outermost driving lane on one side to that on the other [m]."""
    section = next((section for section in road.sections if s_m <= section.end_s), road.sections[-1])
    rows = [row for row, lane in enumerate(section.lanes) if lane.drivable]
    borders = road.profile(section, np.array([s_m])).borders_t[:, 0]
    return float(borders[rows[-1] + 1] - borders[rows[0]]) if rows else 0.0


def _add(spans: Spans, road: Road, begin: float, end: float) -> None:
    begin, end = max(begin, CLEAR_M), min(end, road.length_m - CLEAR_M)
    if end - begin > 0.5 * NARROWEST_M and all(
        other[1] < begin - CLEAR_M or other[0] > end + CLEAR_M for other in spans
    ):
        spans.append((begin, end))
