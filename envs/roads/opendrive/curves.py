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
    "Poly3",
    "Spiral",
    "cubic_bend",
    "cubic_slope",
    "cubic_value",
    "parametric_points",
    "spiral_heading",
]

Array = NDArray[np.float64]
Coefficients: TypeAlias = Sequence[float] | Sequence[Array]
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
    in the Fresnel form (nearly constant ones) included. ``curvatures`` are those of its start and end.
    """

    def __init__(self, curvature_start: float, curvature_end: float, length_m: float) -> None:
        self.curvatures = curvature_start, curvature_end
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

    @property
    def coefficients(self) -> Coefficients:
        """Those of v(u)."""
        return self._v

    def _arc(self, start: Array, length: Array) -> Array:
        return np.asarray(
            (np.hypot(1.0, cubic_slope(self._v, start[:, None] + length[:, None] * NODES)) @ WEIGHTS) * length
        )

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        k = np.clip(np.searchsorted(self._s, ds, side="right") - 1, 0, len(self._s) - 2)
        start = k.astype(np.float64) * self._step
        wanted = ds - self._s[k]
        length = wanted / (self._s[k + 1] - self._s[k]) * self._step
        for _ in range(4):
            error = self._arc(start, length) - wanted
            length = np.clip(length - error / np.hypot(1.0, cubic_slope(self._v, start + length)), 0.0, self._step)
        u = start + length
        one = np.ones_like(u)
        return parametric_points(
            u, cubic_value(self._v, u), one, cubic_slope(self._v, u), np.zeros_like(u), cubic_bend(self._v, u)
        )

    def end(self, length_m: float) -> tuple[float, float]:
        """Return u, v of its end."""
        return _end_of(self, length_m)


def _end_of(curve: Curve, length_m: float) -> tuple[float, float]:
    points = curve.at(np.array([length_m]))
    return float(points.u[0]), float(points.v[0])


def cubic_value(k: Coefficients, p: Array) -> Array:
    """Values of a cubic."""
    return np.asarray(k[0] + p * (k[1] + p * (k[2] + p * k[3])))


def cubic_slope(k: Coefficients, p: Array) -> Array:
    """First derivatives of a cubic."""
    return np.asarray(k[1] + p * (2.0 * k[2] + p * 3.0 * k[3]))


def cubic_bend(k: Coefficients, p: Array) -> Array:
    """Second derivatives of a cubic."""
    return np.asarray(2.0 * k[2] + p * 6.0 * k[3])


def parametric_points(u: Array, v: Array, du: Array, dv: Array, ddu: Array, ddv: Array) -> LocalPoints:
    """Points of a curve u(p), v(p), by its derivatives in any parameter."""
    speed = np.hypot(du, dv)
    safe = np.maximum(speed, 1e-12)  # a cusp has no curvature
    return LocalPoints(u, v, np.arctan2(dv, du), np.where(speed > 1e-9, (du * ddv - dv * ddu) / safe**3, 0.0))
