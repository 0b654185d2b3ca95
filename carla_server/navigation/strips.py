"""Strips: the bands of every road cut into polygons, those left out that lie on another road."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.bands import Bands, Customs, bands_of, customs_of
from wormdrive.carla_server.navigation.crossings import Spans, crossings_of
from wormdrive.carla_server.navigation.mesh import Area
from wormdrive.carla_server.navigation.mesh_builder import NavMeshBuilder
from wormdrive.carla_server.navigation.stations import chosen_stations
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Profile, Road
from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["lay_strips"]

STEP_M: Final = 1.0
"""From one look at the road to the next in junctions; twice that elsewhere."""
FINE_M: Final = 100_000.0
"""Where a map has more road, looks are farther apart: the time that it takes is bounded."""
ACROSS: Final = (0.15, 0.85)
"""Parts of a band's width at which is looked whether another road is there."""
CELL_M: Final = 1.0
LEVEL_M: Final = 3.0
"""Strips of junctions whose points share a cell of such size and height lie on one another."""
_ON_FOOT: Final = (Area.PAVEMENT, Area.GRASS)


class _Laying:
    def __init__(self, road_map: RoadMap, index: PlaceIndex) -> None:
        self.builder = NavMeshBuilder()
        self._index = index
        self._customs: Customs = customs_of(road_map)
        self._crossings = crossings_of(road_map, index)
        self._step = STEP_M * max(1.0, road_map.length_m / FINE_M)
        self._taken: set[tuple[int, int, int]] = set()

    def lay(self, road: Road, section: LaneSection) -> None:
        """Lay one section's strips."""
        spans = self._crossings.get(road.id, [])
        s = _stations(section, self._step if road.junction_id is not None else 2.0 * self._step, spans)
        profile = road.profile(section, s)
        bands = bands_of(road, section, profile.borders_t, self._customs)
        curves = np.stack(np.broadcast_arrays(*profile.surface(bands.borders_t)), axis=-1)
        barred = np.zeros((len(bands.areas), len(s)), np.bool_)
        for row, (area, made) in enumerate(zip(bands.areas, bands.made, strict=True)):
            if area in _ON_FOOT:
                barred[row] = self._barred(profile, bands, row, made, shared=road.junction_id is not None)
            elif area == Area.BLOCKED:
                barred[row] = True
        open_m = ~(barred[:, 1:] | barred[:, :-1])
        needed = np.zeros(len(s), np.bool_)
        needed[[0, -1]] = True
        needed[1:-1] = (open_m[:, 1:] != open_m[:, :-1]).any(axis=0)
        for span in spans:
            needed |= np.isin(s, span)
        self._cut(s, curves, bands, open_m, needed, spans, loose=road.junction_id is not None)

    def _barred(self, profile: Profile, bands: Bands, row: int, made: bool, shared: bool) -> NDArray[np.bool_]:
        """Say at which stations a band lies on a carriageway, or a verge on any lane at all."""
        low, high = bands.borders_t[row], bands.borders_t[row + 1]
        points = [profile.surface(low + part * (high - low)) for part in ACROSS]
        x, y, z = (np.concatenate(values) for values in zip(*points, strict=True))
        found = self._index.locate(x, y, z)
        on = found.on_driving_lane if made else found.on_lane
        barred = on.reshape(len(ACROSS), -1).any(axis=0) | (high - low < 0.2)
        if shared:
            cells = np.floor(np.stack([x / CELL_M, y / CELL_M, z / LEVEL_M], axis=1)).astype(np.int64)
            keys = list(zip(*cells.T.tolist(), strict=True))
            there = np.array([key in self._taken for key in keys]).reshape(len(ACROSS), -1)
            barred |= there.all(axis=0)
            free = np.tile(~barred, len(ACROSS)).tolist()
            self._taken.update(key for key, good in zip(keys, free, strict=True) if good)
        return np.asarray(barred)

    def _cut(
        self,
        s: NDArray[np.float64],
        curves: NDArray[np.float64],
        bands: Bands,
        open_m: NDArray[np.bool_],
        needed: NDArray[np.bool_],
        spans: Spans,
        loose: bool,
    ) -> None:
        if not open_m.any():
            return
        used = np.flatnonzero(
            np.concatenate([[False], open_m.any(axis=1)]) | np.concatenate([open_m.any(axis=1), [False]])
        )
        chosen = chosen_stations(s, curves[used], needed)
        first = self.builder.add_vertices(curves[:, chosen].reshape(-1, 3))
        numbers = first + np.arange(len(curves) * len(chosen)).reshape(len(curves), len(chosen))
        middle = 0.5 * (s[chosen[1:]] + s[chosen[:-1]])
        crossed = np.zeros(len(middle), np.bool_)
        for begin, end in spans:
            crossed |= (middle > begin) & (middle < end)
        for row, area in enumerate(bands.areas):
            clear = open_m[row, chosen[:-1]]
            low, high = numbers[row], numbers[row + 1]
            quads = np.stack([low[:-1], low[1:], high[1:], high[:-1]], axis=1)
            if area == Area.ROAD:
                self.builder.add_quads(quads[clear & crossed], Area.CROSSWALK)
                self.builder.add_quads(quads[clear & ~crossed], area)
            else:
                self.builder.add_quads(quads[clear], area)
            padded = np.concatenate([[False], clear, [False]])
            begins = np.flatnonzero(padded[1:] & ~padded[:-1])
            ends = np.flatnonzero(~padded[1:] & padded[:-1])
            self.builder.add_ends(np.stack([high[begins], low[begins]], axis=1), area, loose)
            self.builder.add_ends(np.stack([low[ends], high[ends]], axis=1), area, loose)


def lay_strips(road_map: RoadMap, index: PlaceIndex) -> NavMeshBuilder:
    """Lay the strips of all roads; in junctions the shortest ways first, as they lie outermost."""
    laying = _Laying(road_map, index)
    roads = sorted(road_map.roads.values(), key=lambda road: (road.junction_id is not None, _order(road)))
    for road in roads:
        for section in road.sections:
            laying.lay(road, section)
    return laying.builder


def _order(road: Road) -> tuple[bool, float]:
    paved = any(lane.kind == "sidewalk" for section in road.sections for lane in section.lanes)
    return not paved, road.length_m


def _stations(section: LaneSection, step_m: float, spans: Spans) -> NDArray[np.float64]:
    steps = int(np.clip(np.ceil(section.length_m / step_m), 4, 200_000))
    s = np.linspace(section.start_s, section.end_s, steps + 1)
    inner = [v for span in spans for v in span if section.start_s < v < section.end_s]
    return np.unique(np.concatenate([s, inner]))
