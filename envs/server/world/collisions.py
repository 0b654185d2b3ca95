"""Collisions between vehicles; ``collision_kernel`` says how."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.server.world import fleet as rows
from wormdrive.envs.server.world.collision_kernel import BLOW, collide_all, first_overlap
from wormdrive.envs.server.world.fleet import Fleet

__all__ = ["Blow", "collide", "overlapping"]


class Blow(NamedTuple):
    """What two vehicles dealt each other: their rows, the impulse on the second (x, y) [N s], and where [m]."""

    one: int
    two: int
    impulse: tuple[float, float]
    position: tuple[float, float, float]


def collide(fleet: Fleet, before: NDArray[np.float64]) -> list[Blow]:
    """Separate vehicles that overlap and change their velocities.

    ``before`` (3, N): x, y [m] and heading [rad] at the beginning of the frame.
    """
    count = len(fleet)
    if count < 2:
        return []
    blows = np.zeros((4 * count, BLOW))
    found = collide_all(fleet.numbers, fleet.flags[rows.PHYSICS], before, blows)
    return [Blow(int(b[0]), int(b[1]), (b[2], b[3]), (b[4], b[5], b[6])) for b in blows[:found].tolist()]


def overlapping(numbers: NDArray[np.float64], row: int) -> int | None:
    """Row of a vehicle that overlaps the given one, or stands within 2 cm."""
    other = int(first_overlap(numbers, row))
    return None if other < 0 else other
