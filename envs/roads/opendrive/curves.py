"""The curves of which a planView consists, each evaluated from its own start.

A curve maps the distance ``ds`` from its start to position, heading and curvature in the curve's local axes, which
begin at the origin along +u. Source: ASAM OpenDRIVE 1.8, section 9 (geometries).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "NODES",
    "WEIGHTS",
    "Arc",
    "Coefficients",
    "Curve",
    "Line",
    "LocalPoints",
    "ParamPoly3",
    "Poly3",
    "Spiral",
    "cubics_at",
    "spiral_heading",
    "tabulate",
]

Array = NDArray[np.float64]
Coefficients: TypeAlias = Sequence[float] | Sequence[Array] | Array
"""a, b, c, d of a cubic."""


@dataclass(frozen=True)
class LocalPoints:
    """Points of a curve in its own axes; all arrays have the shape of ``ds``."""

    u: Array
    v: Array
    heading_rad: Array
    curvature: Array


class Curve(Protocol):
    """One geometry of a planView."""

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds`` [m] from the start."""
        ...

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end, right to a millimetre: sooner told than by ``at``."""
        ...


@dataclass(frozen=True)
class Line:
    """Straight on."""

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        zero = np.zeros_like(ds)
        return LocalPoints(ds, zero, zero, zero)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end."""
        return length_m, 0.0


@dataclass(frozen=True)
class Arc:
    """Constant curvature [1/m]: one, or one for each point."""

    curvature: float | Array

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``; ``sinc`` keeps them exact as the curvature goes to zero."""
        angle = self.curvature * ds
        chord = ds * np.sinc(0.5 * angle / np.pi)
        return LocalPoints(
            chord * np.cos(0.5 * angle), chord * np.sin(0.5 * angle), angle, np.full_like(ds, self.curvature)
        )

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end."""
        half = 0.5 * float(self.curvature) * length_m
        chord = length_m * (math.sin(half) / half if half else 1.0)
        return chord * math.cos(half), chord * math.sin(half)


_GAUSS = np.polynomial.legendre.leggauss(8)
NODES: Final[Array] = np.asarray(0.5 * (_GAUSS[0] + 1.0))
WEIGHTS: Final[Array] = np.asarray(0.5 * _GAUSS[1])
"""Gauss-Legendre quadrature from 0 to 1."""
_RULE = list(zip(NODES.tolist(), WEIGHTS.tolist(), strict=True))
_PANEL_RAD = 1.0
_PANELS = 32
_EVEN_M = 1e-4
_AT_ONCE = 500
_TINY = 1e-300


def spiral_heading(start: float | Array, rate: float | Array, s: Array) -> Array:
    """Heading [rad] after ``s`` of a spiral with curvature ``start + rate s``."""
    return np.asarray(s * (start + 0.5 * rate * s))


class _Panels(NamedTuple):
    """Stretches of a spiral: their length [m], and s, u and v of their starts."""

    length_m: float
    s: Array
    u: Array
    v: Array


class Spiral:
    """Euler spiral: curvature linear in s.

    u = int cos(theta), v = int sin(theta) with theta = k0 s + (k1 - k0) s^2 / 2 L, by Gauss-Legendre quadrature with 8
    nodes on panels of at most one radian: accurate to 1e-13 of the length for any pair of curvatures, those that cancel
    in the Fresnel form (nearly constant ones) included.
    """

    def __init__(self, curvature_start: float, curvature_end: float, length_m: float) -> None:
        self._start = curvature_start
        self._rate = (curvature_end - curvature_start) / length_m
        self._length_m = length_m
        self._turning = max(abs(curvature_start), abs(curvature_end)) * length_m

    @property
    def law(self) -> tuple[float, float]:
        """Curvature at the start [1/m] and its change with s [1/m^2]."""
        return self._start, self._rate

    @property
    def panels(self) -> int:
        """How many panels it takes."""
        return max(1, math.ceil(self._turning / _PANEL_RAD))

    @cached_property
    def _cut(self) -> _Panels:
        """Made when the first points are asked for: of a large map, few spirals are ever driven."""
        count = self.panels
        length = self._length_m / count
        knots: Array = np.arange(count, dtype=np.float64) * length
        u, v = self._integrate(knots, np.full(count, length))
        return _Panels(
            length, knots, np.concatenate([[0.0], np.cumsum(u[:-1])]), np.concatenate([[0.0], np.cumsum(v[:-1])])
        )

    def _integrate(self, start: Array, length: Array) -> tuple[Array, Array]:
        theta = spiral_heading(self._start, self._rate, start[:, None] + length[:, None] * NODES)
        return (np.cos(theta) @ WEIGHTS) * length, (np.sin(theta) @ WEIGHTS) * length

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        panel_m, knots, u, v = self._cut
        panel = np.clip((ds / panel_m).astype(np.intp), 0, len(knots) - 1)
        du, dv = self._integrate(knots[panel], ds - knots[panel])
        heading = spiral_heading(self._start, self._rate, ds)
        return LocalPoints(u[panel] + du, v[panel] + dv, heading, self._start + self._rate * ds)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end: one panel does for a spiral that turns by some 2 radians."""
        if self._turning > 2.0:
            return _end_of(self, length_m)
        u = v = 0.0
        for node, weight in _RULE:
            s = node * length_m
            theta = s * (self._start + 0.5 * self._rate * s)
            u += weight * math.cos(theta)
            v += weight * math.sin(theta)
        return u * length_m, v * length_m


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
        beyond = np.maximum(ds - self.table[-1], 0.0)
        points = cubics_at(self.u, self.v, self._parameter(ds - beyond))
        u = points.u + beyond * np.cos(points.heading_rad)
        v = points.v + beyond * np.sin(points.heading_rad)
        return LocalPoints(u, v, points.heading_rad, np.where(beyond > 0.0, 0.0, points.curvature))

    def _parameter(self, s: Array) -> Array:
        table = self.table
        k = np.clip(np.searchsorted(table, s, side="right") - 1, 0, _PANELS - 1)
        panel = self.p_end / _PANELS
        start: Array = np.multiply(k, panel, dtype=np.float64)
        wanted, there = s - table[k], table[k + 1] - table[k]
        low, high = np.zeros_like(s), np.full_like(s, panel)
        step: Array = np.clip(panel * wanted / np.maximum(there, _TINY), 0.0, panel)
        for _ in range(12):
            error = _arc_of(self.u, self.v, start, step) - wanted
            if not (np.abs(error) > 1e-12 * max(table[-1], 1.0)).any():
                break
            low, high = np.where(error < 0.0, step, low), np.where(error < 0.0, high, step)
            p = start + step
            newton = step - error / np.maximum(np.hypot(_slope(self.u, p), _slope(self.v, p)), _TINY)
            step = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        return np.asarray(start + step)

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of where its parameter ends, which its geometry's length may miss; see ``table``."""
        p = length_m * self.scale
        u, v = (float(k[0] + p * (k[1] + p * (k[2] + p * k[3]))) for k in (self.u, self.v))
        return u, v


