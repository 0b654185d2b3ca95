"""Bands: what lies beside what across a road, for somebody on foot.

From right to left: verge, pavement, carriageway (all that lies between pavements), pavement, verge. Verges are strips
of ground beside roads that have no pavement there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import Area
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["VERGE_M", "Bands", "Customs", "bands_of", "customs_of"]

Array = NDArray[np.float64]

PAVEMENTS: Final = frozenset({"sidewalk", "walking"})
WILD: Final = frozenset({"none", "grass", ""})
"""Lane types that are ground like any other where they lie outermost."""
VERGE_GAP_M: Final = 0.4
"""From the edge of the road to the verge."""
VERGE_M: Final = 1.8
SHY_M: Final = 0.2
"""People keep so far from a pavement's outer edge; from that of a narrow one, an eighth of its width."""
PAVED_SHARE: Final = 0.03
"""Of the roads' sides: where fewer have a pavement, people walk on verges, too."""
NO_CROSSING: Final = frozenset({"motorway"})
"""Types of road that nobody crosses on foot."""


@dataclass(frozen=True)
class Customs:
    """How people walk on a map: ``verge`` is what a verge is to them."""

    verge: Area


@dataclass(frozen=True, eq=False)
class Bands:
    """A road's bands in one lane section, from right to left.

    Attributes
    ----------
    areas:
        One ``Area`` for each band; ``BLOCKED`` for what nobody walks on.
    made:
        Whether a band is a lane of the file rather than a verge that we put there.
    borders_t:
        (bands + 1, n) lateral coordinates [m] at the stations asked for, rising.
    """

    areas: tuple[Area, ...]
    made: tuple[bool, ...]
    borders_t: Array


def customs_of(road_map: RoadMap) -> Customs:
    """Find out whether verges are where people walk or but the way from one pavement to the next."""
    paved = sides = 0.0
    for road in road_map.roads.values():
        if road.junction_id is None and road.kind not in NO_CROSSING:
            for section in road.sections:
                sides += 2.0 * section.length_m
                paved += section.length_m * sum(lane.kind in PAVEMENTS for lane in section.lanes)
    return Customs(Area.GRASS if paved > PAVED_SHARE * sides else Area.PAVEMENT)


def bands_of(road: Road, section: LaneSection, borders_t: Array, customs: Customs) -> Bands:
    """Sort a section's lanes into bands; ``borders_t`` are those of its lanes."""
    kinds = [lane.kind for lane in section.lanes]
    first, last = 0, len(kinds)
    while first < last and kinds[first] in WILD:
        first += 1
    while first < last and kinds[last - 1] in WILD:
        last -= 1
    if first == last:
        return Bands((), (), borders_t[first : first + 1])
    between = Area.BLOCKED if road.kind in NO_CROSSING or road.junction_id is not None else Area.ROAD
    areas: list[Area] = []
    borders: list[Array] = [borders_t[first]]
    for row in range(first, last):
        area = Area.PAVEMENT if kinds[row] in PAVEMENTS else between
        if areas and areas[-1] == area != Area.PAVEMENT:
            borders[-1] = borders_t[row + 1]
        else:
            areas.append(area)
            borders.append(borders_t[row + 1])
    made = [True] * len(areas)
    if areas[0] == Area.PAVEMENT:
        borders[0] = borders[0] + _shy_of(borders[0], borders[1])
    else:
        borders[0] = borders[0] - VERGE_GAP_M
        areas.insert(0, customs.verge)
        made.insert(0, False)
        borders.insert(0, borders[0] - VERGE_M)
    if areas[-1] == Area.PAVEMENT:
        borders[-1] = borders[-1] - _shy_of(borders[-2], borders[-1])
    else:
        borders[-1] = borders[-1] + VERGE_GAP_M
        areas.append(customs.verge)
        made.append(False)
        borders.append(borders[-1] + VERGE_M)
    return Bands(tuple(areas), tuple(made), np.array(borders))


def _shy_of(low: Array, high: Array) -> Array:
    """How far people keep from the outer edge of a pavement between two borders [m]."""
    return np.asarray(np.minimum(SHY_M, (high - low) / 8.0))
