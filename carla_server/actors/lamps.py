"""Lamps of vehicles: which of them are lit, as flags of ``carla.VehicleLightState``.

Until a client switches a vehicle's lamps they work by themselves: lit when it is dark, or in heavy rain and fog, and
brake lamps as it brakes. From then on they are lit as the client said, and no others.
"""

from __future__ import annotations

from typing import Final

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.envs.seasons.appearance import TRAFFIC_LAMPS, appearance
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["BEAMS", "BRAKE", "LOW_BEAM", "POSITION", "are_lit", "lamps_of"]

POSITION: Final = 1
LOW_BEAM: Final = 2
BEAMS: Final = LOW_BEAM | 4
BRAKE: Final = 8
_BRAKING: Final = 0.05


def are_lit(conditions: Conditions) -> bool:
    """Whether lamps that work by themselves are on."""
    return bool(appearance(conditions)[TRAFFIC_LAMPS] > 0.0)


def lamps_of(vehicle: Vehicle, *, lit: bool) -> int:
    """Return the flags of the lamps that are on; ``lit``: those that work by themselves are."""
    if vehicle.lamps is not None:
        return vehicle.lamps
    return (POSITION | LOW_BEAM if lit else 0) | (BRAKE if vehicle.control.brake > _BRAKING else 0)
