"""Friction triggers: boxes in which the tyres of vehicles have another friction than their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.numbers import number

__all__ = ["FrictionTrigger", "friction_at"]

_CM: float = 0.01


@dataclass(eq=False)
class FrictionTrigger(Actor):
    """A box around its pose; the attributes are half sizes [cm], as CARLA has them, and the friction in its unit.

    Raises
    ------
    RequestError
        An attribute is no number, or out of bounds.
    """

    def __post_init__(self) -> None:
        self.half_m = [_CM * self._value(f"extent_{axis}", 1e6) for axis in "xyz"]
        self.friction = self._value("friction", 100.0)

    def _value(self, name: str, high: float) -> float:
        given = self.attributes[name]
        try:
            return number(float(given), 0.0, high)
        except ValueError:
            raise RequestError(f"attribute {name}={given[:40]!r}: allowed are numbers") from None

    def holds(self, pose: Pose) -> bool:
        """Whether a place lies in the box."""
        apart = pose.x - self.pose.x, pose.y - self.pose.y, pose.z - self.pose.z
        return all(abs(part) <= half for part, half in zip(self.pose.into(apart), self.half_m, strict=True))


def friction_at(triggers: Sequence[FrictionTrigger], pose: Pose) -> float | None:
    """Friction that the latest of the triggers around a place gives tyres there; None outside all."""
    return next((each.friction for each in reversed(triggers) if each.holds(pose)), None)
