"""Collisions of vehicles with one another and with other bodies; ``collision_kernel`` says how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.collisions.bodies import Bodies
from wormdrive.carla_server.world.collisions.collision_kernel import BLOW, collide_all, first_overlap
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.carla_server.world.vehicles.states import TERRAIN, Collision

__all__ = ["Blow", "collide", "events_of", "meets", "overlapping"]


class Blow(NamedTuple):
    """What a vehicle and another body dealt each other.

    Attributes
    ----------
    one, two:
        Ids; ``two`` is 0 for what has none.
    tag:
        Class number of the second, 0 if it is a vehicle.
    impulse:
        On the second, x and y [N s].
    position:
        Where [m].
    """

    one: int
    two: int
    tag: int
    impulse: tuple[float, float]
    position: tuple[float, float, float]


def collide(fleet: Fleet, before: NDArray[np.float64], others: Bodies | None = None) -> list[Blow]:
    """Separate bodies that overlap and change their velocities; ``others.numbers`` is changed, too.

    ``before`` (3, N): x, y [m] and heading [rad] of the vehicles at the beginning of the frame.
    """
    count = len(fleet)
    if others is None and count < 2:
        return []
    numbers, physics = fleet.numbers, fleet.flags[rows.PHYSICS]
    if others is not None:
        numbers = np.concatenate([numbers, others.numbers], axis=1)
        physics = np.concatenate([physics, others.movable])
        before = np.concatenate([before, others.before], axis=1)
    blows = np.zeros((4 * numbers.shape[1], BLOW))
    found = collide_all(numbers, physics, before, blows)
    if others is not None:
        fleet.numbers[:], others.numbers[:] = numbers[:, :count], numbers[:, count:]
    if not found:
        return []
    ids, tags = fleet.ids.tolist(), [0] * count
    if others is not None:
        ids, tags = ids + others.ids.tolist(), tags + others.tags.tolist()
    return [
        Blow(ids[int(b[0])], ids[int(b[1])], tags[int(b[1])], (b[2], b[3]), (b[4], b[5], b[6]))
        for b in blows[:found].tolist()
        if b[0] < count
    ]


def events_of(blows: Sequence[Blow]) -> list[Collision]:
    """Tell each vehicle once of each body that it met, with the impulses of all blows."""
    sums: dict[tuple[int, int, int], Blow] = {}
    for blow in blows:
        key = blow.one, blow.two, blow.tag
        earlier = sums.get(key)
        x, y = earlier.impulse if earlier else (0.0, 0.0)
        sums[key] = blow._replace(impulse=(x + blow.impulse[0], y + blow.impulse[1]))
    found = []
    for (one, two, tag), blow in sums.items():
        x, y = blow.impulse
        found.append(Collision(one, two or None, (-x, -y, 0.0), blow.position, tag or TERRAIN))
        if not tag:
            found.append(Collision(two, one, (x, y, 0.0), blow.position))
    return found


def overlapping(numbers: NDArray[np.float64], row: int) -> int | None:
    """Row of a vehicle that overlaps the given one, or stands within 2 cm."""
    other = int(first_overlap(numbers, row))
    return None if other < 0 else other


def meets(fleet: Fleet, row: int, others: Bodies) -> bool:
    """Whether a vehicle overlaps one of the bodies, or stands within 2 cm."""
    return int(first_overlap(np.concatenate([fleet.numbers[:, [row]], others.numbers], axis=1), 0)) >= 0
