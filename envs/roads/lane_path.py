"""From a chain of lanes to one smooth line: the centre of the ego lane, sampled evenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import RouteError
from wormdrive.envs.roads.lane_graph import LaneNode
from wormdrive.envs.roads.lane_overlap import COURSE, OWNER, connected_points

__all__ = ["MIN_LENGTH_M", "LanePath", "Visit", "lay_path"]

Array = NDArray[np.float64]

MIN_LENGTH_M: Final = 20.0
"""A shorter stretch is no route."""
FINE_M: Final = 0.125
"""Distance between the points on which lanes are evaluated."""
KERNEL_M: Final = 1.0
"""Headings are averaged over +- this distance (a triangle): kinks of the file become short bends, arcs stay exact."""
KINK_RAD: Final = 0.01
"""Jumps of the heading by more than this are rounded; the kernel is enough for smaller ones."""
KINK_CURVATURE: Final = 0.05
"""Curvature of the arcs that replace kinks [1/m]."""
KINK_HALF_M: Final = (1.0, 8.0)
"""Least and greatest half length of such an arc."""


@dataclass(frozen=True, eq=False)
class Visit:
    """A stretch of one lane, driven from station ``enter_s`` to ``leave_s`` of its road (falling against s)."""

    node: LaneNode
    enter_s: float
    leave_s: float


@dataclass(frozen=True, eq=False)
class LanePath:
    """Even samples of the lane centre; (n,) arrays, see ``Route``.

    ``visit`` is the index of the visit in which a sample lies, ``road_s`` the station of its road there; ``aside_m`` is
    how far to the left of the lane's true centre the line runs, where gaps were closed or kinks rounded.
    """

    x: Array
    y: Array
    z: Array
    heading_rad: Array
    curvature: Array
    bank_rad: Array
    half_width_m: Array
    aside_m: Array
    speed_limit_mps: Array
    visit: NDArray[np.intp]
    road_s: Array


def lay_path(visits: list[Visit], length_m: float, spacing_m: float) -> LanePath:
    """Sample the lanes' centres every ``spacing_m`` over at most ``length_m``.

    Raises
    ------
    RouteError
        The lanes are shorter than ``MIN_LENGTH_M``.
    """
    points = connected_points([_fine_points(visit, number) for number, visit in enumerate(visits)], FINE_M)
    x, y, z, bank, width, limit, road_s, true_x, true_y = points[:COURSE]
    owner = points[OWNER].astype(np.intp)
    steps = np.hypot(np.diff(x), np.diff(y))
    kept = np.concatenate([[True], steps > 1e-6])  # lanes share the point where they meet
    columns = (x, y, z, bank, width, limit, road_s, true_x, true_y)
    x, y, z, bank, width, limit, road_s, true_x, true_y = (column[kept] for column in columns)
    owner = owner[kept]
    drawn = float(np.hypot(np.diff(x), np.diff(y)).sum())
    if drawn < MIN_LENGTH_M - 0.5:  # files say 20 m and draw a little less
        raise RouteError(f"no driving lane goes on for {MIN_LENGTH_M:g} m; the best is {drawn:.1f} m")
    x, y = _round_kinks(x, y)
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
    aside = np.interp(s, along, y - true_y) * np.cos(heading) - np.interp(s, along, x - true_x) * np.sin(heading)
    return LanePath(
        x=np.interp(s, along, x),
        y=np.interp(s, along, y),
        z=np.interp(s, along, z),
        heading_rad=heading,
        curvature=curvature,
        bank_rad=np.interp(s, along, bank),
        half_width_m=0.5 * np.interp(s, along, width),
        aside_m=aside,
        speed_limit_mps=limit[nearest],
        visit=owner[nearest],
        road_s=road_s[nearest] + np.where(same, np.clip(part, 0.0, 1.0), 0.0) * (road_s[following] - road_s[nearest]),
    )


def _fine_points(visit: Visit, number: int) -> Array:
    """Rows x, y, z, bank, width, speed limit, station of the road, x and y again, ``COURSE``, ``OWNER``.

    In the order of travel.
    """
    node = visit.node
    span = abs(visit.leave_s - visit.enter_s)
    stretch = node.length_m / max(node.section.length_m, 1e-9)  # of the lane against the reference line
    count = max(int(np.ceil(span * np.clip(stretch, 0.1, 3.0) / FINE_M)), 1) + 1
    s = np.linspace(visit.enter_s, visit.leave_s, count)
    profile = node.road.profile(node.section, s)
    centre = node.road.centre_of(profile, node.section, node.lane)
    bank = node.road.superelevation(s) * (1.0 if node.forward else -1.0)
    limit = node.road.speed_limit(node.section, node.lane, s)
    course = profile.heading_rad + (0.0 if node.forward else np.pi)
    owner = np.full(count, float(number))
    rows = (centre.x, centre.y, centre.z, bank, centre.width_m, limit, s, centre.x, centre.y, course, owner)
    return np.stack(rows)


def _round_kinks(x: Array, y: Array) -> tuple[Array, Array]:
    """Round the kinks of lines that were drawn from straight pieces.

    A kink of angle a at station S becomes an arc over +- w: the line is shifted by a (w - |s - S|)^2 / 4 w along its
    normal, at most a w / 4, which takes the jump out of the heading.
    """
    steps = np.hypot(np.diff(x), np.diff(y))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    heading = np.unwrap(np.arctan2(np.diff(y), np.diff(x)))
    turns = np.diff(heading)
    if len(turns) < 3 or turns.max() - turns.min() <= KINK_RAD:  # then none can differ from its neighbours by more
        return x, y
    beside = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(turns, 3, mode="edge"), 7), axis=1)
    kinks = np.flatnonzero(np.abs(turns - beside) > KINK_RAD) + 1
    if not len(kinks):
        return x, y
    shift = np.zeros_like(x)
    correction = np.zeros_like(x)  # of the heading
    for point in kinks:
        angle = turns[point - 1] - beside[point - 1]
        half = float(np.clip(abs(angle) / (2.0 * KINK_CURVATURE), *KINK_HALF_M))
        near = slice(*np.searchsorted(along, [along[point] - half, along[point] + half]))
        d = along[near] - along[point]
        shift[near] += angle * (half - np.abs(d)) ** 2 / (4.0 * half)
        correction[near] += angle * ((d + half) / (2.0 * half) - np.heaviside(d, 0.5))
    at_points = np.concatenate([heading[:1], 0.5 * (heading[1:] + heading[:-1]), heading[-1:]]) + correction
    return x - shift * np.sin(at_points), y + shift * np.cos(at_points)


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
