"""Parametric cubics, OpenDRIVE's paramPoly3: by arc length, whatever their parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.curves import (
    NODES,
    WEIGHTS,
    Coefficients,
    LocalPoints,
    cubic_bend,
    cubic_slope,
    cubic_value,
    parametric_points,
)

__all__ = ["ParamPoly3", "cubics_at", "cubics_by_arc_length", "tabulate"]

Array = NDArray[np.float64]

_PANELS: Final = 32
_EVEN_M: Final = 1e-4
_AT_ONCE: Final = 500
_TINY: Final = 1e-300


class ParamPoly3:
    """u(p), v(p) cubic in a parameter p that runs from 0 to ``p_end``, which may be no arc length.

    The standard's s is arc length (ASAM OpenDRIVE 1.8, section 8.3), hence p(s) is solved for: s(p) = int |(u', v')| is
    tabulated by Gauss-Legendre quadrature and inverted by Newton steps that are held within a table step. Where the
    curve is shorter than the ``length_m`` of its geometry, it runs on straight; where it is longer, its end is cut off.
    """

    __slots__ = ("_even", "_table", "length_m", "p_end", "u", "v")

    def __init__(self, u: Coefficients, v: Coefficients, p_end: float, length_m: float) -> None:
        self.u = u
        self.v = v
        self.p_end = p_end
        self.length_m = length_m
        self._table: Array | None = None
        self._even: bool | None = None

    @property
    def scale(self) -> float:
        """Parameter by distance where the parameter runs evenly [1/m]."""
        return self.p_end / self.length_m

    @property
    def table(self) -> Array:
        """Arc lengths up to the ends of panels of equal p [m]; see ``tabulate``."""
        if self._table is None:
            tabulate([self])
            return self.table
        return self._table

    @table.setter
    def table(self, table: Array) -> None:
        self._table = table

    @property
    def even(self) -> bool:
        """Whether the parameter runs with the arc length, to a tenth of a millimetre: most files write it so."""
        if self._even is None:
            self._even = bool(np.abs(self.table - np.linspace(0.0, self.length_m, _PANELS + 1)).max() < _EVEN_M)
        return self._even

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        if self.even:
            return cubics_at(self.u, self.v, ds * self.scale)
        count = len(ds)
        table = np.broadcast_to(self.table, (count, _PANELS + 1))
        return cubics_by_arc_length(self.u, self.v, table, np.full(count, self.p_end), ds)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of where its parameter ends, which its geometry's length may miss; see ``table``."""
        p = length_m * self.scale
        u, v = (float(k[0] + p * (k[1] + p * (k[2] + p * k[3]))) for k in (self.u, self.v))
        return u, v


def cubics_by_arc_length(u: Coefficients, v: Coefficients, tables: Array, p_end: Array, ds: Array) -> LocalPoints:
    """Points (n,) at distances ``ds``, where each has its curve's ``table`` (n, panels + 1) and end (n,).

    A point has the same bits alone and among others. Coefficients may be arrays, with one for each point.
    """
    s = np.minimum(ds, tables[:, -1])
    beyond = ds - s
    points = cubics_at(u, v, _parameter(u, v, tables, p_end, s))
    on_u = points.u + beyond * np.cos(points.heading_rad)
    on_v = points.v + beyond * np.sin(points.heading_rad)
    return LocalPoints(on_u, on_v, points.heading_rad, np.where(beyond > 0.0, 0.0, points.curvature))


def _parameter(u: Coefficients, v: Coefficients, tables: Array, p_end: Array, s: Array) -> Array:
    row = np.arange(len(s))
    k = np.clip((tables <= s[:, None]).sum(axis=1) - 1, 0, _PANELS - 1)
    panel = p_end / _PANELS
    start, wanted, there = k * panel, s - tables[row, k], tables[row, k + 1] - tables[row, k]
    enough = 1e-12 * np.maximum(tables[:, -1], 1.0)
    low, high = np.zeros_like(s), panel
    step = np.asarray(np.clip(panel * wanted / np.maximum(there, _TINY), 0.0, panel), np.float64)
    wide_u, wide_v = _wide(u), _wide(v)
    for _ in range(12):
        error = _arc_of(wide_u, wide_v, np.asarray(start, np.float64), step) - wanted
        going = np.abs(error) > enough
        if not going.any():
            break
        low, high = np.where(going & (error < 0.0), step, low), np.where(going & (error >= 0.0), step, high)
        p = start + step
        newton = step - error / np.maximum(np.hypot(cubic_slope(u, p), cubic_slope(v, p)), _TINY)
        better = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        step = np.asarray(np.where(going, better, step))
    return np.asarray(start + step)


def _wide(k: Coefficients) -> list[Array]:
    """Coefficients for points that are many each."""
    return [np.asarray(value, np.float64)[..., None] for value in k]


def tabulate(curves: Sequence[ParamPoly3]) -> None:
    """Measure many parametric cubics at once: as one by one would do, in much less time."""
    for first in range(0, len(curves), _AT_ONCE):
        part = curves[first : first + _AT_ONCE]
        u, v = ([np.array(k)[:, None, None] for k in zip(*cubics, strict=True)] for cubics in _cubics_of(part))
        panel = np.array([curve.p_end for curve in part]) / _PANELS
        starts = np.arange(_PANELS, dtype=np.float64) * panel[:, None]
        lengths = np.cumsum(_arc_of(u, v, starts, np.broadcast_to(panel[:, None], starts.shape)), axis=1)
        for curve, row in zip(part, lengths, strict=True):
            curve.table = np.concatenate([[0.0], row])


def _cubics_of(curves: Sequence[ParamPoly3]) -> tuple[list[Coefficients], list[Coefficients]]:
    return [curve.u for curve in curves], [curve.v for curve in curves]


def _arc_of(u: Coefficients, v: Coefficients, start: Array, length: Array) -> Array:
    """Arc length of parametric cubics from ``start`` over ``length`` of the parameter."""
    p = start[..., None] + length[..., None] * NODES
    # not by BLAS, which rounds differently with the number of rows
    return np.asarray((np.hypot(cubic_slope(u, p), cubic_slope(v, p)) * WEIGHTS).sum(axis=-1) * length)


def cubics_at(u: Coefficients, v: Coefficients, p: Array) -> LocalPoints:
    """Points where the parameter of two cubics is ``p``; coefficients may be arrays, with one for each point."""
    return parametric_points(
        cubic_value(u, p), cubic_value(v, p), cubic_slope(u, p), cubic_slope(v, p), cubic_bend(u, p), cubic_bend(v, p)
    )
