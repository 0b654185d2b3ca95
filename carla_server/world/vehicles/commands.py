"""What a driver asks of a vehicle."""

from __future__ import annotations

import math
from typing import NamedTuple

from wormdrive.carla_server.world.vehicles.powertrain import MOST_GEARS

__all__ = ["VehicleCommand"]


class VehicleCommand(NamedTuple):
    """Pedals, wheel and gear; numbers out of range are cut, NaN is read as 0.

    Attributes
    ----------
    throttle, brake:
        0 to 1: of the engine's torque, and of the brakes'. Of a vehicle without a powertrain as accelerations: throttle
        times the engine's most, less brake times the brakes' most.
    steer:
        -1 full left, +1 full right.
    hand_brake:
        Holds the vehicle; while it drives, brakes with its own torque, or with half the brakes' most where there is no
        powertrain.
    reverse:
        Throttle drives backwards; while the vehicle still rolls forward, the engine brakes.
    manual_gear_shift, gear:
        With the former, a gear below 0 is reverse, 0 is neutral; one beyond the last is the last.
    """

    throttle: float = 0.0
    steer: float = 0.0
    brake: float = 0.0
    hand_brake: bool = False
    reverse: bool = False
    manual_gear_shift: bool = False
    gear: int = 0

    def cleaned(self) -> VehicleCommand:
        """Return the same command within its ranges."""
        return VehicleCommand(
            _within(self.throttle, 0.0),
            _within(self.steer, -1.0),
            _within(self.brake, 0.0),
            bool(self.hand_brake),
            bool(self.reverse),
            bool(self.manual_gear_shift),
            max(-1, min(int(self.gear), MOST_GEARS)),
        )

    @property
    def backwards(self) -> bool:
        """Whether throttle drives backwards."""
        return self.gear < 0 if self.manual_gear_shift else self.reverse

    @property
    def neutral(self) -> bool:
        """Whether throttle does nothing."""
        return self.manual_gear_shift and self.gear == 0


def _within(value: float, low: float) -> float:
    number = float(value)
    if math.isnan(number):
        return 0.0
    return low if number < low else 1.0 if number > 1.0 else number
