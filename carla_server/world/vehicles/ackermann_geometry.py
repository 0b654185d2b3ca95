"""Ackermann geometry: how far each front wheel turns when the axle's middle turns by an angle.

Both wheels' axes meet the rear axle's in one point: cot(outer) - cot(inner) = track / wheelbase (R. Rajamani, *Vehicle
Dynamics and Control*, 2nd ed. 2012, eq. 2.7 and 2.8).
"""

from __future__ import annotations

import math

__all__ = ["TRACK_BY_WIDTH", "front_wheels", "inner_of_middle", "middle_of_inner"]

TRACK_BY_WIDTH = 0.84
"""Track by the body's width."""


def front_wheels(middle_rad: float, wheelbase_m: float, track_m: float) -> tuple[float, float]:
    """Return the angles of the left and the right wheel [rad], positive left."""
    part = 0.5 * track_m / wheelbase_m
    left, right = middle_of_inner(middle_rad, -part), middle_of_inner(middle_rad, part)
    return (left, right) if middle_rad > 0.0 else (right, left)


def middle_of_inner(inner_rad: float, half_track_by_wheelbase: float) -> float:
    """Return the angle of the axle's middle [rad] when the wheel on the bend's inside turns so far."""
    if inner_rad == 0.0:
        return 0.0
    size = abs(inner_rad)
    return math.copysign(math.atan2(1.0, 1.0 / math.tan(size) + half_track_by_wheelbase), inner_rad)


def inner_of_middle(middle_rad: float, half_track_by_wheelbase: float) -> float:
    """Return the angle of the wheel on the bend's inside [rad] when the axle's middle turns so far."""
    return middle_of_inner(middle_rad, -half_track_by_wheelbase)
