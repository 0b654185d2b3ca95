"""Kernels around the vehicle's: what the ground and the driver do to each vehicle, and driving backwards.

The vehicle kernel knows no reverse gear. Whoever drives or is pushed backwards follows the kinematic law that the
vehicle kernel has for walking pace, here up to the modest speed that reverse allows.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles import powertrain_kernel as powertrain
from wormdrive.carla_server.world.vehicles.powertrain import POWERED
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = [
    "BACKWARD",
    "DRIVEN",
    "FORWARD",
    "HELD",
    "REVERSE_MPS",
    "STILL",
    "STOPPED",
    "back_up",
    "prepare",
    "roll_on",
    "settle",
    "take_over",
    "velocities",
]

FORWARD, BACKWARD, STOPPED, HELD, STILL, DRIVEN = range(6)
"""Who moves a vehicle: the vehicle kernel; the law for driving backwards; brakes that hold it; a constant velocity;
nobody, since its physics is off; the powertrain kernel."""
REVERSE_MPS: Final = 6.0
"""Speed at which throttle in reverse gear gives out [m/s]."""
REVERSE_SHARE: Final = 0.6
"""Of the engine's acceleration, in reverse gear."""
HAND_BRAKE: Final = 0.5
"""Of the brakes' most."""
OFF_FRICTION: Final = 0.6
"""Grip beside the road by that on it."""
STEEPEST: Final = 0.15
"""Slopes pull no harder than this many g, as in the embedded simulator."""
ALIGNED_RAD: Final = 0.2
TURNED_RAD: Final = 0.6
"""Up to the first angle to its lane a vehicle feels the lane's slope and bank; from the second on, those that lie
before and beside it."""
CREEPING_MPS: Final = 0.01
"""Slower vehicles are held by their brakes, or begin to drive backwards [m/s]."""
LEAST_FRICTION: Final = 0.05
FASTEST_MPS: Final = 120.0
FASTEST_RADPS: Final = 10.0
MOST_LEAN: Final = 0.6
"""What blows can give, and how far a body leans in a bend [rad]; more is cut, for the vehicle kernel's series."""


@njit(cache=True, nogil=True, error_model="numpy")
def prepare(numbers, flags, heading, slope, bank, packed, tables, friction, dt, work, mode):  # type: ignore[no-untyped-def]
    """Fill ``work`` (vehicle.ROWS, N) and ``mode`` (N,); blows and forces of the last step are taken in.

    ``heading`` [rad], ``slope`` and ``bank`` (N,) are the lane's under each vehicle; ``friction`` [-] is the road's.
    """
    for i in range(numbers.shape[1]):
        psi = numbers[rows.PSI, i]
        gravity = 1.0 if flags[rows.GRAVITY, i] else 0.0
        turn = math.atan2(math.sin(psi - heading[i]), math.cos(psi - heading[i]))
        part = min(max((abs(turn) - ALIGNED_RAD) / (TURNED_RAD - ALIGNED_RAD), 0.0), 1.0)
        turn *= part * part * (3.0 - 2.0 * part)
        along = slope[i] * math.cos(turn) + bank[i] * math.sin(turn)
        across = bank[i] * math.cos(turn) - slope[i] * math.sin(turn)
        pull_x = GRAVITY * gravity * min(max(along, -STEEPEST), STEEPEST)
        pull_y = GRAVITY * gravity * min(max(across, -STEEPEST), STEEPEST)

        _take_forces(numbers, i, dt)
        u = numbers[rows.U, i]
        throttle = 0.0 if flags[rows.NEUTRAL, i] else numbers[rows.THROTTLE, i]
        brake = numbers[rows.BRAKE, i]
        hand = 1.0 if flags[rows.HAND_BRAKE, i] else 0.0
        powered = tables[i, POWERED] > 0.0
        grip = friction * numbers[rows.GRIP, i] * (OFF_FRICTION if flags[rows.OUT, i] else 1.0)
        engine, brakes = packed[i, 9], packed[i, 11]
        if powered:
            stop = powertrain.braking(tables[i], brake, hand, numbers[rows.MASS, i])
        else:
            stop = (min(brake + HAND_BRAKE, 1.0) if hand > 0.0 else brake) * brakes
        backwards = flags[rows.BACKWARDS, i]

        for row in range(7):
            work[row, i] = numbers[row, i]
        work[vehicle.TARGET, i] = numbers[rows.STEER, i]
        work[vehicle.FRICTION, i] = max(grip, LEAST_FRICTION)
        work[vehicle.PULL_X, i] = pull_x
        work[vehicle.PULL_Y, i] = pull_y
        slow = max(abs(numbers[rows.V, i]), 0.3 * abs(numbers[rows.R, i])) < 0.1
        held = min(stop, grip * GRAVITY) > math.sqrt(pull_x * pull_x + pull_y * pull_y)
        creep = CREEPING_MPS + 0.6 * max(-pull_x, 0.0) / max(stop, 0.1)  # where brakes that fade would balance
        angle = 0.0
        if powered:
            base = packed[i, 1] + packed[i, 2]
            angle = powertrain.wheel_angle(tables[i], base, numbers[rows.STEER, i], u)
            work[vehicle.TARGET, i] = -angle / packed[i, 6]
        if not flags[rows.PHYSICS, i]:
            mode[i] = STILL
        elif not math.isnan(numbers[rows.HELD_U, i]):
            mode[i] = HELD
        elif stop > 0.0 and held and slow and abs(u) < creep and (throttle == 0.0 or hand > 0.0):
            mode[i] = STOPPED
        elif powered:
            mode[i] = DRIVEN
            work[vehicle.TARGET, i] = angle
            work[vehicle.FRICTION, i] = friction * (OFF_FRICTION if flags[rows.OUT, i] else 1.0)
            work[vehicle.ACCELERATION, i] = numbers[rows.PUSHED, i]
        elif u < 0.0 or (u < CREEPING_MPS and backwards and throttle > 0.0):
            mode[i] = BACKWARD
            away = REVERSE_SHARE * max(1.0 + u / REVERSE_MPS, 0.0) if backwards else -1.0
            work[vehicle.WANTED, i] = -throttle * engine * away
            work[vehicle.ACCELERATION, i] = stop
        else:
            mode[i] = FORWARD
            drive = -0.5 * throttle * brakes if backwards else throttle * engine
            work[vehicle.WANTED, i] = drive - stop


