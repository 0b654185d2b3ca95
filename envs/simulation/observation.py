"""Observation: what N worlds show after a reset or a step, and the state of their vehicles."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["END_REASONS", "Observation", "VehicleState", "take"]

END_REASONS = ("", "lane_departure", "route_done", "time_limit", "collision")
"""Why an episode ended, by code: index into this tuple; 0 is 'still running'."""


@dataclass(frozen=True, eq=False)
class VehicleState:
    """Privileged state of N ego vehicles; arrays are (N,) float64.

    ``station_m`` [m] along the route, ``lateral_offset_m`` [m] left of the lane centre, ``heading_error_rad`` [rad]
    counter-clockwise from the lane, ``curvature`` [1/m] of the lane there, ``speed_mps`` [m/s], ``yaw_rate_radps``
    [rad/s], ``steer_angle_rad`` [rad] of the front wheels, ``x_m, y_m, z_m`` [m] and ``heading_rad`` [rad] in the
    map's axes. The vehicle's reference point is its centre of gravity, dropped to
    the ground: within centimetres CARLA's vehicle origin.
    """

    station_m: NDArray[np.float64]
    lateral_offset_m: NDArray[np.float64]
    heading_error_rad: NDArray[np.float64]
    curvature: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    yaw_rate_radps: NDArray[np.float64]
    steer_angle_rad: NDArray[np.float64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    z_m: NDArray[np.float64]
    heading_rad: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Observation:
    """What N worlds show after a reset or a step.

    ``camera`` (N, H, W, 3) uint8 RGB, ``segmentation`` (N, H, W) uint8 with CARLA's class numbers, ``depth`` (N, H, W)
    float32 [m]: each ``None`` when not asked for. ``end_reason`` (N,) int8 indexes ``END_REASONS``.

    ``new_frame`` (N,) bool: whether the pictures have come since the observation before, which is so at every step
    where no disturbance delays or drops them. ``frame_interval_s`` (N,) float64: time between the pictures shown now
    and those shown before them, by when they were taken [s]; the duration of a step after a reset. Neither means
    anything in a world whose episode has ended.
    """

    state: VehicleState
    camera: NDArray[np.uint8] | None
    segmentation: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None
    end_reason: NDArray[np.int8]
    new_frame: NDArray[np.bool_]
    frame_interval_s: NDArray[np.float64]


def take(state: VehicleState, index: NDArray[np.integer]) -> VehicleState:
    """Pick some of the vehicles."""
    return VehicleState(**{field.name: getattr(state, field.name)[index] for field in fields(VehicleState)})
