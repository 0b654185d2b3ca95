"""Clothoid spline: clothoids through given places, one after the other, with continuous heading and curvature.

Of the same kind as in E. Bertolazzi, M. Frego, *Interpolating clothoid splines with curvature continuity*, Mathematical
Methods in the Applied Sciences 41 (2018) 1723-1737. Unknown are heading and curvature at each place and the length of
each clothoid; each clothoid must lead from place to place and turn by what its curvature says,

    h int_0^1 cos(a(t)) dt = L,   h int_0^1 sin(a(t)) dt = 0,   b' - b = h (k + k') / 2

where ``L`` is the chord, ``a(t) = b + k h t + (k' - k) h t² / 2`` minus the chord's direction, and a prime means the
clothoid's end. The curvatures of both ends of the line are given. Newton's method with a banded matrix: only neighbours
know one another, hence no error grows along the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, solve_banded

from wormdrive.envs.roads.opendrive.curves import NODES, WEIGHTS, Array, spiral_heading

__all__ = ["Clothoids", "clothoid_spline"]

_BAND: Final = 3
_MOST_STEPS: Final = 25
_CLOSED_M: Final = 1e-10
"""Gaps that are none [m]; rounding leaves some 1e-14 of the coordinates."""


@dataclass(frozen=True)
class Clothoids:
    """A chain of m clothoids: headings and curvatures (m + 1,) of their ends, lengths (m,)."""

    heading_rad: Array
    curvature: Array
    length_m: Array

    def places(self, x: Array, y: Array, share: Array) -> tuple[Array, Array]:
        """Return x and y (m, k) after some shares (k,) of each clothoid, whose starts are x and y (m + 1,)."""
        along = self.length_m[:, None] * share
        s = along[..., None] * NODES
        rate = np.diff(self.curvature) / self.length_m
        angle = spiral_heading(self.curvature[:-1, None, None], rate[:, None, None], s)
        angle += self.heading_rad[:-1, None, None]
        return x[:-1, None] + (np.cos(angle) @ WEIGHTS) * along, y[:-1, None] + (np.sin(angle) @ WEIGHTS) * along


def clothoid_spline(x: Array, y: Array, heading_rad: Array, curvature: Array) -> Clothoids | None:
    """Lead clothoids through places (m + 1,); ``None`` where the guess is too far off.

    Parameters
    ----------
    x, y:
        Places [m]; clothoids should turn by less than about a radian from one to the next.
    heading_rad, curvature:
        First guess, unwrapped; the curvatures of both ends are kept.
    """
    chord = np.hypot(np.diff(x), np.diff(y))
    direction = np.arctan2(np.diff(y), np.diff(x))
    unknown = np.zeros(3 * len(chord) + 2)
    unknown[0::3], unknown[1::3] = heading_rad, curvature
    turn = np.diff(heading_rad)
    unknown[2::3] = chord / np.maximum(np.sinc(0.5 * turn / np.pi), 0.1)
    for _ in range(_MOST_STEPS):
        rest, bands = _system(unknown, chord, direction)
        if not np.isfinite(rest).all():
            return None
        if np.abs(rest).max() < _CLOSED_M:
            return Clothoids(unknown[0::3].copy(), unknown[1::3].copy(), unknown[2::3].copy())
        try:
            unknown = unknown - solve_banded((_BAND, _BAND), bands, rest, check_finite=False)
        except (LinAlgError, ValueError):
            return None
        if unknown[2::3].min() <= 0.0:
            return None
    return None


def _system(unknown: Array, chord: Array, direction: Array) -> tuple[Array, Array]:
    """Return what is left to close (3 m + 2,), and its derivatives as bands (7, 3 m + 2).

    Unknowns are b, k, h by turns; equations are the start's curvature, three a clothoid, the end's curvature.
    """
    start, end, h = unknown[1:-2:3, None], unknown[4::3, None], unknown[2::3, None]
    t = NODES
    angle = (unknown[0:-2:3] - direction)[:, None] + h * (start * t + 0.5 * (end - start) * t * t)
    cosine, sine = np.cos(angle), np.sin(angle)
    length = h[:, 0]
    by = {  # what each of them does to the angle
        0: np.ones_like(angle),
        1: h * (t - 0.5 * t * t),
        2: start * t + 0.5 * (end - start) * t * t,
        4: 0.5 * h * t * t,
    }
    rest = np.zeros(len(unknown))
    bands = np.zeros((2 * _BAND + 1, len(unknown)))
    first = 3 * np.arange(len(chord))  # column of a clothoid's b; its rows are the next three

    def put(row: int, column: int, value: Array | float) -> None:
        bands[_BAND + 1 + row - column, first + column] = value

    rest[1:-1:3] = length * (cosine @ WEIGHTS) - chord
    rest[2:-1:3] = length * (sine @ WEIGHTS)
    rest[3:-1:3] = unknown[3::3] - unknown[0:-2:3] - 0.5 * length * (start + end)[:, 0]
    for column, turn in by.items():
        put(0, column, -length * ((sine * turn) @ WEIGHTS) + (cosine @ WEIGHTS if column == 2 else 0.0))
        put(1, column, length * ((cosine * turn) @ WEIGHTS) + (sine @ WEIGHTS if column == 2 else 0.0))
    put(2, 0, -1.0)
    put(2, 3, 1.0)
    put(2, 1, -0.5 * length)
    put(2, 4, -0.5 * length)
    put(2, 2, -0.5 * (start + end)[:, 0])
    bands[_BAND - 1, 1] = 1.0  # row 0: the start's curvature
    bands[_BAND, -1] = 1.0  # last row: the end's
    return rest, bands
