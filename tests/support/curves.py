"""Whether a curve's positions, headings and curvatures belong together."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.roads.opendrive.curves import Curve, LocalPoints

__all__ = ["arc_lengths", "check_derivatives"]


def arc_lengths(points: LocalPoints) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(points.u), np.diff(points.v)))])


def check_derivatives(curve: Curve, length: float) -> None:
    """Position, heading and curvature belong together, whatever the speed of the parameter."""
    step = 1e-4 * length
    ds = np.linspace(step, length - step, 50)
    before, here, after = (curve.at(ds + k * step) for k in (-1, 0, 1))
    du, dv = after.u - before.u, after.v - before.v
    np.testing.assert_allclose(np.sin(np.arctan2(dv, du) - here.heading_rad), 0.0, atol=2e-5)
    way = np.hypot(du, dv)
    turn = np.angle(np.exp(1j * (after.heading_rad - before.heading_rad)))
    np.testing.assert_allclose(turn / way, here.curvature, rtol=1e-3, atol=1e-5)
