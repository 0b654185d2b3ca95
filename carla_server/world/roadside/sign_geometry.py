"""Sign geometry: which way signals face, and how large signs are."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.opendrive.objects import surface_at
from wormdrive.envs.roads.opendrive.signals import Signal

__all__ = ["LIMIT", "LOWEST_M", "STOP", "YIELD", "Plate", "facing", "plate_of"]

STOP, YIELD, LIMIT = "206", "205", "274"
"""Kinds of signs that are known by themselves, in OpenDRIVE's numbers."""
LOWEST_M: Final = 2.0
"""Lower edge of a sign of which the map does not say how high it hangs."""
_SIDE_M: Final = 0.75
_SIDES_M: Final = (0.2, 4.0)
_HANGS_M: Final = 1.0


class Plate(NamedTuple):
    """Size of a sign's plate and height of its lower edge above the ground [m]."""

    width_m: float
    height_m: float
    low_m: float


def plate_of(signal: Signal) -> Plate | None:
    """Return the plate of a sign that is known or says how large it is; None of others."""
    width, height = signal.width_m, signal.height_m
    small, large = _SIDES_M
    if not (small <= width <= large and small <= height <= large):
        if signal.kind not in (STOP, YIELD, LIMIT):
            return None
        width = height = _SIDE_M
    return Plate(width, height, signal.z_offset_m if signal.z_offset_m > _HANGS_M else LOWEST_M)


def facing(road_map: RoadMap, signal: Signal) -> Pose:
    """Foot of a signal; it faces those whom it is for."""
    place = signal.place
    x, y, z, heading = surface_at(road_map, place.road, place.s_m, place.t_m)
    heading += 0.0 if place.orientation == "-" else math.pi
    return Pose(x, y, z, math.atan2(math.sin(heading), math.cos(heading)))