@njit(error_model="numpy")
def _take_forces(numbers, i, dt):  # type: ignore[no-untyped-def]
    """Let a vehicle feel what pushes it in this frame, once."""
    cosine, sine = math.cos(numbers[rows.PSI, i]), math.sin(numbers[rows.PSI, i])
    push = dt / numbers[rows.MASS, i]
    ahead = numbers[rows.FORCE_X, i] * cosine + numbers[rows.FORCE_Y, i] * sine
    aside = numbers[rows.FORCE_Y, i] * cosine - numbers[rows.FORCE_X, i] * sine
    numbers[rows.U, i] = _within(numbers[rows.U, i] + push * ahead, FASTEST_MPS)
    numbers[rows.V, i] = _within(numbers[rows.V, i] + push * aside, FASTEST_MPS)
    turn = numbers[rows.TORQUE, i] * dt / numbers[rows.INERTIA, i]
    numbers[rows.R, i] = _within(numbers[rows.R, i] + turn, FASTEST_RADPS)
    for row in (rows.FORCE_X, rows.FORCE_Y, rows.FORCE_Z, rows.TORQUE):
        numbers[row, i] = 0.0


@njit(inline="always", error_model="numpy")
def _within(x, most):  # type: ignore[no-untyped-def]
    return min(max(x, -most), most)


@njit(cache=True, nogil=True, error_model="numpy")
def back_up(numbers, work, packed, mode, dt, substeps):  # type: ignore[no-untyped-def]
    """Advance vehicles that are not the vehicle kernel's by ``substeps`` steps of ``dt`` [s], in place.

    Of ``work`` rows WANTED (drive [m/s²], negative backwards) and ACCELERATION (brakes' [m/s²]) are read.
    """
    for i in range(numbers.shape[1]):
        if mode[i] == FORWARD or mode[i] == STILL or mode[i] == DRIVEN:
            continue
        front, rear, rate, lag = packed[i, 1], packed[i, 2], packed[i, 7], packed[i, 8]
        friction = work[vehicle.FRICTION, i]
        most = friction * GRAVITY
        target = -_within(work[vehicle.TARGET, i], 1.0) * packed[i, 6]
        x, y, psi, u, v, r, delta = (
            work[0, i], work[1, i], work[2, i], work[3, i], work[4, i], work[5, i], work[6, i],
        )  # fmt: skip
        spin = most * packed[i, 0] * front
        for _ in range(substeps):
            delta += dt * min(max((target - delta) / lag, -rate), rate)
            if mode[i] == STOPPED:
                u = v = r = 0.0
                continue
            turn = math.tan(delta) / (front + rear)
            if mode[i] == HELD:
                u, v = numbers[rows.HELD_U, i], numbers[rows.HELD_V, i]
                r = u * turn
            else:
                moving = min(1.0, max(-u, 0.0) / powertrain.STOPPING_MPS)
                pedal = _within(work[vehicle.WANTED, i], 0.95 * most)
                stop = min(work[vehicle.ACCELERATION, i], 0.95 * most) * moving
                resist = packed[i, 12] * GRAVITY * moving + packed[i, 13] * u * u
                x, y, psi, u, v, r = powertrain.back_step(
                    x, y, psi, u, v, r, pedal, stop, resist, work[vehicle.PULL_X, i], turn, rear, most, spin, dt
                )
                continue
            middle = psi + 0.5 * dt * r
            x += dt * (u * math.cos(middle) - v * math.sin(middle))
            y += dt * (u * math.sin(middle) + v * math.cos(middle))
            psi += dt * r
        work[0, i], work[1, i], work[2, i], work[3, i] = x, y, psi, u
        work[4, i], work[5, i], work[6, i] = v, r, delta


