"""From a chain of lanes to one smooth line: the centre of the ego lane, sampled evenly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.lane_graph import LaneNode

__all__ = ["LanePath", "Visit", "lay_path"]

Array = NDArray[np.float64]

FINE_M: Final = 0.125
"""Distance between the points on which lanes are evaluated."""
KERNEL_M: Final = 1.0
"""Headings are averaged over +- this distance (a triangle): kinks of the file become short bends, arcs stay exact."""
BLEND_M: Final = 10.0
"""A gap between two lanes is closed by shifting both sides over this distance."""


@dataclass(frozen=True, eq=False)
class Visit:
    """A stretch of one lane, driven from station ``enter_s`` to ``leave_s`` of its road (falling against s)."""

    node: LaneNode
    enter_s: float
    leave_s: float


@dataclass(frozen=True, eq=False)
class LanePath:
    """Even samples of the lane centre; (n,) arrays, see ``Route``.

    ``visit`` is the index of the visit in which a sample lies, ``road_s`` the station of its road there.
    """

    x: Array
    y: Array
    z: Array
    heading_rad: Array
    curvature: Array
    bank_rad: Array
    half_width_m: Array
    speed_limit_mps: Array
    visit: NDArray[np.intp]
    road_s: Array


def lay_path(visits: list[Visit], length_m: float, spacing_m: float) -> LanePath:
    """Sample the lanes' centres every ``spacing_m`` over at most ``length_m``."""
    fine = [_fine_points(visit) for visit in visits]
    _close_gaps(fine)
    x, y, z, bank, width, limit, road_s = np.concatenate(fine, axis=1)
    owner = np.repeat(np.arange(len(fine)), [points.shape[1] for points in fine])
    steps = np.hypot(np.diff(x), np.diff(y))
    kept = np.concatenate([[True], steps > 1e-6])  # lanes share the point where they meet
    x, y, z, bank, width, limit, road_s, owner = (v[kept] for v in (x, y, z, bank, width, limit, road_s, owner))
    chord: Array = np.hypot(np.diff(x), np.diff(y))
    along: Array = np.concatenate([[0.0], np.cumsum(chord)])
    n = int(np.floor(min(length_m, along[-1]) / spacing_m + 1e-6)) + 1
    s: Array = np.arange(n, dtype=np.float64) * spacing_m
    heading, curvature = _smooth_heading(x, y, along, s)
    nearest = np.clip(np.searchsorted(along, s, side="right") - 1, 0, len(along) - 1)
    # a sample between the last point of one visit and the first of the next one takes the former's station
    following = np.minimum(nearest + 1, len(along) - 1)
    same = owner[following] == owner[nearest]
    part = (s - along[nearest]) / np.maximum(along[following] - along[nearest], 1e-9)
    return LanePath(
        x=np.interp(s, along, x),
        y=np.interp(s, along, y),
        z=np.interp(s, along, z),
        heading_rad=heading,
        curvature=curvature,
        bank_rad=np.interp(s, along, bank),
        half_width_m=0.5 * np.interp(s, along, width),
        speed_limit_mps=limit[nearest],
        visit=owner[nearest],
        road_s=road_s[nearest] + np.where(same, np.clip(part, 0.0, 1.0), 0.0) * (road_s[following] - road_s[nearest]),
    )


def _fine_points(visit: Visit) -> Array:
    """Rows x, y, z, bank, width, speed limit, station of the road; in the order of travel."""
    node = visit.node
    span = abs(visit.leave_s - visit.enter_s)
    stretch = node.length_m / max(node.section.length_m, 1e-9)  # of the lane against the reference line
    count = max(int(np.ceil(span * max(stretch, 0.1) / FINE_M)), 1) + 1
    s = np.linspace(visit.enter_s, visit.leave_s, count)
    centre = node.road.lane_centre(node.section, node.lane, s)
    bank = node.road.superelevation(s) * (1.0 if node.forward else -1.0)
    limit = node.road.speed_limit(node.section, node.lane, s)
    return np.stack([centre.x, centre.y, centre.z, bank, centre.width_m, limit, s])


def _close_gaps(fine: list[Array]) -> None:
    """Shift the points on both sides of each joint so that they meet half-way, less and less with the distance."""
    for earlier, later in pairwise(fine):
        gap = later[:3, :1] - earlier[:3, -1:]
        if np.abs(gap).max() < 1e-6:
            continue
        for points, share, away in ((earlier, 0.5, slice(None, None, -1)), (later, -0.5, slice(None))):
            steps = np.hypot(np.diff(points[0, away]), np.diff(points[1, away]))
            distance = np.concatenate([[0.0], np.cumsum(steps)])
            r = np.clip(distance / min(BLEND_M, max(float(distance[-1]) * 0.5, 1e-6)), 0.0, 1.0)
            fade = 1.0 - r * r * r * (10.0 - r * (15.0 - 6.0 * r))
            points[:3, away] += share * gap * fade


def _smooth_heading(x: Array, y: Array, along: Array, s: Array) -> tuple[Array, Array]:
    """Heading averaged with a triangular kernel, and its derivative, at stations ``s``.

    Averaging headings rather than positions leaves arcs exact, and curvature is the very derivative of the heading.
    """
    heading = np.unwrap(np.arctan2(np.diff(y), np.diff(x)))
    middle: Array = 0.5 * (along[1:] + along[:-1])
    reach = round(KERNEL_M / FINE_M)
    cells = int(np.ceil(s[-1] / FINE_M)) + reach
    grid: Array = np.arange(-reach - 1, cells + 2, dtype=np.float64) * FINE_M
    raw = _extended(grid, middle, heading)
    kernel = (reach + 1.0) - np.abs(np.arange(-reach, reach + 1))
    smooth = np.convolve(raw, kernel / kernel.sum(), mode="valid")
    grid = grid[reach:-reach]
    slope = np.gradient(smooth, FINE_M)
    return np.interp(s, grid, smooth), np.interp(s, grid, slope)


def _extended(grid: Array, middle: Array, heading: Array) -> Array:
    """Interpolate; beyond the ends reflect through the end point, which continues an arc."""
    first, last = middle[0], middle[-1]
    inner = np.interp(np.clip(np.where(grid < first, 2 * first - grid, grid), first, last), middle, heading)
    inner = np.where(grid > last, np.interp(np.clip(2 * last - grid, first, last), middle, heading), inner)
    start, end = heading[0], heading[-1]
    return np.asarray(np.where(grid < first, 2 * start - inner, np.where(grid > last, 2 * end - inner, inner)))
