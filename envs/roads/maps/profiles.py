"""Heights and banks along a road as piecewise cubics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from wormdrive.envs.roads.maps.alignment import Geometry
from wormdrive.envs.roads.maps.xodr import Cubic

__all__ = ["banking", "cut", "hills"]


def hills(length_m: float, heights: list[float], closed: bool) -> list[Cubic]:
    """A spline through heights that are spread evenly along a road; two continuous derivatives, periodic if closed.

    Open roads begin and end level. A closed road's last height is its first one.
    """
    knots = np.linspace(0.0, length_m, len(heights) + (1 if closed else 0))
    values = [*heights, heights[0]] if closed else heights
    spline = CubicSpline(knots, values, bc_type="periodic" if closed else "clamped")
    d, c, b, a = spline.c
    return [
        (float(k), float(p), float(q), float(r), float(t)) for k, p, q, r, t in zip(knots, a, b, c, d, strict=False)
    ]


def banking(geometries: list[Geometry], gain_m: float, most_rad: float) -> list[Cubic]:
    """Superelevation that leans into bends: -gain times curvature, at most ``most_rad``, eased in over the clothoids.

    Positive superelevation lifts the left side, so that left bends get a negative one.
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
    """Records of the stretch from ``start`` to ``end``, with stations counted from ``start``."""
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
