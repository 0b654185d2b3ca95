"""Fleet: all vehicles of a world as columns of arrays, by rising id."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.vehicles.powertrain import TABLE, TOP
from wormdrive.carla_server.world.vehicles.vehicle_models import VehicleModel
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Fleet"]

Array = NDArray[np.float64]

X, Y, PSI, U, V, R, DELTA = range(7)
"""Rows of ``Fleet.numbers``: the states of the vehicle kernel, in its order."""
Z, PITCH, ROLL, CLIMB = range(7, 11)
"""z [m], pitch and roll [rad]; upward speed of what gravity does not hold [m/s]."""
VELOCITY: Final = slice(11, 14)
ACCELERATION: Final = slice(14, 17)
"""Of the latest step, in the map's axes [m/s], [m/s²]."""
THROTTLE, STEER, BRAKE = range(17, 20)
FORCE_X, FORCE_Y, FORCE_Z, TORQUE = range(20, 24)
"""For the next step, in the map's axes [N], [N m]."""
HELD_U, HELD_V = range(24, 26)
"""Constant velocity forward and to the left [m/s]; NaN: none."""
HALF_LENGTH, HALF_WIDTH, HALF_HEIGHT, MASS, INERTIA, LEAN, GRIP = range(26, 33)
"""Half sizes of the box [m], mass [kg], yaw inertia [kg m²], roll by lateral acceleration [rad/(m/s²)], grip [-]."""
WANTED_GEAR, GEAR, ENGINE, SHIFTING, HOLDING, PUSHED = range(33, 39)
"""Gear that the driver wants (NaN: leaves it to the gearbox) and that is in; engine speed [rad/s]; how long shifting
still takes, and how long the gearbox keeps the gear [s]; what the tyres pushed at the end of a step [m/s²]."""
ROWS: Final = 39

HAND_BRAKE, BACKWARDS, NEUTRAL, PHYSICS, GRAVITY, OUT = range(6)
"""Rows of ``Fleet.flags``; ``OUT``: beside the road."""
FLAGS: Final = 6

PACKED: Final = 14
"""Length of ``VehicleParameters.packed``."""


class Fleet:
    """Vehicles by rising id; a row index is good until the next ``insert`` or ``delete``.

    Attributes
    ----------
    ids:
        (N,) int64.
    numbers, flags:
        (ROWS, N) float64, (FLAGS, N) bool.
    packed:
        (N, PACKED) float64: the vehicle kernel's parameters of each.
    tables:
        (N, TABLE) float64: the powertrain kernel's of each; zeros where throttle is an acceleration.
    models:
        The model of each.
    """

    def __init__(self) -> None:
        self.ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self.numbers: Array = np.zeros((ROWS, 0))
        self.flags: NDArray[np.bool_] = np.zeros((FLAGS, 0), np.bool_)
        self.packed: Array = np.zeros((0, PACKED))
        self.tables: Array = np.zeros((0, TABLE))
        self.models: list[VehicleModel] = []
        self.groups: list[NDArray[np.int64]] = []
        self._next = 1
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, vehicle: int) -> int:
        """Row of a vehicle.

        Raises
        ------
        ArgumentError
            If there is no such vehicle.
        """
        row = self._rows.get(vehicle)
        if row is None:
            raise ArgumentError(f"vehicle={vehicle}: there is no such vehicle")
        return row

    def new_id(self) -> int:
        """Return an id that was never given before."""
        self._next += 1
        return self._next - 1

    def insert(self, model: VehicleModel) -> int:
        """Add a vehicle at rest at the origin; returns its row, which is the last one."""
        number = self.new_id()
        numbers, flags = np.zeros((ROWS, 1)), np.zeros((FLAGS, 1), np.bool_)
        numbers[[HELD_U, HELD_V]] = np.nan
        numbers[[GRIP, GEAR]] = 1.0
        numbers[WANTED_GEAR] = np.nan
        flags[[PHYSICS, GRAVITY]] = True
        self.ids = np.append(self.ids, number)
        self._rows[number] = len(self.ids) - 1
        self.numbers = np.concatenate([self.numbers, numbers], axis=1)
        self.flags = np.concatenate([self.flags, flags], axis=1)
        self.packed = np.concatenate([self.packed, np.zeros((1, PACKED))])
        self.tables = np.concatenate([self.tables, np.zeros((1, TABLE))])
        self.models.append(model)
        self.set_model(len(self) - 1, model)
        return len(self) - 1

    def delete(self, row: int) -> None:
        """Take a vehicle away."""
        self.ids = np.delete(self.ids, row)
        self._rows = {vehicle: k for k, vehicle in enumerate(self.ids.tolist())}
        self.numbers = np.delete(self.numbers, row, axis=1)
        self.flags = np.delete(self.flags, row, axis=1)
        self.packed = np.delete(self.packed, row, axis=0)
        self.tables = np.delete(self.tables, row, axis=0)
        del self.models[row]
        self._group()

    def set_model(self, row: int, model: VehicleModel) -> None:
        """Make a vehicle one of another model where it stands."""
        parameters = model.parameters
        column = self.numbers[:, row]
        column[HALF_LENGTH], column[HALF_WIDTH] = 0.5 * parameters.length_m, 0.5 * parameters.width_m
        column[HALF_HEIGHT] = 0.5 * model.height_m
        column[MASS], column[INERTIA] = parameters.mass_kg, parameters.yaw_inertia_kgm2
        column[LEAN] = parameters.roll_rad_per_mps2
        self.packed[row] = parameters.packed()
        self.tables[row] = 0.0 if model.powertrain is None else model.powertrain.packed()
        if model.powertrain is not None:
            column[GEAR] = min(column[GEAR], len(model.powertrain.gears))
            column[ENGINE] = min(column[ENGINE], self.tables[row, TOP])
        self.models[row] = model
        self._group()

    def _group(self) -> None:
        """Rows of equal parameters, which the vehicle kernel advances together."""
        members: dict[bytes, list[int]] = {}
        for row, packed in enumerate(self.packed):
            members.setdefault(packed.tobytes(), []).append(row)
        self.groups = [np.array(rows, np.int64) for rows in members.values()]
