"""Steering by a number: from what a network of others says, by its mount, to the steer of the car that is driven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.mounted.mount import Mount
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer, steer_for_curvature

__all__ = ["curvature_for_number", "steer_for_number"]

Floats = NDArray[np.float64]

_WIDEST_RAD: Final = 1.5
"""Of an angle, beyond which the tangent would turn round."""


def steer_for_number(number: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    """Numbers (N,) as the network said them, speed (N,) [m/s] -> steer (N,) in [-1, 1], +1 full right."""
    return _LAWS[mount.output.quantity](number * mount.output.factor, speed_mps, mount, vehicle)


def _curvature(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    return steer_for_curvature(value, speed_mps, vehicle)


def _steering_angle(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    """Of wheels, positive left [rad]; on another car than that of training the same curvature (single-track model)."""
    if mount.wheelbase_m is None:
        return _steer(value / vehicle.max_steer_rad, speed_mps, mount, vehicle)
    wheel = np.clip(value, -_WIDEST_RAD, _WIDEST_RAD)
    return steer_for_curvature(np.tan(wheel) / mount.wheelbase_m, speed_mps, vehicle)


def _steer(value: Floats, speed_mps: Floats, mount: Mount, vehicle: VehicleParameters) -> Floats:
    return np.clip(-value, -1.0, 1.0)


def curvature_for_number(number: Tensor, mount: Mount) -> Tensor:
    """Numbers (...) as the network said them -> curvature (...) [1/m], with gradients.

    Where the number is a steer or the angle of the wheels, what it comes to depends on speed and car: that at cruising
    speed is meant, of the usual car.
    """
    return _CURVATURES[mount.output.quantity](number * mount.output.factor, mount)


def _curvature_of_angle(value: Tensor, mount: Mount) -> Tensor:
    if mount.wheelbase_m is None:
        return _curvature_of_steer(value / VehicleParameters().max_steer_rad, mount)
    return torch.tan(value.clamp(-_WIDEST_RAD, _WIDEST_RAD)) / mount.wheelbase_m


def _curvature_of_steer(value: Tensor, mount: Mount) -> Tensor:
    full_left = float(curvature_for_steer(np.array(-1.0), np.array(CRUISING_MPS), VehicleParameters()))
    return value.clamp(-1.0, 1.0) * full_left


_LAWS: Final[dict[str, Callable[[Floats, Floats, Mount, VehicleParameters], Floats]]] = {
    "curvature": _curvature,
    "steering_angle": _steering_angle,
    "steer": _steer,
}

_CURVATURES: Final[dict[str, Callable[[Tensor, Mount], Tensor]]] = {
    "curvature": lambda value, _mount: value,
    "steering_angle": _curvature_of_angle,
    "steer": _curvature_of_steer,
}
