"""Takeover: the wheel passes between a driver and a person without a jerk.

While a person's hand is on the wheel their share of the steering, ``authority``, rises to 1; half a second after they
let go it falls back to 0. A hand that arrives finds the wheel where the driver holds it, and keys turn it at a pace and
to a lock that suit the speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature
from wormdrive.envs.viewer.user_commands import DriverCommand

__all__ = ["GRACE_S", "Steering", "Takeover"]

GRACE_S: Final = 0.5
"""The person keeps the wheel for so long after the last touch [s]: between two strokes of a key, for example."""
_TAKE_S: Final = 0.25
_GIVE_S: Final = 0.7
"""How long taking over and giving back take [s]."""
_GRIP: Final = 4.5
"""The most lateral acceleration that a person's full lock asks for [m/s²]."""
_TURN_S: Final = 0.5
_BACK_S: Final = 0.35
"""Keys turn the wheel from its middle to full lock in the one time, and it turns back by itself in the other [s]."""
_AXIS_S: Final = 0.15
"""A stick or mouse moves it as fast as this allows [s]."""


@dataclass(frozen=True)
class Steering:
    """What came of both: ``steer`` and ``pedal`` in [-1, 1] (pedal NaN: the cruise control).

    ``own`` is the driver's steer, ``person`` where the person holds the wheel; ``touched`` says whether they do,
    ``held`` also that they did a moment ago; ``authority`` is their share.
    """

    steer: float
    pedal: float
    own: float
    person: float
    authority: float
    touched: bool
    held: bool


class Takeover:
    """See the module.

    Parameters
    ----------
    parameters:
        Of the vehicle.
    always:
        There is no other driver: the person has the wheel throughout.
    """

    def __init__(self, parameters: VehicleParameters, *, always: bool = False) -> None:
        self._parameters = parameters
        self._always = always
        self.kept = False
        self.reset()

    def reset(self) -> None:
        """Begin anew: nobody has touched the wheel."""
        self._ramp = 1.0 if self._always else 0.0
        self._wheel = 0.0
        self._idle_s = math.inf
        self.kept = False

    def keep(self) -> None:
        """Take the wheel and keep it, or let go of it."""
        self.kept = not self.kept
        if not self.kept:
            self._idle_s = math.inf

    def advance(self, driver_command: DriverCommand, own: float, speed_mps: float, dt_s: float) -> Steering:
        """Return the steering of the next ``dt_s`` [s] from where the hands are and what the driver would steer."""
        touched = driver_command.on or self.kept or self._always
        self._idle_s = 0.0 if touched else self._idle_s + dt_s
        held = touched or self._idle_s < GRACE_S
        if self._ramp == 0.0:
            self._wheel = own
        if held:
            self._turn(driver_command, speed_mps, dt_s)
        step = dt_s / _TAKE_S if held else -dt_s / _GIVE_S
        self._ramp = float(np.clip(self._ramp + step, 0.0, 1.0))
        share = self._ramp * self._ramp * (3.0 - 2.0 * self._ramp)
        pedal = driver_command.pedal if held and driver_command.pedal else math.nan
        steer = (1.0 - share) * own + share * self._wheel
        return Steering(steer, pedal, own, self._wheel, share, touched, held)

    def _turn(self, driver_command: DriverCommand, speed_mps: float, dt_s: float) -> None:
        """Turn the person's wheel towards where they want it."""
        bend = np.array([_GRIP / max(speed_mps, 3.0) ** 2])
        lock = abs(float(steer_for_curvature(bend, np.array([speed_mps]), self._parameters)[0]))
        wanted = driver_command.steer * lock
        followed = driver_command.on and not driver_command.keys
        rate = lock / (_AXIS_S if followed else _TURN_S if driver_command.steer else _BACK_S)
        self._wheel += float(np.clip(wanted - self._wheel, -rate * dt_s, rate * dt_s))
