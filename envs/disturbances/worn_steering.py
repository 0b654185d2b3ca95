"""Worn steering: play at the wheel, and wheels that stand askew when it is centred."""

from __future__ import annotations

from wormdrive.envs.simulation.disturbances import Steering

__all__ = ["WornSteering"]


class WornSteering:
    """One car's steering.

    The steering follows the wheel once the wheel has passed its play, half of it to each side.
    """

    def __init__(self, settings: Steering) -> None:
        self._offset, self._slack = settings.offset, 0.5 * settings.play
        self._follows = 0.0

    def turn(self, steer: float) -> float:
        """Return what the steering does, in [-1, 1], when the wheel is turned to ``steer``."""
        wheel = min(max(steer, -1.0), 1.0)
        self._follows = min(max(self._follows, wheel - self._slack), wheel + self._slack)
        return min(max(self._follows + self._offset, -1.0), 1.0)
