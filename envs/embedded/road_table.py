"""RoadTable: the routes of many worlds packed into flat arrays, as kernels want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route

__all__ = ["BANK", "CURVATURE", "HEADING", "LEFT", "RIGHT", "SPACING_M", "RoadTable", "X", "Y", "Z"]

SPACING_M = 0.5
X, Y, Z, HEADING, CURVATURE, BANK, LEFT, RIGHT = range(8)
"""Columns of ``RoadTable.points``."""


class RoadTable:
    """Routes by slot; a slot is re-used when its world is reset on another route.

    Attributes
    ----------
    points:
        (P, 8) float64: all routes one behind the other; columns X ... RIGHT.
    first, count:
        (slots,) int64: where in ``points`` a slot's route begins, and how many samples it has.
    """

    def __init__(self, slots: int) -> None:
        self.points: NDArray[np.float64] = np.zeros((0, 8))
        self.first: NDArray[np.int64] = np.zeros(slots, np.int64)
        self.count: NDArray[np.int64] = np.zeros(slots, np.int64)
        self.routes: list[Route | None] = [None] * slots

    def assign(self, routes: dict[int, Route]) -> None:
        """Put each route into its slot and pack the table anew; identical routes share their points."""
        for slot, route in routes.items():
            self.routes[slot] = route
        blocks: list[NDArray[np.float64]] = []
        start: dict[int, int] = {}
        total = 0
        for slot, held in enumerate(self.routes):
            if held is None:
                continue
            if id(held) not in start:
                start[id(held)] = total
                blocks.append(_columns(held))
                total += len(held.x)
            self.first[slot] = start[id(held)]
            self.count[slot] = len(held.x)
        self.points = np.concatenate(blocks) if blocks else np.zeros((0, 8))


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
