"""Road table: the routes of many worlds packed into flat arrays, as kernels want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.cruise_control import SPACING_M, speed_profile

__all__ = ["BANK", "CURVATURE", "HEADING", "LEFT", "RIGHT", "SPACING_M", "RoadTable", "X", "Y", "Z"]

X, Y, Z, HEADING, CURVATURE, BANK, LEFT, RIGHT = range(8)
"""Columns of ``RoadTable.points``."""


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
        self._users: dict[int, int] = {}  # slots by id(route); no stale id, since its slots keep the route alive
        self._start: dict[int, int] = {}
        self._used = 0
        self._live = 0

    def assign(self, routes: dict[int, Route]) -> None:
        """Put each route into its slot; identical routes share their points.

        A new route goes behind the others, so that a reset costs as much as its own route and not as all of them; the
        table is packed anew when more than half of it is left over.
        """
        self.version += 1
        for slot, route in routes.items():
            if self.routes[slot] is route:
                continue
            self._leave(slot)
            if id(route) not in self._start:
                self._append(route)
            self._users[id(route)] = self._users.get(id(route), 0) + 1
            self.routes[slot] = route
            self.first[slot] = self._start[id(route)]
            self.count[slot] = len(route.x)

    def _leave(self, slot: int) -> None:
        route = self.routes[slot]
        if route is None:
            return
        self.routes[slot] = None
        self._users[id(route)] -= 1
        if not self._users[id(route)]:
            del self._users[id(route)], self._start[id(route)]
            self._live -= len(route.x)

    def _append(self, route: Route) -> None:
        length = len(route.x)
        if self._used + length > len(self.points):
            self._pack(self._live + length)
        rows = slice(self._used, self._used + length)
        self.points[rows] = _columns(route)
        self.profile[rows] = speed_profile(route)
        self._start[id(route)] = self._used
        self._used += length
        self._live += length

    def _pack(self, needed: int) -> None:
        """Move what is alive to the front of arrays with room for twice what is needed."""
        points = np.zeros((2 * needed, 8))
        profile = np.zeros((2 * needed, 2))
        used = 0
        moved: dict[int, int] = {}
        for slot, route in enumerate(self.routes):
            if route is None:
                continue
            if id(route) not in moved:
                old = slice(self._start[id(route)], self._start[id(route)] + len(route.x))
                points[used : used + len(route.x)] = self.points[old]
                profile[used : used + len(route.x)] = self.profile[old]
                moved[id(route)] = used
                used += len(route.x)
            self.first[slot] = moved[id(route)]
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
