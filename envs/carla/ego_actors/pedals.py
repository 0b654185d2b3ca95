"""Pedals: throttle and brake of a vehicle whose pedals are not known."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["Pedals"]


class Pedals:
    """Throttle and brake for an acceleration that is wanted.

    The embedded vehicle's pedals are exact; others' are not. What is missing for long is added: the mismatch between
    what was wanted and what came, as far as it exceeds what resistance takes, is summed up.
    """

    GAIN: Final = 0.5
    """[1/s]"""
    USUAL_LOSS: Final = 0.4
    """What rolling and drag take, and measuring blurs [m/s²]."""
    MOST: Final = 0.6
    """Of throttle or brake that may be added."""

    def __init__(self) -> None:
        self.added = 0.0
        self._wanted: float | None = None
        self._speed = 0.0

    def begin(self) -> None:
        """Forget: an episode begins."""
        self.added, self._wanted = 0.0, None

    def press(self, wanted: float, speed_mps: float, dt_s: float, parameters: VehicleParameters) -> tuple[float, float]:
        """Throttle and brake in [0, 1] for an acceleration [m/s²]."""
        if self._wanted is not None:
            missing = self._wanted - (speed_mps - self._speed) / dt_s
            beyond = math.copysign(max(abs(missing) - self.USUAL_LOSS, 0.0), missing)
            change = self.GAIN * dt_s * beyond / parameters.max_acceleration
            self.added = min(max(self.added + change, -self.MOST), self.MOST)
        self._wanted, self._speed = wanted, speed_mps
        scale = parameters.max_acceleration if wanted > 0.0 else parameters.max_braking
        pedal = min(max(wanted / scale + self.added, -1.0), 1.0)
        return max(pedal, 0.0), max(-pedal, 0.0)
