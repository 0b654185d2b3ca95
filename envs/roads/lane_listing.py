"""The centres of a map's lanes as points at even stations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.road import LanePoints, Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["ListedLane", "lane_centres"]


@dataclass(frozen=True, eq=False)
class ListedLane:
    """One lane of one section, with points of its centre by rising s."""

    road: Road
    section: LaneSection
    lane: Lane
    points: LanePoints


def lane_centres(
    road_map: RoadMap, spacing_m: float, kinds: frozenset[str] = frozenset({"driving"})
) -> Iterator[ListedLane]:
    """Sample every lane of the given types at the multiples of the spacing along its road, and at its ends."""
    for road in road_map.roads.values():
        for section in road.sections:
            lanes = [lane for lane in section.lanes if lane.kind in kinds]
            if not lanes:
                continue
            profile = road.profile(section, _stations(section, spacing_m))
            for lane in lanes:
                yield ListedLane(road, section, lane, road.centre_of(profile, section, lane))


def _stations(section: LaneSection, spacing_m: float) -> NDArray[np.float64]:
    first = np.floor(section.start_s / spacing_m) + 1.0
    last = np.ceil(section.end_s / spacing_m)
    inner = np.arange(first, last, dtype=np.float64) * spacing_m
    inner = inner[(inner > section.start_s + 1e-6) & (inner < section.end_s - 1e-6)]
    return np.concatenate([[section.start_s], inner, [section.end_s]])
