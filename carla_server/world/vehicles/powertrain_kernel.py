"""Powertrain kernels: vehicles that are driven by engine, clutch and gearbox, forward and backwards.

Engine and vehicle are two masses joined by the clutch and the tyres' slip in series; one step solves both implicitly,
so that stiff clutches are stable. What comes out is the force at the wheels, which tyres and brakes limit by axle; the
single-track model of ``vehicle_kernel`` does the rest.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles import powertrain as table
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = ["RELAXATION_S", "STOPPING_MPS", "back_step", "braking", "drive_on", "synchronise", "wheel_angle"]

STOPPING_MPS: Final = 0.5
RELAXATION_S: Final = 0.05
"""As in the vehicle kernel."""
GRIP_LEFT: Final = 0.95
"""Share of an axle's grip that engine and brakes may use, as in the vehicle kernel: anti-lock brakes."""
LEAST_PEAK: Final = 0.2
"""Share of an axle's grip across the vehicle that is left even to an axle that brakes with all it has."""
HOLD_S: Final = 1.0
"""How long the automatic gearbox keeps a gear at least: Unreal Engine's ``GearAutoBoxLatency`` [s]."""
LEAST_MPS: Final = 1.0
"""Slip of the tyres is measured by no lower speed."""


@njit(inline="always", error_model="numpy")
def _within(x, most):  # type: ignore[no-untyped-def]
    return min(max(x, -most), most)


@njit(error_model="numpy")
def _curve(t, at, count, x):  # type: ignore[no-untyped-def]
    """Value of a piecewise linear curve that begins at column ``at``; flat beyond its ends."""
    if x <= t[at]:
        return t[at + 1]
    for k in range(1, count):
        x0, y0, x1, y1 = t[at + 2 * k - 2], t[at + 2 * k - 1], t[at + 2 * k], t[at + 2 * k + 1]
        if x < x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return t[at + 2 * count - 1]


@njit(error_model="numpy")
def _ratio(t, gear):  # type: ignore[no-untyped-def]
    """Engine's turns by the wheels': negative in reverse, 0 in neutral."""
    if gear <= 0:
        return gear * table.REVERSE_RATIO * t[table.FINAL]
    return t[table.GEAR_AT + 3 * (gear - 1)] * t[table.FINAL]


@njit(error_model="numpy")
def wheel_angle(t, wheelbase, steer, speed):  # type: ignore[no-untyped-def]
    """Angle of the single-track model's front wheel [rad], positive left, for steer in [-1, 1], +1 right.

    The inner wheel turns as far as steer, lock and steering curve say; the outer one follows Ackermann's law.
    """
    lock = t[table.LEFT_LOCK] if steer < 0.0 else t[table.RIGHT_LOCK]
    inner = abs(steer) * lock * _curve(t, table.STEER_AT, int(t[table.STEERS]), abs(speed))
    if inner < 1e-9:
        return 0.0
    middle = math.atan(1.0 / (1.0 / math.tan(inner) + t[table.HALF_TRACK] / wheelbase))
    return middle if steer < 0.0 else -middle


@njit(error_model="numpy")
def braking(t, brake, hand, mass):  # type: ignore[no-untyped-def]
    """Return what the brakes' torques are worth, whatever the tyres hold [m/s²]."""
    force = brake * (t[table.FRONT_BRAKE] + t[table.REAR_BRAKE])
    return (force + hand * (t[table.FRONT_HAND] + t[table.REAR_HAND])) / mass


