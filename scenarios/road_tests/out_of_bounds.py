"""Out of bounds: which share of the car's body is outside its lane."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.wheel_departure import offset_from_lane

__all__ = ["share_outside"]

_SLICES: Final = 32
_THIN_M: Final = 1e-6
"""Of a car across the lane, slices lie along it: they need some width, too [m]."""


def share_outside(
    lateral_offset_m: NDArray[np.floating],
    heading_error_rad: NDArray[np.floating],
    curvature: NDArray[np.floating],
    left_m: NDArray[np.floating],
    right_m: NDArray[np.floating],
    parameters: VehicleParameters,
) -> NDArray[np.float64]:
    """Return the share (T,) of the body's area, seen from above, that is beyond its lane's borders: 0 to 1.

    The body is a rectangle with its centre midway between the axles. It is cut across into slices, of which each has
    the part outside that its two ends' lateral offsets say, see ``offset_from_lane``.

    Parameters
    ----------
    lateral_offset_m, heading_error_rad, curvature:
        As in ``VehicleState``, (T,) each: samples of one vehicle.
    left_m, right_m:
        The lane's half-widths there [m], (T,).
    parameters:
        Of the vehicle.
    """
    offset, heading, bend, left, right = (
        np.asarray(values, np.float64)[:, None]
        for values in (lateral_offset_m, heading_error_rad, curvature, left_m, right_m)
    )
    middle_m = 0.5 * (parameters.front_m - parameters.rear_m)
    along = middle_m + parameters.length_m * ((np.arange(_SLICES) + 0.5) / _SLICES - 0.5)
    cosine, sine = np.cos(heading), np.sin(heading)
    ends = [
        offset_from_lane(along * cosine - side * sine, offset + along * sine + side * cosine, bend)
        for side in (0.5 * parameters.width_m, -0.5 * parameters.width_m)
    ]
    low, high = np.minimum(*ends) - _THIN_M, np.maximum(*ends) + _THIN_M
    inside = np.clip((np.minimum(high, left) - np.maximum(low, -right)) / (high - low), 0.0, 1.0)
    return np.asarray(1.0 - inside.mean(axis=1))
