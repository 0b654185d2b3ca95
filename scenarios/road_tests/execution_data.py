"""Execution data: what was met on a drive, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.wheel_departure import lane_half_widths
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.road_tests.out_of_bounds import share_outside

__all__ = ["ExecutionData", "SimulationDataRecord"]


class SimulationDataRecord(NamedTuple):
    """One step of a drive; lengths in metres, in the axes of the road's points.

    Attributes
    ----------
    timer:
        Time since the start [s].
    pos, dir, vel:
        Place, direction of the body, velocity along it [m/s].
    steering, steering_input:
        Angle of the front wheels [rad], positive to the left; its share of the lock, positive to the right.
    brake, brake_input, throttle, throttle_input:
        ``None``: the cruise control asks for an acceleration, there are no pedals.
    wheelspeed, vel_kmh:
        Speed [m/s], [km/h].
    is_oob, oob_counter:
        Whether more of the body than is tolerated is out of its lane, and how often that has begun so far.
    max_oob_percentage, oob_percentage:
        Share of the body out of its lane, from 0 to 1: the greatest so far, and that of now.
    oob_distance:
        How far the reference point is inside its lane's border [m], negative outside.
    """

    timer: float
    pos: tuple[float, float, float]
    dir: tuple[float, float, float]
    vel: tuple[float, float, float]
    steering: float
    steering_input: float
    brake: float | None
    brake_input: float | None
    throttle: float | None
    throttle_input: float | None
    wheelspeed: float
    vel_kmh: float
    is_oob: bool
    oob_counter: int
    max_oob_percentage: float
    oob_distance: float
    oob_percentage: float


class ExecutionData(Sequence[SimulationDataRecord]):
    """The records of a drive, made when they are asked for: a drive has hundreds of them.

    It ends with the first record that is out of bounds, if there is one.

    Attributes
    ----------
    oob_percentage:
        (T,) float64: share of the body out of its lane.
    """

    def __init__(self, drive: Drive, route: Route, parameters: VehicleParameters, tolerance: float) -> None:
        left_m, right_m = lane_half_widths(route, drive.station_m)
        share = share_outside(
            drive.lateral_offset_m, drive.heading_error_rad, drive.curvature, left_m, right_m, parameters
        )
        over = np.flatnonzero(share > tolerance)
        end = int(over[0]) + 1 if len(over) else len(share)
        place = drive.station_m[:end].astype(np.float64) / route.spacing_m
        road_rad = np.interp(place, np.arange(len(route.heading_rad)), route.heading_rad)
        inside = np.minimum(left_m - drive.lateral_offset_m, right_m + drive.lateral_offset_m)
        self.oob_percentage: NDArray[np.float64] = share[:end]
        self._out: NDArray[np.bool_] = self.oob_percentage > tolerance
        self._inside_m: NDArray[np.float64] = inside[:end]
        self._most: NDArray[np.float64] = np.maximum.accumulate(self.oob_percentage)
        self._heading_rad: NDArray[np.float64] = road_rad + drive.heading_error_rad[:end]
        self._lock_rad = parameters.max_steer_rad
        self._drive = drive

    @property
    def is_out(self) -> bool:
        """Whether the car was out of bounds at last."""
        return bool(self._out[-1])

    def __len__(self) -> int:
        return len(self.oob_percentage)

    @overload
    def __getitem__(self, index: int) -> SimulationDataRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[SimulationDataRecord]: ...
    def __getitem__(self, index: int | slice) -> SimulationDataRecord | list[SimulationDataRecord]:
        found = range(len(self))[index]
        return self._record(found) if isinstance(found, int) else [self._record(k) for k in found]

    def _record(self, k: int) -> SimulationDataRecord:
        drive = self._drive
        speed, wheels, heading = float(drive.speed_mps[k]), float(drive.steer_angle_rad[k]), self._heading_rad[k]
        east, north = float(np.cos(heading)), float(np.sin(heading))
        return SimulationDataRecord(
            timer=k * drive.dt_s,
            pos=(float(drive.x_m[k]), float(drive.y_m[k]), 0.0),
            dir=(east, north, 0.0),
            vel=(speed * east, speed * north, 0.0),
            steering=wheels,
            steering_input=-wheels / self._lock_rad,
            brake=None,
            brake_input=None,
            throttle=None,
            throttle_input=None,
            wheelspeed=speed,
            vel_kmh=3.6 * speed,
            is_oob=bool(self._out[k]),
            oob_counter=int(self._out[k]),
            max_oob_percentage=float(self._most[k]),
            oob_distance=float(self._inside_m[k]),
            oob_percentage=float(self.oob_percentage[k]),
        )
