"""Vehicle batch kernels: what the road does to vehicles, and where on the road they are.

``prepare`` gathers the worlds that still run into the vehicle kernel's work array, ``settle`` takes the result back,
finds the car on its route and says which episodes end.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.road_table import BANK, CURVATURE, HEADING, LEFT, RIGHT, SPACING_M, X, Y, Z
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = [
    "CURVE",
    "ELEVATION",
    "HEADING_ERROR",
    "OFFSET",
    "SPEED",
    "STATES",
    "STATION",
    "prepare",
    "project",
    "settle",
]

MOTION: Final = 7
"""The first rows of a state are the vehicle kernel's X ... DELTA."""
STATION, OFFSET, HEADING_ERROR, CURVE, ELEVATION, SPEED = range(7, 13)
"""Further rows: station [m], lateral offset [m], heading error [rad], lane curvature [1/m], z [m], speed [m/s]."""
STATES: Final = 13
LANE_DEPARTURE: Final = 1
ROUTE_DONE: Final = 2
TIME_LIMIT: Final = 3
"""Indices into ``END_REASONS``."""
STEEPEST: Final = 0.15
"""Slope and bank pull no harder than this many g: real roads are hardly steeper, drawn ones may be walls."""
TURN: Final = 2.0 * math.pi
MOST_SEGMENTS: Final = 40
"""How far along the route one step may carry a car, in segments."""


@njit(cache=True, nogil=True, error_model="numpy")
def prepare(live, state, command, friction, points, first, count, throttle, brakes, work):  # type: ignore[no-untyped-def]
    """Fill ``work`` (ROWS, M) for the M worlds in ``live`` from their states (STATES, N) and commands (N, 2).

    A commanded acceleration in [-1, 1] is scaled by ``throttle`` or ``brakes`` [m/s²]; NaN stays NaN.
    """
    for m in range(live.shape[0]):
        world = live[m]
        for row in range(MOTION):
            work[row, m] = state[row, world]
        pedal = command[world, 1]
        work[vehicle.TARGET, m] = command[world, 0]
        work[vehicle.WANTED, m] = pedal * (throttle if pedal > 0.0 else brakes)
        work[vehicle.FRICTION, m] = friction[world]
        i = first[world] + min(max(int(state[STATION, world] / SPACING_M), 0), count[world] - 2)
        slope = (points[i + 1, Z] - points[i, Z]) / SPACING_M
        work[vehicle.PULL_X, m] = GRAVITY * min(max(slope, -STEEPEST), STEEPEST)
        work[vehicle.PULL_Y, m] = GRAVITY * min(max(points[i, BANK], -STEEPEST), STEEPEST)


@njit(cache=True, nogil=True, error_model="numpy")
def settle(live, work, state, points, first, count, end_station, step, last_step, end_reason):  # type: ignore[no-untyped-def]
    """Write the moved vehicles back into ``state``, project them on their routes, count the step, set end reasons."""
    for m in range(live.shape[0]):
        world = live[m]
        for row in range(MOTION):
            state[row, world] = work[row, m]
        left, right = _locate(state, world, points, first[world], count[world])
        step[world] += 1
        offset = state[OFFSET, world]
        if offset > left or offset < -right:
            end_reason[world] = LANE_DEPARTURE
        elif state[STATION, world] >= end_station[world]:
            end_reason[world] = ROUTE_DONE
        elif step[world] >= last_step[world]:
            end_reason[world] = TIME_LIMIT


@njit(cache=True, nogil=True, error_model="numpy")
def project(live, state, points, first, count):  # type: ignore[no-untyped-def]
    """Find the worlds in ``live`` on their routes, beginning the search at the station that their states hold."""
    for m in range(live.shape[0]):
        _locate(state, live[m], points, first[live[m]], count[live[m]])


@njit(error_model="numpy")
def _locate(state, world, points, begin, count):  # type: ignore[no-untyped-def]
    """Project one world and fill its rows STATION ... SPEED; returns the lane's half-widths [m] there.

    Between two samples the lane centre is the flat arc through both whose heading changes evenly: with the chord as
    abscissa t in [0, h] it lies ``-curvature t (h - t) / 2`` to the chord's left.
    """
    x = state[vehicle.X, world]
    y = state[vehicle.Y, world]
    i = min(max(int(state[STATION, world] / SPACING_M), 0), count - 2)
    way = 0
    length = SPACING_M
    along = across = bend = 0.0
    for _ in range(MOST_SEGMENTS):
        a = begin + i
        chord_x = points[a + 1, X] - points[a, X]
        chord_y = points[a + 1, Y] - points[a, Y]
        length = max(math.sqrt(chord_x * chord_x + chord_y * chord_y), 1e-9)
        chord_x /= length
        chord_y /= length
        from_x = x - points[a, X]
        from_y = y - points[a, Y]
        across = from_y * chord_x - from_x * chord_y
        bend = (points[a + 1, HEADING] - points[a, HEADING]) / length
        # One Newton step from the chord's middle towards the foot of the perpendicular on the arc.
        middle = 0.5 * length
        along = middle + (from_x * chord_x + from_y * chord_y - middle) / max(1.0 - bend * across, 0.1)
        if along < 0.0 and i > 0 and way <= 0:
            way = -1
        elif along > length and i < count - 2 and way >= 0:
            way = 1
        else:
            break
        i += way
    along = min(max(along, 0.0), length)
    part = along / length
    a = begin + i
    slope = bend * (along - 0.5 * length)
    offset = (across + 0.5 * bend * along * (length - along)) / math.sqrt(1.0 + slope * slope)
    state[STATION, world] = (i + part) * SPACING_M
    state[OFFSET, world] = offset
    error = state[vehicle.PSI, world] - _between(points, a, HEADING, part)
    state[HEADING_ERROR, world] = error - TURN * math.floor(error / TURN + 0.5)
    state[CURVE, world] = _between(points, a, CURVATURE, part)
    state[ELEVATION, world] = _between(points, a, Z, part) + offset * _between(points, a, BANK, part)
    u = state[vehicle.U, world]
    v = state[vehicle.V, world]
    state[SPEED, world] = math.sqrt(u * u + v * v)
    return _between(points, a, LEFT, part), _between(points, a, RIGHT, part)


@njit(inline="always", error_model="numpy")
def _between(points, row, column, part):  # type: ignore[no-untyped-def]
    return points[row, column] + part * (points[row + 1, column] - points[row, column])
