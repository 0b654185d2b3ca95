"""Kernels for props: which of them vehicles may touch, and how those slide that were pushed."""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = ["CLEARANCE_M", "mark_near", "slide"]

CLEARANCE_M: Final = 0.22
"""Vehicles roll over what is lower [m]."""
SLIDING: Final = 0.5
"""Friction with the ground [-]."""
SKIN_M: Final = 0.05


@njit(cache=True, nogil=True, error_model="numpy")
def _touching(n, i, far, props, j):  # type: ignore[no-untyped-def]
    """Whether two bodies may touch, of which the first moves by up to ``far`` [m]."""
    reach = far + SKIN_M
    reach += math.sqrt(n[rows.HALF_LENGTH, i] ** 2 + n[rows.HALF_WIDTH, i] ** 2)
    reach += math.sqrt(props[rows.HALF_LENGTH, j] ** 2 + props[rows.HALF_WIDTH, j] ** 2)
    dx, dy = n[rows.X, i] - props[rows.X, j], n[rows.Y, i] - props[rows.Y, j]
    return dx * dx + dy * dy <= reach * reach


@njit(cache=True, nogil=True, error_model="numpy")
def mark_near(vehicles, before, props, were, movable, solid, marked):  # type: ignore[no-untyped-def]
    """Mark the solid props (M,) that vehicles may touch, and those that marked ones may be pushed into.

    ``before`` and ``were`` (3, N) and (3, M) are x, y and heading at the beginning of the frame.
    """
    count = props.shape[1]
    for j in range(count):
        if not solid[j]:
            continue
        own = abs(props[rows.X, j] - were[0, j]) + abs(props[rows.Y, j] - were[1, j])
        low, high = props[rows.Z, j], props[rows.Z, j] + 2.0 * props[rows.HALF_HEIGHT, j]
        for i in range(vehicles.shape[1]):
            z = vehicles[rows.Z, i]
            if high <= z + CLEARANCE_M or low >= z + 2.0 * vehicles[rows.HALF_HEIGHT, i]:
                continue
            far = own + abs(vehicles[rows.X, i] - before[0, i]) + abs(vehicles[rows.Y, i] - before[1, i])
            if _touching(vehicles, i, far, props, j):
                marked[j] = True
                break
        if movable[j] and (props[rows.U, j] != 0.0 or props[rows.V, j] != 0.0):
            marked[j] = True
    grown = True
    while grown:  # what is pushed pushes others
        grown = False
        for j in range(count):
            if not (marked[j] and movable[j]):
                continue
            for k in range(count):
                if solid[k] and not marked[k] and _touching(props, j, 1.0, props, k):
                    marked[k] = grown = True


@njit(cache=True, nogil=True, error_model="numpy")
def slide(numbers, sliding, dt, velocity):  # type: ignore[no-untyped-def]
    """Move those props whose rows ``sliding`` gives by a frame; ``velocity`` (M, 3) is set in the map's axes."""
    for k in range(len(sliding)):
        j = sliding[k]
        cosine, sine = math.cos(numbers[rows.PSI, j]), math.sin(numbers[rows.PSI, j])
        u, v = numbers[rows.U, j], numbers[rows.V, j]
        vx, vy = u * cosine - v * sine, u * sine + v * cosine
        speed = math.sqrt(vx * vx + vy * vy)
        left = max(speed - SLIDING * GRAVITY * dt, 0.0) / speed if speed > 0.0 else 0.0
        vx, vy = vx * left, vy * left
        gyration = math.sqrt(numbers[rows.INERTIA, j] / numbers[rows.MASS, j])
        rate = numbers[rows.R, j]
        rate = math.copysign(max(abs(rate) - SLIDING * GRAVITY * dt / gyration, 0.0), rate)
        numbers[rows.X, j] += dt * vx
        numbers[rows.Y, j] += dt * vy
        psi = numbers[rows.PSI, j] + dt * rate
        numbers[rows.PSI, j], numbers[rows.R, j] = psi, rate
        cosine, sine = math.cos(psi), math.sin(psi)
        numbers[rows.U, j], numbers[rows.V, j] = vx * cosine + vy * sine, vy * cosine - vx * sine
        velocity[j, 0], velocity[j, 1], velocity[j, 2] = vx, vy, 0.0
