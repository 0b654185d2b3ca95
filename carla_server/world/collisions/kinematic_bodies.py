"""Kinematic bodies: people and objects that somebody else moves. Sensors see them, vehicles hit them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.carla_server.world.vehicles.states import Collision

__all__ = ["PEDESTRIAN", "KinematicBody", "hits"]

PEDESTRIAN: Final = 12
"""Class number of CARLA's."""


@dataclass
class KinematicBody:
    """A box that stands on its pose.

    Attributes
    ----------
    pose:
        Of the middle of its lower face.
    half_m:
        Half length, half width, half height [m].
    tag:
        Class number of CARLA's.
    mass_kg:
        Counts when a vehicle hits it [kg].
    velocity_mps:
        In the map's axes.
    touched:
        Vehicles that it touches: each contact is one event.
    """

    pose: Pose
    half_m: tuple[float, float, float]
    tag: int
    mass_kg: float
    velocity_mps: tuple[float, float, float]
    touched: frozenset[int] = frozenset()


def hits(fleet: Fleet, kinematic_bodies: dict[int, KinematicBody]) -> list[Collision]:
    """Find the contacts that begin; each takes the momentum from the vehicle that carries the body along.

    In the plane kinematic bodies are circles as wide as their box.
    """
    found = []
    n = fleet.numbers
    for number, one in kinematic_bodies.items():
        dx, dy = one.pose.x - n[rows.X], one.pose.y - n[rows.Y]
        cosine, sine = np.cos(n[rows.PSI]), np.sin(n[rows.PSI])
        ahead = np.maximum(np.abs(dx * cosine + dy * sine) - n[rows.HALF_LENGTH], 0.0)
        aside = np.maximum(np.abs(dy * cosine - dx * sine) - n[rows.HALF_WIDTH], 0.0)
        level = (n[rows.Z] < one.pose.z + 2.0 * one.half_m[2]) & (one.pose.z < n[rows.Z] + 2.0 * n[rows.HALF_HEIGHT])
        near = level & (np.hypot(ahead, aside) < max(one.half_m[0], one.half_m[1]))
        touched = frozenset(fleet.ids[near].tolist())
        for row in np.flatnonzero(near).tolist():
            vehicle = int(fleet.ids[row])
            if vehicle not in one.touched:
                found.append(_hit(fleet, row, vehicle, number, one))
        one.touched = touched
    return found


def _hit(fleet: Fleet, row: int, vehicle: int, number: int, one: KinematicBody) -> Collision:
    n = fleet.numbers
    cosine, sine = math.cos(n[rows.PSI, row]), math.sin(n[rows.PSI, row])
    u, v = float(n[rows.U, row]), float(n[rows.V, row])
    apart = u * cosine - v * sine - one.velocity_mps[0], u * sine + v * cosine - one.velocity_mps[1]
    mass = float(n[rows.MASS, row])
    share = one.mass_kg * mass / (one.mass_kg + mass) if fleet.flags[rows.PHYSICS, row] else 0.0
    x, y = -share * apart[0], -share * apart[1]
    n[rows.U, row] += (x * cosine + y * sine) / mass
    n[rows.V, row] += (y * cosine - x * sine) / mass
    place = one.pose.x, one.pose.y, one.pose.z + one.half_m[2]
    return Collision(vehicle, number, (x, y, 0.0), place)
