"""Motion: one frame of all vehicles, each on its own."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.carla_server.world.vehicles import motion_kernel as kernel
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.carla_server.world.vehicles.powertrain_kernel import drive_on
from wormdrive.envs.roads.point_location import Places
from wormdrive.envs.simulation import vehicle_kernel as vehicle

__all__ = ["OFF_ROLLING", "move"]

SUBSTEPS_PER_S: Final = 120.0
"""The embedded simulator's: Runge-Kutta steps are never longer."""
OFF_ROLLING: Final = 0.08
"""Rolling resistance beside the road, more than on it [-]: grass and earth (J. Y. Wong, Theory of Ground Vehicles)."""


def move(fleet: Fleet, places: Places, friction: float, dt_s: float) -> None:
    """Advance all vehicles by ``dt_s``; ``places`` is where they are now, ``friction`` the road's [-]."""
    numbers, flags, packed = fleet.numbers, fleet.flags, fleet.packed
    count = len(fleet)
    work = np.zeros((vehicle.ROWS, count))
    mode = np.zeros(count, np.int64)
    ground = places.heading_rad, places.slope, places.bank_rad
    kernel.prepare(numbers, flags, *ground, packed, fleet.tables, friction, dt_s, work, mode)
    substeps = max(1, math.ceil(dt_s * SUBSTEPS_PER_S - 1e-9))
    kernel.roll_on(flags, packed, mode, OFF_ROLLING, dt_s / substeps, substeps, work)
    if (mode == kernel.DRIVEN).any():
        drive_on(
            numbers, flags, packed, fleet.tables, mode, kernel.DRIVEN, OFF_ROLLING, dt_s / substeps, substeps, work
        )
    if ((mode != kernel.FORWARD) & (mode != kernel.DRIVEN)).any():
        kernel.back_up(numbers, work, packed, mode, dt_s / substeps, substeps)
    kernel.take_over(work, mode, flags, fleet.tables, numbers)