def tabulate(curves: Sequence[ParamPoly3]) -> None:
    """Measure many parametric cubics at once: as one by one would do, in much less time."""
    for first in range(0, len(curves), _AT_ONCE):
        part = curves[first : first + _AT_ONCE]
        u, v = (np.array([getattr(curve, name) for curve in part]).T[:, :, None, None] for name in "uv")
        panel = np.array([curve.p_end for curve in part]) / _PANELS
        starts = np.arange(_PANELS, dtype=np.float64) * panel[:, None]
        lengths = np.cumsum(_arc_of(u, v, starts, np.broadcast_to(panel[:, None], starts.shape)), axis=1)
        for curve, row in zip(part, lengths, strict=True):
            curve.table = np.concatenate([[0.0], row])


def _arc_of(u: Coefficients, v: Coefficients, start: Array, length: Array) -> Array:
    """Arc length of parametric cubics from ``start`` over ``length`` of the parameter."""
    p = start[..., None] + length[..., None] * NODES
    # not by BLAS, which rounds differently with the number of rows
    return np.asarray((np.hypot(_slope(u, p), _slope(v, p)) * WEIGHTS).sum(axis=-1) * length)


def cubics_at(u: Coefficients, v: Coefficients, p: Array) -> LocalPoints:
    """Points where the parameter of two cubics is ``p``; coefficients may be arrays, with one for each point."""
    return _parametric(_cubic(u, p), _cubic(v, p), _slope(u, p), _slope(v, p), _bend(u, p), _bend(v, p))


class Poly3:
    """v(u) cubic in u. The standard's s is arc length, hence u(s) is solved for.

    s(u) = int sqrt(1 + v'(u)^2) is tabulated by Gauss-Legendre quadrature at construction and inverted by Newton steps
    from a linear guess; since ds/du >= 1 they converge for every cubic whose slope is tame within a table step.
    """

    __slots__ = ("_s", "_step", "_v")

    def __init__(self, coefficients: Coefficients, length_m: float) -> None:
        self._v = coefficients
        steps = int(np.clip(np.ceil(length_m / 0.5), 1, 2_000))
        self._step = length_m / steps
        starts: Array = np.arange(steps, dtype=np.float64) * self._step
        self._s = np.concatenate([[0.0], np.cumsum(self._arc(starts, np.full(steps, self._step)))])

    def _arc(self, start: Array, length: Array) -> Array:
        return np.asarray((np.hypot(1.0, _slope(self._v, start[:, None] + length[:, None] * NODES)) @ WEIGHTS) * length)

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        k = np.clip(np.searchsorted(self._s, ds, side="right") - 1, 0, len(self._s) - 2)
        start = k.astype(np.float64) * self._step
        wanted = ds - self._s[k]
        length = wanted / (self._s[k + 1] - self._s[k]) * self._step
        for _ in range(4):
            error = self._arc(start, length) - wanted
            length = np.clip(length - error / np.hypot(1.0, _slope(self._v, start + length)), 0.0, self._step)
        u = start + length
        one = np.ones_like(u)
        return _parametric(u, _cubic(self._v, u), one, _slope(self._v, u), np.zeros_like(u), _bend(self._v, u))

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end."""
        return _end_of(self, length_m)


def _end_of(curve: Curve, length_m: float) -> tuple[float, float]:
    points = curve.at(np.array([length_m]))
    return float(points.u[0]), float(points.v[0])


def _cubic(k: Coefficients, p: Array) -> Array:
    return np.asarray(k[0] + p * (k[1] + p * (k[2] + p * k[3])))


def _slope(k: Coefficients, p: Array) -> Array:
    return np.asarray(k[1] + p * (2.0 * k[2] + p * 3.0 * k[3]))


def _bend(k: Coefficients, p: Array) -> Array:
    return np.asarray(2.0 * k[2] + p * 6.0 * k[3])


def _parametric(u: Array, v: Array, du: Array, dv: Array, ddu: Array, ddv: Array) -> LocalPoints:
    speed = np.hypot(du, dv)
    safe = np.maximum(speed, 1e-12)  # a cusp has no curvature
    return LocalPoints(u, v, np.arctan2(dv, du), np.where(speed > 1e-9, (du * ddv - dv * ddu) / safe**3, 0.0))