@njit(cache=True, error_model="numpy")
def synchronise(numbers, i, t, backwards):  # type: ignore[no-untyped-def]
    """Put a vehicle's gearbox and engine where they are when it drives steadily at its speed."""
    speed = abs(numbers[rows.U, i])
    gear = int(numbers[rows.GEAR, i])
    if not math.isnan(numbers[rows.WANTED_GEAR, i]):
        gear = min(int(numbers[rows.WANTED_GEAR, i]), int(t[table.GEARS]))
    elif backwards:
        gear = -1
    else:
        gear = max(gear, 1)
        if t[table.AUTOMATIC] > 0.0:
            gear = 1
            while gear < int(t[table.GEARS]):
                engine = speed * _ratio(t, gear) / t[table.RADIUS]
                if engine <= t[table.GEAR_AT + 3 * (gear - 1) + 2] * t[table.TOP]:
                    break
                gear += 1
    numbers[rows.GEAR, i] = gear
    numbers[rows.ENGINE, i] = min(speed * abs(_ratio(t, gear)) / t[table.RADIUS], t[table.TOP])
    numbers[rows.SHIFTING, i] = numbers[rows.HOLDING, i] = 0.0


@njit(error_model="numpy")
def _shift(numbers, i, t, backwards, dt):  # type: ignore[no-untyped-def]
    """Choose the gear; shifting between forward gears takes time."""
    count, gear = int(t[table.GEARS]), int(numbers[rows.GEAR, i])
    shifting = max(numbers[rows.SHIFTING, i] - dt, 0.0)
    holding = max(numbers[rows.HOLDING, i] - dt, 0.0)
    wanted = max(gear, 1)
    if not math.isnan(numbers[rows.WANTED_GEAR, i]):
        wanted = min(int(numbers[rows.WANTED_GEAR, i]), count)
    elif backwards:
        wanted = -1
    elif t[table.AUTOMATIC] > 0.0 and gear > 0 and shifting == 0.0 and holding == 0.0:
        at = table.GEAR_AT + 3 * (gear - 1)
        share = abs(numbers[rows.U, i]) * _ratio(t, gear) / (t[table.RADIUS] * t[table.TOP])
        if share > t[at + 2] and gear < count:
            wanted = gear + 1
        elif share < t[at + 1] and gear > 1 and share * _ratio(t, gear - 1) / _ratio(t, gear) < t[at - 1]:
            wanted = gear - 1  # and would not shift up again there
    if wanted != gear:
        shifting = t[table.SWITCH_S] if wanted > 0 and gear > 0 else 0.0
        holding = shifting + HOLD_S
    numbers[rows.GEAR, i], numbers[rows.SHIFTING, i], numbers[rows.HOLDING, i] = wanted, shifting, holding


@njit(error_model="numpy")
def _drive(numbers, i, t, throttle, u, resistance, mass, stiffness, grip, dt):  # type: ignore[no-untyped-def]
    """Advance the engine by ``dt``; returns its force at the wheels [N], positive forward, at most ``grip``."""
    gear, engine, top = int(numbers[rows.GEAR, i]), numbers[rows.ENGINE, i], t[table.TOP]
    engaged = gear != 0 and numbers[rows.SHIFTING, i] == 0.0
    torque = throttle * _curve(t, table.CURVES, int(t[table.TORQUES]), engine) if engine < top else 0.0
    damping = t[table.ENGAGED_DAMPING] if gear != 0 else t[table.FREE_DAMPING]
    damping += (t[table.FULL_DAMPING] - damping) * throttle
    spin = t[table.MOMENT] / dt
    free = spin * engine + torque
    if not engaged or t[table.CLUTCH] == 0.0 or stiffness == 0.0:
        numbers[rows.ENGINE, i] = min(max(free / (spin + damping), 0.0), top)
        return 0.0
    by = t[table.RADIUS] / _ratio(t, gear)  # speed by engine speed
    clutch, slip = t[table.CLUTCH] / (by * by), stiffness / max(abs(u), LEAST_MPS)
    joint = clutch * slip / (clutch + slip)
    inertia = mass / dt
    a, b, d = spin + damping + joint * by * by, -joint * by, inertia + joint
    right = inertia * u + resistance
    engine = min(max((free * d - b * right) / (a * d - b * b), 0.0), top)
    later = (right + joint * by * engine) / d
    force = joint * (engine * by - later)
    if abs(force) > grip:
        force = math.copysign(grip, force)
        engine = min(max((free - force * by) / (spin + damping), 0.0), top)
    numbers[rows.ENGINE, i] = engine
    return force


