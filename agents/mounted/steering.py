"""Steering by a number: from what a network of others says, by its mount, to the steer of the car that is driven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.mounted.mount import Mount
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["steer_for_number"]

Floats = NDArray[np.float64]


def steer_for_number(number: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    """Numbers (N,) as the network said them, speed (N,) [m/s] -> steer (N,) in [-1, 1], +1 full right."""
    return _LAWS[mount.output.quantity](number * mount.output.factor, speed_mps, mount, vehicle)


def _curvature(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    return steer_for_curvature(value, speed_mps, vehicle)


def _steering_angle(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    """Of wheels, positive left [rad]; on another car than that of training the same curvature (single-track model)."""
    if mount.wheelbase_m is None:
        return _steer(value / vehicle.max_steer_rad, speed_mps, mount, vehicle)
    wheel = np.clip(value, -1.5, 1.5)  # beyond which the tangent would turn round
    return steer_for_curvature(np.tan(wheel) / mount.wheelbase_m, speed_mps, vehicle)


def _steer(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    return np.clip(-value, -1.0, 1.0)


_LAWS: Final[dict[str, Callable[[Floats, Floats, Mount, VehicleParameters], Floats]]] = {
    "curvature": _curvature,
    "steering_angle": _steering_angle,
    "steer": _steer,
}
