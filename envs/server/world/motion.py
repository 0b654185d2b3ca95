"""Motion: one frame of all vehicles, each on its own."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.embedded import vehicle_kernel as vehicle
from wormdrive.envs.roads.places import Places
from wormdrive.envs.server.world import fleet as rows
from wormdrive.envs.server.world import motion_kernel as kernel
from wormdrive.envs.server.world.fleet import Fleet

__all__ = ["OFF_ROLLING", "move"]

SUBSTEPS_PER_S: Final = 120.0
"""The embedded simulator's: Runge-Kutta steps are never longer."""
OFF_ROLLING: Final = 0.08
"""Rolling resistance beside the road, more than on it [-]: grass and earth (J. Y. Wong, Theory of Ground Vehicles)."""
_ROLLING: Final = 12
"""Place of the rolling coefficient in ``VehicleParameters.packed``."""


def move(fleet: Fleet, places: Places, friction: float, dt_s: float) -> None:
    """Advance all vehicles by ``dt_s``; ``places`` is where they are now, ``friction`` the road's [-]."""
    numbers, flags, packed = fleet.numbers, fleet.flags, fleet.packed
    count = len(fleet)
    work = np.zeros((vehicle.ROWS, count))
    mode = np.zeros(count, np.int64)
    ground = places.heading_rad, places.slope, places.bank_rad
    kernel.prepare(numbers, flags, *ground, packed, friction, dt_s, work, mode)
    numbers[[rows.FORCE_X, rows.FORCE_Y, rows.FORCE_Z, rows.TORQUE]] = 0.0
    substeps = max(1, math.ceil(dt_s * SUBSTEPS_PER_S - 1e-9))
    out = flags[rows.OUT]
    afloat = ~flags[rows.GRAVITY]
    for group in fleet.groups:
        rolling = packed[group[0], _ROLLING]
        for ground_rolling, there in (
            (rolling, ~out & ~afloat),
            (rolling + OFF_ROLLING, out),
            (0.0, afloat),  # wheels without load
        ):
            chosen = group[(mode[group] == kernel.FORWARD) & there[group]]
            if not len(chosen):
                continue
            parameters = packed[group[0]].tolist()
            parameters[_ROLLING] = float(ground_rolling)
            part = np.ascontiguousarray(work[:, chosen])
            vehicle.advance_vehicles(part, len(chosen), dt_s / substeps, substeps, tuple(parameters))
            work[:, chosen] = part
    if (mode != kernel.FORWARD).any():
        kernel.back_up(numbers, work, packed, mode, dt_s / substeps, substeps)
    moved = mode != kernel.STILL
    numbers[:7, moved] = work[:7, moved]
    numbers[rows.U : rows.R + 1, ~moved] = 0.0