@njit(inline="always", error_model="numpy")
def back_step(x, y, psi, u, v, r, pedal, stop, resist, pull, turn, rear, most, spin, dt):  # type: ignore[no-untyped-def]
    """One step of the kinematic law for driving backwards: accelerations [m/s²]; ``turn`` is yaw rate by speed."""
    u = min(u + dt * (pedal + stop + resist - pull), 0.0)
    r_wanted = _within(turn * u, most / max(-u, 0.5))
    v += _within((rear * r_wanted - v) * min(1.0, dt / RELAXATION_S), most * dt)
    r += _within((r_wanted - r) * min(1.0, dt / RELAXATION_S), spin * dt)
    middle = psi + 0.5 * dt * r
    x += dt * (u * math.cos(middle) - v * math.sin(middle))
    y += dt * (u * math.sin(middle) + v * math.cos(middle))
    return x, y, psi + dt * r, u, v, r


@njit(cache=True, nogil=True, error_model="numpy")
def drive_on(numbers, flags, packed, tables, mode, driven, off_rolling, dt, substeps, work):  # type: ignore[no-untyped-def]
    """Advance those vehicles of ``work`` whose ``mode`` is ``driven`` by ``substeps`` steps of ``dt`` [s], in place.

    Row FRICTION of ``work`` is the road's under each of them [-], row TARGET their wanted wheel angle [rad].
    """
    for i in range(numbers.shape[1]):
        if mode[i] != driven:
            continue
        t, p, mass = tables[i], packed[i], numbers[rows.MASS, i]
        ahead = t[table.AHEAD]
        load = 1.0 if flags[rows.GRAVITY, i] else 0.0
        throttle, brake = numbers[rows.THROTTLE, i], numbers[rows.BRAKE, i]
        hand = 1.0 if flags[rows.HAND_BRAKE, i] else 0.0
        front_brake = brake * t[table.FRONT_BRAKE] + hand * t[table.FRONT_HAND]
        rear_brake = brake * t[table.REAR_BRAKE] + hand * t[table.REAR_HAND]
        road = work[vehicle.FRICTION, i]
        front_mu, rear_mu = t[table.FRONT_GRIP] * road, t[table.REAR_GRIP] * road
        front_most, rear_most = max(front_mu, 0.05), max(rear_mu, 0.05)
        bearings = t[table.WHEEL_DRAG] / (mass * GRAVITY)
        surface = load * (p[12] + (off_rolling if flags[rows.OUT, i] else 0.0))
        surface = min(surface, max(front_mu, rear_mu))  # tyres without friction do not resist rolling, either
        stiffness = t[table.FRONT_SLIP] + t[table.REAR_SLIP]
        target, pull_x, pull_y = work[vehicle.TARGET, i], work[vehicle.PULL_X, i], work[vehicle.PULL_Y, i]
        psi, u, v, r, delta = work[2, i], work[3, i], work[4, i], work[5, i], work[6, i]
        # the model's point is the centre of mass
        x, y = work[0, i] + ahead * math.cos(psi), work[1, i] + ahead * math.sin(psi)
        v += ahead * r
        pushed = work[vehicle.ACCELERATION, i]
        for _ in range(substeps):
            numbers[rows.U, i] = u
            _shift(numbers, i, t, flags[rows.BACKWARDS, i], dt)
            used = _within(pushed / GRAVITY, 2.0)
            front_load = min(max((p[2] - p[3] * used) / (p[1] + p[2]), 0.05), 0.95)
            weight = load * mass * GRAVITY
            front_grip = GRIP_LEFT * front_mu * front_load * weight
            rear_grip = GRIP_LEFT * rear_mu * (1.0 - front_load) * weight
            rolling = surface + (bearings * abs(u) if load > 0.0 and max(front_mu, rear_mu) > 0.0 else 0.0)
            resist = rolling * GRAVITY * min(1.0, abs(u) / STOPPING_MPS) + p[13] * u * u
            sign = 1.0 if u > 0.0 else -1.0 if u < 0.0 else 0.0
            front_stop = min(front_brake, front_grip, t[table.FRONT_SLIP])
            rear_stop = min(rear_brake, rear_grip, t[table.REAR_SLIP])
            other = -mass * (pull_x + sign * resist) - sign * (front_stop + rear_stop)
            force = _drive(numbers, i, t, throttle, u, other, mass, stiffness, front_grip + rear_grip, dt)
            if u < 0.0 or (u < 0.01 and int(numbers[rows.GEAR, i]) < 0 and force < 0.0):
                delta += dt * min(max((target - delta) / p[8], -p[7]), p[7])
                stop = (front_stop + rear_stop) / mass * min(1.0, max(-u, 0.0) / STOPPING_MPS)
                most = max(min(front_mu, rear_mu), 0.05) * GRAVITY
                push = _within(force / mass, (front_grip + rear_grip) / mass)
                x, y, psi, u, v, r = back_step(
                    x, y, psi, u, v, r, push, stop, resist, pull_x, math.tan(delta) / (p[1] + p[2]), p[2], most,
                    most * p[0] * p[1], dt,
                )  # fmt: skip
                pushed = push + stop
                continue
            share = front_grip / max(front_grip + rear_grip, 1e-9)
            front_push = _within(force * share - front_stop, front_grip)
            rear_push = _within(force * (1.0 - share) - rear_stop, rear_grip)
            pushed = (front_push + rear_push) / mass
            spent = max(load * mass * GRAVITY, 1e-9)
            peaks = (
                _left(front_most, front_push / (front_load * spent) if load > 0.0 else 0.0),
                _left(rear_most, rear_push / ((1.0 - front_load) * spent) if load > 0.0 else 0.0),
            )
            q = (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], rolling, p[13])
            x, y, psi, u, v, r, delta = _runge_kutta(
                x, y, psi, u, v, r, delta, target, pushed, peaks, front_load, pull_x, pull_y, dt, q
            )
        work[vehicle.ACCELERATION, i] = pushed
        work[2, i], work[3, i], work[4, i], work[5, i], work[6, i] = psi, u, v - ahead * r, r, delta
        work[0, i], work[1, i] = x - ahead * math.cos(psi), y - ahead * math.sin(psi)


