"""Simulator: the seam that the embedded simulator and CARLA share. Worlds come in batches; one world is N = 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.seasons.conditions import Conditions

if TYPE_CHECKING:
    from wormdrive.envs.embedded.vehicle import VehicleParameters

__all__ = ["END_REASONS", "CameraConfig", "Observation", "Simulator", "VehicleState"]

END_REASONS = ("", "lane_departure", "route_done", "time_limit", "collision")
"""Why an episode ended, by code: index into this tuple; 0 is 'still running'."""


@dataclass(frozen=True)
class CameraConfig:
    """A pinhole camera on the ego vehicle.

    ``x_m`` forward of the vehicle's reference point, ``y_m`` left, ``z_m`` above the ground; ``pitch_rad`` positive
    looks down (ISO 8855: rotation about y), ``yaw_rad`` positive looks left.
    """

    width: int = 200
    height: int = 78
    fov_deg: float = 100.0
    x_m: float = 0.5
    y_m: float = 0.0
    z_m: float = 1.4
    pitch_rad: float = 0.10
    yaw_rad: float = 0.0
    roll_rad: float = 0.0


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
    """

    state: VehicleState
    camera: NDArray[np.uint8] | None
    segmentation: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None
    end_reason: NDArray[np.int8]


class Simulator(Protocol):
    """N worlds that advance together by ``dt_s`` a step."""

    @property
    def dt_s(self) -> float:
        """Duration of a step [s]."""

    @property
    def routes(self) -> Sequence[Route]:
        """The route of each world."""

    @property
    def parameters(self) -> VehicleParameters:
        """Of the vehicle that is driven: what ``steer_for_curvature`` needs to steer it."""

    @property
    def shown(self) -> Observation:
        """The latest observation."""

    @property
    def scenarios(self) -> Sequence[Scenario | None]:
        """The scenario of each world; ``None`` before its first reset."""

    @property
    def step_index(self) -> NDArray[np.int64]:
        """Steps since each world's reset, (N,)."""

    def reset(self, scenarios: Sequence[Scenario], mask: NDArray[np.bool_] | None = None) -> Observation:
        """Start an episode in every world (or those of ``mask``): one scenario a world."""

    def step(self, command: NDArray[np.float64]) -> Observation:
        """Advance every world.

        ``command`` (N, 2): steer in [-1, 1], -1 full left and +1 full right, as in CARLA; acceleration in [-1, 1],
        brake to throttle; NaN hands the speed to the cruise control. A world whose episode has ended stands still
        until it is reset.
        """

    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on; what the next step returns shows it."""

    def picture(self, camera: CameraConfig, worlds: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Show some worlds (all, if not said) through another camera as they are now, (M, H, W, 3) uint8 RGB."""

    def close(self) -> None:
        """Give back what the simulator holds; a second call does nothing."""
