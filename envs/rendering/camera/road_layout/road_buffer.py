"""Road buffer: the routes of a ``RoadTable`` as the camera's kernels read them, as much room for each slot.

Only slots whose route has changed are written, so that resetting one world of many costs little. Every route is
continued straight beyond its end, so that its last metres look like any others.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.camera.road_layout.clearance import room_beside
from wormdrive.envs.rendering.camera.road_layout.marks_table import MARK_FIELDS, SectionMarks, section_marks
from wormdrive.envs.rendering.camera.road_layout.strips import FIELDS, SectionRuns, section_runs
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.road_table import SPACING_M, RoadTable

__all__ = ["BANK", "CURVATURE", "HEADING", "ROOM_LEFT", "ROOM_RIGHT", "RoadArrays", "RoadBuffer", "X", "Y", "Z"]

X, Y, Z, HEADING, CURVATURE, BANK, ROOM_RIGHT, ROOM_LEFT = range(8)
"""Columns of ``RoadArrays.points``; ROOM: distance from the route's line within which nothing else passes [m]."""

_BEYOND_M = 260.0
_EASE_M = 25.0


class RoadArrays(NamedTuple):
    """What kernels read, first axis: slot.

    ``count`` (S,) int32 samples; ``points`` (S, P, 8) float64; ``section`` (S, P) int32; the rest as in
    ``SectionRuns`` and ``SectionMarks`` with the slot in front.
    """

    count: NDArray[np.int32]  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    points: NDArray[np.float64]
    section: NDArray[np.int32]
    run_count: NDArray[np.int32]
    run_edges: NDArray[np.float32]
    run_values: NDArray[np.float32]
    run_label: NDArray[np.uint8]
    run_seam: NDArray[np.uint8]
    block: NDArray[np.float32]
    mark_count: NDArray[np.int32]
    marks: NDArray[np.float32]


class _RouteArrays(NamedTuple):
    """What the buffer holds of one route."""

    points: NDArray[np.float64]
    section: NDArray[np.int32]
    runs: SectionRuns
    marks: SectionMarks


_known: WeakKeyDictionary[Route, _RouteArrays] = WeakKeyDictionary()


class RoadBuffer:
    """Keeps ``RoadArrays`` in step with a ``RoadTable``."""

    def __init__(self) -> None:
        self._held: list[Route | None] = []
        self.arrays = RoadArrays(
            np.zeros(0, np.int32),
            np.zeros((0, 0, 8)),
            np.zeros((0, 0), np.int32),
            np.zeros((0, 0), np.int32),
            np.zeros((0, 0, 0), np.float32),
            np.zeros((0, 0, 0, FIELDS), np.float32),
            np.zeros((0, 0, 0), np.uint8),
            np.zeros((0, 0, 0), np.uint8),
            np.zeros((0, 0, 2), np.float32),
            np.zeros((0, 0), np.int32),
            np.zeros((0, 0, 0, MARK_FIELDS), np.float32),
        )

    def follow(self, roads: RoadTable) -> RoadArrays:
        """Bring the arrays up to date with ``roads`` and return them."""
        slots = len(roads.routes)
        if len(self._held) != slots:
            self._held = [None] * slots
        for slot, route in enumerate(roads.routes):
            if route is not self._held[slot] and route is not None:
                self._write(slot, _route_arrays(route), slots)
                self._held[slot] = route
        return self.arrays

    def _write(self, slot: int, own: _RouteArrays, slots: int) -> None:
        parts: tuple[Any, ...] = (
            np.int32(len(own.points)),
            own.points,
            own.section,
            own.runs.count,
            own.runs.edges,
            own.runs.values,
            own.runs.label,
            own.runs.seam,
            own.runs.block,
            own.marks.count,
            own.marks.values,
        )
        held: tuple[NDArray[Any], ...] = tuple(self.arrays)
        self.arrays = RoadArrays(*(_fit(a, (slots, *p.shape)) for a, p in zip(held, parts, strict=True)))
        held = tuple(self.arrays)
        for array, part in zip(held, parts, strict=True):
            within: Any = (slot, *(slice(0, n) for n in part.shape))
            array[within] = part


def _fit(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Grow ``array`` so that ``shape`` fits, with room to spare along its second axis."""
    if array.shape[0] == shape[0] and all(a >= b for a, b in zip(array.shape, shape, strict=True)):
        return array
    wanted = [max(a, b) for a, b in zip(array.shape, shape, strict=True)]
    wanted[0] = shape[0]
    if len(wanted) > 1 and wanted[1] > array.shape[1]:
        wanted[1] += wanted[1] // 4
    grown = np.zeros(wanted, array.dtype)
    kept = tuple(slice(0, min(a, b)) for a, b in zip(array.shape, wanted, strict=True))
    grown[kept] = array[kept]
    return grown


def _route_arrays(route: Route) -> _RouteArrays:
    if route not in _known:
        if abs(route.spacing_m - SPACING_M) > 1e-9:
            raise ArgumentError(f"route.spacing_m={route.spacing_m!r}: allowed is {SPACING_M}")
        runs = section_runs(route.cross_sections)
        points, section = _continued(route)
        points[:, ROOM_RIGHT], points[:, ROOM_LEFT] = room_beside(points[:, X], points[:, Y], points[:, HEADING])
        _known[route] = _RouteArrays(points, section, runs, section_marks(route.cross_sections))
    return _known[route]


def _continued(route: Route) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    extra = int(_BEYOND_M / SPACING_M)
    n = len(route.x)
    along = SPACING_M * np.arange(1, extra + 1)
    ease = np.exp(-along / _EASE_M)
    curvature = route.curvature[-1] * ease
    heading = route.heading_rad[-1] + route.curvature[-1] * _EASE_M * (1.0 - ease)
    slope = (route.z[-1] - route.z[-2]) / SPACING_M if n > 1 else 0.0
    points = np.zeros((n + extra, 8))
    points[:n, X], points[:n, Y], points[:n, Z] = route.x, route.y, route.z
    points[:n, HEADING], points[:n, CURVATURE], points[:n, BANK] = route.heading_rad, route.curvature, route.bank_rad
    points[n:, X] = route.x[-1] + np.cumsum(np.cos(heading)) * SPACING_M
    points[n:, Y] = route.y[-1] + np.cumsum(np.sin(heading)) * SPACING_M
    points[n:, Z] = route.z[-1] + slope * _EASE_M * (1.0 - ease)
    points[n:, HEADING], points[n:, CURVATURE], points[n:, BANK] = heading, curvature, route.bank_rad[-1] * ease
    section = np.concatenate([route.section, np.full(extra, route.section[-1])]).astype(np.int32)
    return points, section