@njit(inline="always", error_model="numpy")
def _left(most, used):  # type: ignore[no-untyped-def]
    """Return what an axle has left across the vehicle [-]."""
    return math.sqrt(max(most * most - used * used, (LEAST_PEAK * most) ** 2))


@njit(error_model="numpy")
def _runge_kutta(x, y, psi, u, v, r, delta, target, a, peaks, front_load, pull_x, pull_y, dt, p):  # type: ignore[no-untyped-def]
    """One classical Runge-Kutta step of the single-track model."""
    rear_load, half, sixth = 1.0 - front_load, 0.5 * dt, dt / 6.0
    u1, v1, r1, d1, turn = u, v, r, delta, 0.0
    sum_u = sum_v = sum_r = sum_d = ahead = aside = turned = 0.0
    for stage in range(4):
        weight = 1.0 if stage == 0 or stage == 3 else 2.0
        du, dv, dr, dd = vehicle.derivative(u1, v1, r1, d1, target, a, peaks, front_load, rear_load, pull_x, pull_y, p)
        cosine, sine = math.cos(psi + turn), math.sin(psi + turn)
        ahead += weight * (u1 * cosine - v1 * sine)
        aside += weight * (u1 * sine + v1 * cosine)
        turned += weight * r1
        sum_u += weight * du
        sum_v += weight * dv
        sum_r += weight * dr
        sum_d += weight * dd
        step = dt if stage == 2 else half
        turn = step * r1
        u1, v1, r1, d1 = u + step * du, v + step * dv, r + step * dr, delta + step * dd
    return (
        x + sixth * ahead, y + sixth * aside, psi + sixth * turned, max(0.0, u + sixth * sum_u), v + sixth * sum_v,
        r + sixth * sum_r, delta + sixth * sum_d,
    )  # fmt: skip
