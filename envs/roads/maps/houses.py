"""Houses: buildings along streets as objects of a map, off all roads and pavements, by a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.maps.alignment import Geometry
from wormdrive.envs.roads.maps.road_specs import ObjectSpec, RoadSpec

__all__ = ["with_houses"]

_STEP_M: Final = 2.0
_CLEAR_M: Final = 1.5
"""Least distance from a pavement to a wall."""
_APART_M: Final = 3.0
"""Least distance between two buildings."""
_EMPTY_LOTS: Final = 0.10
_ENDS_M: Final = 4.0
"""From a street's ends to the first wall."""


def with_houses(roads: list[RoadSpec], has_flats: Callable[[RoadSpec], bool], seed: int) -> list[RoadSpec]:
    """Put houses, or flats, along both sides of all roads that do not lead through a junction.

    The front is where its own right-hand side is: the house's heading is turned against the road's on its right.
    """
    draw = random.Random(seed)
    near = _Kept(roads)
    done = []
    for road in roads:
        buildings: list[ObjectSpec] = []
        if road.junction == "-1":
            flats = has_flats(road)
            for side in (1, -1):
                buildings += _row(road, side, flats, draw, near, len(buildings))
        done.append(replace(road, objects=(*road.objects, *buildings)))
    return done


def _row(road: RoadSpec, side: int, flats: bool, draw: random.Random, kept: _Kept, taken: int) -> list[ObjectSpec]:
    edge = sum(lane.width_m for lane in road.sections[0].lanes if lane.id * side > 0)
    found: list[ObjectSpec] = []
    s = _ENDS_M
    while True:
        length, depth, height = _size(flats, draw)
        setback = round(draw.uniform(2.5, 4.0) if flats else draw.uniform(4.0, 7.5), 1)
        gap, empty = draw.uniform(3.5, 9.0), draw.random() < _EMPTY_LOTS
        middle = round(s + 0.5 * length, 1)
        if middle + 0.5 * length > road.length_m - _ENDS_M:
            return found
        t = round(side * (edge + setback + 0.5 * depth), 1)
        if not empty and kept.add(*_place(road.geometries, middle, t), length, depth):
            found.append(
                ObjectSpec(
                    id=f"9{int(road.id):03d}{taken + len(found):03d}",
                    name="flats" if flats else "house",
                    kind="building",
                    subtype="flat_roof" if flats else "gable_roof",
                    s=middle,
                    t=t,
                    heading_rad=0.0 if side > 0 else round(math.pi, 6),
                    length_m=length,
                    width_m=depth,
                    height_m=height,
                )
            )
        s += length + gap


def _size(flats: bool, draw: random.Random) -> tuple[float, float, float]:
    """Length along the street, depth and height."""
    if flats:
        storeys = draw.choice((3, 4, 4, 5))
        return round(draw.uniform(15.0, 24.0), 1), round(draw.uniform(11.0, 13.0), 1), round(3.1 * storeys + 1.6, 1)
    storeys = draw.choice((1, 2, 2))
    return round(draw.uniform(9.0, 13.5), 1), round(draw.uniform(8.0, 10.0), 1), round(2.9 * storeys + 3.2, 1)


class _Kept:
    """Room that is taken: by roads with their pavements, and by buildings that stand already."""

    def __init__(self, roads: list[RoadSpec]) -> None:
        parts = []
        for road in roads:
            half = max(sum(lane.width_m for lane in road.sections[0].lanes if lane.id * side > 0) for side in (1, -1))
            stations = np.arange(0.0, road.length_m, _STEP_M)
            places = [_place(road.geometries, float(s), 0.0)[:2] for s in stations]
            parts.append(np.column_stack([np.array(places), np.full(len(places), half)]))
        self._roads = np.concatenate(parts)
        self._buildings: list[NDArray[np.float64]] = []

    def add(self, x: float, y: float, heading: float, length: float, depth: float) -> bool:
        """Take the room of a building, if it is free."""
        grid = [(u * length, v * depth) for u in np.linspace(-0.5, 0.5, 9) for v in np.linspace(-0.5, 0.5, 7)]
        cos, sin = math.cos(heading), math.sin(heading)
        points = np.array([(x + cos * u - sin * v, y + sin * u + cos * v) for u, v in grid])
        near = self._roads[np.hypot(self._roads[:, 0] - x, self._roads[:, 1] - y) < 45.0]
        away = np.hypot(points[:, None, 0] - near[:, 0], points[:, None, 1] - near[:, 1]) - near[:, 2]
        if away.min(initial=1e9) < _CLEAR_M:
            return False
        for other in self._buildings:
            if np.hypot(*(other[0] - points[0])) < 80.0 and (
                np.hypot(points[:, None, 0] - other[:, 0], points[:, None, 1] - other[:, 1]).min() < _APART_M
            ):
                return False
        self._buildings.append(points)
        return True


def _place(line: tuple[Geometry, ...], s: float, t: float) -> tuple[float, float, float]:
    """x, y and heading beside a road."""
    part = next((g for g in reversed(line) if g.s <= s), line[0])
    local = part.curve.at(np.array([s - part.s]))
    u, v, turn = float(local.u[0]), float(local.v[0]), float(local.heading_rad[0])
    cos, sin = math.cos(part.pose.heading_rad), math.sin(part.pose.heading_rad)
    heading = part.pose.heading_rad + turn
    x, y = part.pose.x + cos * u - sin * v, part.pose.y + sin * u + cos * v
    return x - t * math.sin(heading), y + t * math.cos(heading), heading
