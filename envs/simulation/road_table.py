"""Road table: the routes of many worlds packed into flat arrays, as kernels want them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS, SPACING_M, speed_profile

__all__ = ["BANK", "CURVATURE", "HEADING", "LEFT", "RIGHT", "SPACING_M", "RoadTable", "X", "Y", "Z"]

X, Y, Z, HEADING, CURVATURE, BANK, LEFT, RIGHT = range(8)
"""Columns of ``RoadTable.points``."""
_USUAL: Final[Mapping[int, float]] = MappingProxyType({})
_Key: TypeAlias = tuple[Route, float]
"""A route, this very one, and the cruising speed on it [m/s]; not its id, which a copy of the table would outlive."""


class RoadTable:
    """Routes by slot; a slot is re-used when its world is reset on another route.

    Attributes
    ----------
    points:
        (P, 8) float64: all routes one behind the other; columns X ... RIGHT. Rows that no slot refers to mean nothing.
    profile:
        (P, 2) float64: squared speeds for the cruise control, see ``cruise_control.speed_profile``.
    first, count:
        (slots,) int64: where in ``points`` a slot's route begins, and how many samples it has.
    routes:
        The route of each slot.
    version:
        Changes whenever a slot changes.
    """

    def __init__(self, slots: int) -> None:
        self.points: NDArray[np.float64] = np.zeros((0, 8))
        self.profile: NDArray[np.float64] = np.zeros((0, 2))
        self.first: NDArray[np.int64] = np.zeros(slots, np.int64)
        self.count: NDArray[np.int64] = np.zeros(slots, np.int64)
        self.routes: list[Route | None] = [None] * slots
        self.version = 0
        self._cruising_mps = [CRUISING_MPS] * slots
        self._users: dict[_Key, int] = {}
        self._start: dict[_Key, int] = {}
        self._used = 0
        self._live = 0

    def assign(self, routes: dict[int, Route], cruising_mps: Mapping[int, float] = _USUAL) -> None:
        """Put each route into its slot; identical routes share their points.

        ``cruising_mps`` [m/s] is what the cruise control wants on the open road, by slot, where it is not the usual.

        A new route goes behind the others, so that a reset costs as much as its own route and not as all of them; the
        table is packed anew when more than half of it is left over.
        """
        self.version += 1
        for slot, route in routes.items():
            key = route, cruising_mps.get(slot, CRUISING_MPS)
            if self.routes[slot] is route and self._cruising_mps[slot] == key[1]:
                continue
            self._leave(slot)
            if key not in self._start:
                self._append(route, key)
            self._users[key] = self._users.get(key, 0) + 1
            self.routes[slot], self._cruising_mps[slot] = route, key[1]
            self.first[slot] = self._start[key]
            self.count[slot] = len(route.x)

    def _leave(self, slot: int) -> None:
        route = self.routes[slot]
        if route is None:
            return
        key = route, self._cruising_mps[slot]
        self.routes[slot] = None
        self._users[key] -= 1
        if not self._users[key]:
            del self._users[key], self._start[key]
            self._live -= len(route.x)

    def _append(self, route: Route, key: _Key) -> None:
        length = len(route.x)
        if self._used + length > len(self.points):
            self._pack(self._live + length)
        rows = slice(self._used, self._used + length)
        self.points[rows] = _columns(route)
        self.profile[rows] = speed_profile(route, key[1])
        self._start[key] = self._used
        self._used += length
        self._live += length

    def _pack(self, needed: int) -> None:
        """Move what is alive to the front of arrays with room for twice what is needed."""
        points = np.zeros((2 * needed, 8))
        profile = np.zeros((2 * needed, 2))
        used = 0
        moved: dict[_Key, int] = {}
        for slot, route in enumerate(self.routes):
            if route is None:
                continue
            key = route, self._cruising_mps[slot]
            if key not in moved:
                old = slice(self._start[key], self._start[key] + len(route.x))
                points[used : used + len(route.x)] = self.points[old]
                profile[used : used + len(route.x)] = self.profile[old]
                moved[key] = used
                used += len(route.x)
            self.first[slot] = moved[key]
        self.points, self.profile, self._start, self._used = points, profile, moved, used


def _columns(route: Route) -> NDArray[np.float64]:
    columns = (
        route.x,
        route.y,
        route.z,
        route.heading_rad,
        route.curvature,
        route.bank_rad,
        route.left_m,
        route.right_m,
    )
    return np.stack(columns, axis=1)
