"""Heights and banks along a road as piecewise cubics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.maps.alignment import Geometry
from wormdrive.envs.roads.maps.road_specs import Cubic

__all__ = ["banking", "cut", "hills"]


def hills(length_m: float, heights: list[float], closed: bool) -> list[Cubic]:
    """Make a spline through heights that are spread evenly along a road.

    It has two continuous derivatives. A closed road ends at its first height, which is not repeated in the list; open
    roads begin and end level.
    """
    y = np.array([*heights, heights[0]] if closed else heights, dtype=np.float64)
    n = len(y) - 1
    h = length_m / n
    # slopes m of a cubic spline on even knots: m[i-1] + 4 m[i] + m[i+1] = 3 (y[i+1] - y[i-1]) / h
    system = np.eye(n + 1)
    right = np.zeros(n + 1)
    for i in range(1, n):
        system[i, i - 1 : i + 2] = 1.0, 4.0, 1.0
        right[i] = 3.0 * (y[i + 1] - y[i - 1]) / h
    if closed:
        system[0, [n - 1, 0, 1]] = 1.0, 4.0, 1.0
        right[0] = 3.0 * (y[1] - y[n - 1]) / h
        system[n, [0, n]] = -1.0, 1.0
    m = np.linalg.solve(system, right)
    rise = np.diff(y) / h
    c = (3.0 * rise - 2.0 * m[:-1] - m[1:]) / h
    d = (m[:-1] + m[1:] - 2.0 * rise) / h**2
    return [(i * h, float(y[i]), float(m[i]), float(c[i]), float(d[i])) for i in range(n)]


def banking(geometries: list[Geometry], gain_m: float, most_rad: float) -> list[Cubic]:
    """Make a superelevation that leans into bends, eased in over the clothoids.

    It is -gain times curvature, at most ``most_rad``. Positive superelevation lifts the left side, so that left bends
    get a negative one.
    """
    records: list[Cubic] = []
    for geometry in geometries:
        ends = (geometry.curvature_start, geometry.curvature_end)
        start, end = (-float(np.clip(gain_m * curvature, -most_rad, most_rad)) for curvature in ends)
        rise = end - start
        length = geometry.length_m
        # smoothstep: no jump in the rate of roll
        records.append((geometry.s, start, 0.0, 3.0 * rise / length**2, -2.0 * rise / length**3))
    return records


def cut(records: list[Cubic], start: float, end: float) -> tuple[Cubic, ...]:
    """Take the records of the stretch from ``start`` to ``end``, with stations counted from ``start``."""
    starts: NDArray[np.float64] = np.array([record[0] for record in records])
    first = max(int(np.searchsorted(starts, start + 1e-9, side="right")) - 1, 0)
    out: list[Cubic] = []
    for s, a, b, c, d in records[first:]:
        if s >= end - 1e-9:
            break
        shift = max(start - s, 0.0)
        out.append(
            (
                max(s - start, 0.0),
                a + shift * (b + shift * (c + shift * d)),
                b + shift * (2.0 * c + shift * 3.0 * d),
                c + 3.0 * d * shift,
                d,
            )
        )
    return tuple(out)
