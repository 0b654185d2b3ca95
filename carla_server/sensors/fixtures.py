"""Fixtures: what stands for ever beside the roads of a map, and is painted on them, as cameras are told of it.

Traffic lights and signs with their posts, stop lines, crosswalks, and the map's buildings. The list is made once; a
camera is given those near it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode

if TYPE_CHECKING:
    from wormdrive.carla_server.world.fixture_list import FixtureList
    from wormdrive.envs.rendering.scene import Cars

__all__ = ["FixtureScenery"]

_CELL_M: Final = 16.0
_MOST_CELLS: Final = 256
_HIGH_M: Final = 25.0
"""At this height above what stands next to it, a camera sees more at once."""
_REACH_M: Final = (90.0, 140.0, 260.0)
_MOST: Final = (40, 60, 60)
"""Of marks on the road, of what stands beside it, of buildings: how far from a camera, and how many at most."""
_MORE_FROM_ABOVE: Final = 4


class FixtureScenery:
    """The fixtures of an episode's map."""

    def __init__(self, episode: CarlaEpisode) -> None:
        self._episode = episode
        self._list: FixtureList | None = None
        self._ground: dict[tuple[int, int], float] = {}
        self._hidden: frozenset[int] = frozenset()
        self._near: dict[tuple[int, int, bool, bool], tuple[Cars, NDArray[np.int64], NDArray[np.int64]]] = {}

    def with_those_near(self, cars: Cars, pose: Pose, *, snow: bool) -> Cars:
        """Add what is near a camera; under ``snow`` nothing painted shows."""
        if self._list is None:
            from wormdrive.carla_server.world.fixture_list import FixtureList

            self._list = FixtureList(self._episode.world, [light.id for light in self._episode.lights])
        if not len(self._list.kind):
            return cars
        cell = math.floor(pose.x / _CELL_M), math.floor(pose.y / _CELL_M)
        hidden = self._episode.world.hidden.numbers
        if hidden is not self._hidden:
            self._hidden = hidden
            self._near.clear()
        key = *cell, pose.z > self._ground_of(self._list, *cell) + _HIGH_M, snow
        found = self._near.get(key)
        if found is None:
            if len(self._near) >= _MOST_CELLS:
                del self._near[next(iter(self._near))]
            found = self._near[key] = self._chosen(self._list, *key)
        near, heads, lights = found
        if not len(near.pose):
            return cars
        if len(heads):
            from wormdrive.envs.rendering.scene import Shape

            shape = near.shape.copy()
            shape[heads] = Shape.LIGHT + self._episode.world.lights.states()[lights]
            near = replace(near, shape=shape)
        return cars.joined(near)

    def _ground_of(self, known: FixtureList, column: int, row: int) -> float:
        """Return the height of what stands next to a cell [m]."""
        ground = self._ground.get((column, row))
        if ground is None:
            if len(self._ground) >= _MOST_CELLS:
                del self._ground[next(iter(self._ground))]
            x, y = (column + 0.5) * _CELL_M, (row + 0.5) * _CELL_M
            standing = known.cars.pose[known.kind != 0] if (known.kind != 0).any() else known.cars.pose
            next_to = np.hypot(standing[:, 0] - x, standing[:, 1] - y).argmin()
            ground = self._ground[column, row] = float(standing[next_to, 2])
        return ground

    def _chosen(
        self, known: FixtureList, column: int, row: int, high: bool, snow: bool
    ) -> tuple[Cars, NDArray[np.int64], NDArray[np.int64]]:
        """Return the nearest of each kind around a cell, and which of them are heads of which lights."""
        x, y = (column + 0.5) * _CELL_M, (row + 0.5) * _CELL_M
        away = np.hypot(known.cars.pose[:, 0] - x, known.cars.pose[:, 1] - y)
        shown = self._episode.world.hidden.shown(known.numbers)
        chosen = []
        for kind, (reach, most) in enumerate(zip(_REACH_M, _MOST, strict=True)):
            if kind == 0 and snow:
                continue
            more = _MORE_FROM_ABOVE if high else 1
            rows = np.flatnonzero(shown & (known.kind == kind) & (away < reach * more))
            chosen.append(rows[np.argsort(away[rows], kind="stable")][: most * more])
        rows = np.concatenate(chosen)
        heads = np.flatnonzero(known.light[rows] >= 0)
        return known.cars.chosen(rows), heads, known.light[rows][heads]