@njit(cache=True, nogil=True, error_model="numpy")
def roll_on(flags, packed, mode, off_rolling, dt, substeps, work):  # type: ignore[no-untyped-def]
    """Advance those vehicles of ``work`` that are the vehicle kernel's by ``substeps`` steps of ``dt`` [s], in place.

    One after the other: each has parameters of its own, and rolls harder beside the road (``off_rolling`` [-] more),
    and not at all without load on its wheels.
    """
    one = np.empty((vehicle.ROWS, 1))
    for i in range(work.shape[1]):
        if mode[i] != FORWARD:
            continue
        p = packed[i]
        rolling = 0.0 if not flags[rows.GRAVITY, i] else p[12] + (off_rolling if flags[rows.OUT, i] else 0.0)
        one[:, 0] = work[:, i]
        vehicle.advance_vehicles(
            one, 1, dt, substeps,
            (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], rolling, p[13]),
        )  # fmt: skip
        work[:, i] = one[:, 0]


@njit(cache=True, nogil=True, error_model="numpy")
def take_over(work, mode, flags, tables, numbers):  # type: ignore[no-untyped-def]
    """Take the moved vehicles' states over; what nobody moves stands still."""
    for i in range(numbers.shape[1]):
        if mode[i] == STILL:
            numbers[rows.U, i] = numbers[rows.V, i] = numbers[rows.R, i] = 0.0
        else:
            numbers[:7, i] = work[:7, i]
        if tables[i, POWERED] == 0.0:
            continue
        numbers[rows.PUSHED, i] = work[vehicle.ACCELERATION, i] if mode[i] == DRIVEN else 0.0
        if mode[i] != DRIVEN:
            powertrain.synchronise(numbers, i, tables[i], flags[rows.BACKWARDS, i])


@njit(cache=True, nogil=True, error_model="numpy")
def settle(numbers, flags, z, heading, slope, bank, off_road):  # type: ignore[no-untyped-def]
    """Set those vehicles on the ground that physics and gravity hold there; the rest (N,) is the ground's."""
    for i in range(numbers.shape[1]):
        down = flags[rows.PHYSICS, i] and flags[rows.GRAVITY, i]
        flags[rows.OUT, i] = down and off_road[i]
        if not down:
            continue
        turn = numbers[rows.PSI, i] - heading[i]
        cosine, sine = math.cos(turn), math.sin(turn)
        along, across = slope[i] * cosine + bank[i] * sine, bank[i] * cosine - slope[i] * sine
        lean = _within(numbers[rows.LEAN, i] * numbers[rows.U, i] * numbers[rows.R, i], MOST_LEAN)
        numbers[rows.Z, i] = z[i]
        numbers[rows.PITCH, i] = -math.atan(along)
        numbers[rows.ROLL, i] = math.atan(across) + lean
        numbers[rows.CLIMB, i] = numbers[rows.U, i] * along + numbers[rows.V, i] * across


@njit(cache=True, nogil=True, error_model="numpy")
def velocities(numbers):  # type: ignore[no-untyped-def]
    """(3, N) in the map's axes."""
    result = np.empty((3, numbers.shape[1]))
    for i in range(numbers.shape[1]):
        u, v = numbers[rows.U, i], numbers[rows.V, i]
        cosine, sine = math.cos(numbers[rows.PSI, i]), math.sin(numbers[rows.PSI, i])
        result[0, i], result[1, i], result[2, i] = u * cosine - v * sine, u * sine + v * cosine, numbers[rows.CLIMB, i]
    return result
