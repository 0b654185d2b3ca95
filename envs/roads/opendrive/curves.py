"""The curves of which a planView consists, each evaluated from its own start.

A curve maps the distance ``ds`` from its start to position, heading and curvature in the curve's local axes, which
begin at the origin along +u. Source: ASAM OpenDRIVE 1.8, section 9 (geometries).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arc", "Curve", "Line", "LocalPoints", "ParamPoly3", "Poly3", "Spiral"]

Array = NDArray[np.float64]


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


@dataclass(frozen=True)
class Line:
    """Straight on."""

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        zero = np.zeros_like(ds)
        return LocalPoints(ds, zero, zero, zero)


@dataclass(frozen=True)
class Arc:
    """Constant curvature [1/m]."""

    curvature: float

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``; ``sinc`` keeps them exact as the curvature goes to zero."""
        angle = self.curvature * ds
        chord = ds * np.sinc(0.5 * angle / np.pi)
        return LocalPoints(
            chord * np.cos(0.5 * angle), chord * np.sin(0.5 * angle), angle, np.full_like(ds, self.curvature)
        )


_GAUSS = np.polynomial.legendre.leggauss(8)
_NODES: Array = np.asarray(0.5 * (_GAUSS[0] + 1.0))
_WEIGHTS: Array = np.asarray(0.5 * _GAUSS[1])
_PANEL_RAD = 1.0


class Spiral:
    """Euler spiral: curvature linear in s.

    u = int cos(theta), v = int sin(theta) with theta = k0 s + (k1 - k0) s^2 / 2 L, by Gauss-Legendre quadrature with 8
    nodes on panels of at most one radian: accurate to 1e-13 of the length for any pair of curvatures, those that cancel
    in the Fresnel form (nearly constant ones) included.
    """

    __slots__ = ("_knots", "_panel_m", "_rate", "_start", "_u", "_v")

    def __init__(self, curvature_start: float, curvature_end: float, length_m: float) -> None:
        self._start = curvature_start
        self._rate = (curvature_end - curvature_start) / length_m
        turning = max(abs(curvature_start), abs(curvature_end)) * length_m
        panels = max(1, int(np.ceil(turning / _PANEL_RAD)))
        self._panel_m = length_m / panels
        self._knots: Array = np.arange(panels, dtype=np.float64) * self._panel_m
        u, v = self._integrate(self._knots, np.full(panels, self._panel_m))
        self._u = np.concatenate([[0.0], np.cumsum(u[:-1])])
        self._v = np.concatenate([[0.0], np.cumsum(v[:-1])])

    def _heading(self, s: Array) -> Array:
        return np.asarray(s * (self._start + 0.5 * self._rate * s))

    def _integrate(self, start: Array, length: Array) -> tuple[Array, Array]:
        theta = self._heading(start[:, None] + length[:, None] * _NODES)
        return (np.cos(theta) @ _WEIGHTS) * length, (np.sin(theta) @ _WEIGHTS) * length

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        panel = np.clip((ds / self._panel_m).astype(np.intp), 0, len(self._knots) - 1)
        du, dv = self._integrate(self._knots[panel], ds - self._knots[panel])
        return LocalPoints(self._u[panel] + du, self._v[panel] + dv, self._heading(ds), self._start + self._rate * ds)


@dataclass(frozen=True)
class ParamPoly3:
    """u(p), v(p) cubic in a parameter p = ``scale`` ds: scale 1 for pRange arcLength, 1 / length for normalized.

    The standard gives no other relation between p and s, so none is used: where a file's parameter is no true arc
    length, points lie on the curve all the same, and s runs as unevenly as p does.
    """

    u: tuple[float, float, float, float]
    v: tuple[float, float, float, float]
    scale: float

    def at(self, ds: Array) -> LocalPoints:
        """Points at distances ``ds``."""
        p = ds * self.scale
        return _parametric(
            _cubic(self.u, p),
            _cubic(self.v, p),
            _slope(self.u, p),
            _slope(self.v, p),
            _bend(self.u, p),
            _bend(self.v, p),
        )


class Poly3:
    """v(u) cubic in u. The standard's s is arc length, hence u(s) is solved for.

    s(u) = int sqrt(1 + v'(u)^2) is tabulated by Gauss-Legendre quadrature at construction and inverted by Newton steps
    from a linear guess; since ds/du >= 1 they converge for every cubic whose slope is tame within a table step.
    """

    __slots__ = ("_s", "_step", "_v")

    def __init__(self, coefficients: tuple[float, float, float, float], length_m: float) -> None:
        self._v = coefficients
        steps = int(np.clip(np.ceil(length_m / 0.5), 1, 2_000))
        self._step = length_m / steps
        starts: Array = np.arange(steps, dtype=np.float64) * self._step
        self._s = np.concatenate([[0.0], np.cumsum(self._arc(starts, np.full(steps, self._step)))])

    def _arc(self, start: Array, length: Array) -> Array:
        return np.asarray(
            (np.hypot(1.0, _slope(self._v, start[:, None] + length[:, None] * _NODES)) @ _WEIGHTS) * length
        )

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


def _cubic(k: tuple[float, float, float, float], p: Array) -> Array:
    return np.asarray(k[0] + p * (k[1] + p * (k[2] + p * k[3])))


def _slope(k: tuple[float, float, float, float], p: Array) -> Array:
    return np.asarray(k[1] + p * (2.0 * k[2] + p * 3.0 * k[3]))


def _bend(k: tuple[float, float, float, float], p: Array) -> Array:
    return np.asarray(2.0 * k[2] + p * 6.0 * k[3])


def _parametric(u: Array, v: Array, du: Array, dv: Array, ddu: Array, ddv: Array) -> LocalPoints:
    speed = np.hypot(du, dv)
    safe = np.maximum(speed, 1e-12)  # a cusp has no curvature
    return LocalPoints(u, v, np.arctan2(dv, du), np.where(speed > 1e-9, (du * ddv - dv * ddu) / safe**3, 0.0))
