"""Curve stacks: many curves of a kind evaluated together, with the same bits as one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.curves import NODES, WEIGHTS, Arc, Curve, Line, LocalPoints, Spiral, spiral_heading
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3, cubics_at, cubics_by_arc_length

__all__ = ["stack_curves", "stack_kind"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

_UNEVEN: Final = "uneven ParamPoly3"


def stack_kind(curve: Curve) -> str | None:
    """Say with which curves it can be stacked: those of the same kind; None if with no others."""
    if isinstance(curve, Spiral) and curve.panels > 1:
        return None
    if isinstance(curve, ParamPoly3) and not curve.even:
        return _UNEVEN
    kind = type(curve).__name__
    return kind if kind in _STACKED else None


def stack_curves(kind: str, curves: Sequence[Curve], owner: Indices) -> Curve:
    """Make a curve that is ``curves[owner[i]]`` for point i; points of one curve follow one another."""
    return _STACKED[kind](curves, owner)


def _lines(_curves: Sequence[Curve], _owner: Indices) -> Curve:
    return Line()


def _arcs(curves: Sequence[Curve], owner: Indices) -> Curve:
    return Arc(np.array([curve.curvature for curve in curves if isinstance(curve, Arc)])[owner])


class _Polynomials:
    """Parametric cubics whose parameter runs with the arc length."""

    def __init__(self, curves: Sequence[Curve], owner: Indices) -> None:
        table = np.array([[*curve.u, *curve.v, curve.scale] for curve in curves if isinstance(curve, ParamPoly3)])
        self._columns = np.ascontiguousarray(table.T)[:, owner]

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``, in the order of the owners."""
        columns = self._columns
        return cubics_at(tuple(columns[:4]), tuple(columns[4:8]), ds * columns[8])

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of the first one's end."""
        points = self.at(np.full(self._columns.shape[1], length_m))
        return float(points.u[0]), float(points.v[0])


class _UnevenPolynomials:
    """Parametric cubics whose parameter is no arc length."""

    def __init__(self, curves: Sequence[Curve], owner: Indices) -> None:
        members = [curve for curve in curves if isinstance(curve, ParamPoly3)]
        table = np.array([[*curve.u, *curve.v, curve.p_end] for curve in members])
        self._columns = np.ascontiguousarray(table.T)[:, owner]
        self._tables = np.array([curve.table for curve in members])[owner]

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``, in the order of the owners."""
        columns = self._columns
        return cubics_by_arc_length(tuple(columns[:4]), tuple(columns[4:8]), self._tables, columns[8], ds)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of the first one's end."""
        points = self.at(np.full(self._columns.shape[1], length_m))
        return float(points.u[0]), float(points.v[0])


class _Spirals:
    """Spirals of one panel each."""

    def __init__(self, curves: Sequence[Curve], owner: Indices) -> None:
        table = np.array([curve.law for curve in curves if isinstance(curve, Spiral)])
        self._owner = owner
        self._start, self._rate = np.ascontiguousarray(table.T)[:, owner]

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``, in the order of the owners."""
        theta = spiral_heading(self._start[:, None], self._rate[:, None], 0.0 + ds[:, None] * NODES)
        u, v = (0.0 + self._integral(values) * ds for values in (np.cos(theta), np.sin(theta)))
        return LocalPoints(u, v, spiral_heading(self._start, self._rate, ds), self._start + self._rate * ds)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of the first one's end."""
        points = self.at(np.full(len(self._owner), length_m))
        return float(points.u[0]), float(points.v[0])

    def _integral(self, values: Array) -> Array:
        """Weigh values at the nodes, (n, 8), curve by curve: BLAS rounds differently with the number of rows."""
        edges = [0, *(np.flatnonzero(np.diff(self._owner)) + 1).tolist(), len(values)]
        return np.concatenate([values[first:end] @ WEIGHTS for first, end in pairwise(edges)])


_STACKED: Final[dict[str, Callable[[Sequence[Curve], Indices], Curve]]] = {
    "Line": _lines,
    "Arc": _arcs,
    "ParamPoly3": _Polynomials,
    _UNEVEN: _UnevenPolynomials,
    "Spiral": _Spirals,
}
