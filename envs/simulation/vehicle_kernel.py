"""Vehicle kernels: the single-track model, whose equations ``vehicle`` states.

The inner loop has neither branches nor libm, so that LLVM computes eight worlds at once (six times as fast as one by
one) and yet neither the number of worlds nor their place in the batch can change a bit: no ``fastmath``, tan(delta) is
a Padé quotient, and the heading turns by a Taylor rotation from sine and cosine computed once a step. numba's
``error_model="numpy"`` matters: a test for division by zero would be a branch.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = [
    "ACCELERATION",
    "DELTA",
    "FRICTION",
    "PSI",
    "PULL_X",
    "PULL_Y",
    "ROWS",
    "TARGET",
    "WANTED",
    "R",
    "U",
    "V",
    "X",
    "Y",
    "advance_vehicles",
    "derivative",
    "small_sine_cosine",
    "tangent",
]

X, Y, PSI, U, V, R, DELTA, TARGET, WANTED, FRICTION, PULL_X, PULL_Y, ACCELERATION, COSINE, SINE = range(15)
"""Rows of the work array: the seven states; inputs: steer in [-1, 1] (+1 right), wanted acceleration [m/s²], friction
[-], gravity along the road, forward and to the left, with its sign turned [m/s²]; then what the kernel keeps."""
ROWS: Final = 15

G: Final = GRAVITY
BLEND_FROM: Final = 1.0
BLEND_TO: Final = 3.0
"""The kinematic law holds below the first speed, the dynamic one above the second [m/s]."""
RELAXATION_S: Final = 0.05
"""Time constant of the kinematic law [s]."""
GRIP_LEFT: Final = 0.95
"""The share of friction that pedals may use: what a car with anti-lock brakes keeps for steering."""
STOPPING_MPS: Final = 0.5
"""Below this speed brakes and resistance fade to nothing, so that they stop the car but never push it [m/s]."""


@njit(inline="always", error_model="numpy")
def tangent(x):  # type: ignore[no-untyped-def]
    """tan(x) for |x| <= 0.6 as a Padé quotient of orders 5 and 4: error below 1e-8."""
    square = x * x
    return x * (945.0 - square * (105.0 - square)) / (945.0 - square * (420.0 - square * 15.0))


@njit(inline="always", error_model="numpy")
def small_sine_cosine(x):  # type: ignore[no-untyped-def]
    """Sine and cosine of a small angle (|x| <= 0.1) by Taylor: error below 1e-13."""
    square = x * x
    sine = x * (1.0 - square * (1.0 / 6.0) * (1.0 - square * (1.0 / 20.0) * (1.0 - square * (1.0 / 42.0))))
    cosine = 1.0 - square * 0.5 * (1.0 - square * (1.0 / 12.0) * (1.0 - square * (1.0 / 30.0)))
    return sine, cosine


@njit(inline="always", error_model="numpy")
def _clip(x, low, high):  # type: ignore[no-untyped-def]
    return min(max(x, low), high)


@njit(inline="always", error_model="numpy")
def _fiala(slip, stiffness, peak):  # type: ignore[no-untyped-def]
    rest = 1.0 - min(1.0, abs(slip) * stiffness / (3.0 * peak))
    force = peak * (1.0 - rest * rest * rest)
    return force if slip > 0.0 else -force


@njit(inline="always", error_model="numpy")
def derivative(u, v, r, delta, target, a, peaks, front_load, rear_load, pull_x, pull_y, p):  # type: ignore[no-untyped-def]
    """Rates of u, v, r, delta; ``pull`` is gravity along the road [m/s²], ``peaks`` are mu_y front and rear.

    ``p`` is a tuple as in ``advance_vehicles``, ``a`` [m/s²] what the tyres push along the vehicle.
    """
    inertia, front, rear, _, front_stiffness, rear_stiffness, _, rate, lag, _, _, _, rolling, drag = p
    front_peak, rear_peak = peaks
    t = tangent(delta)
    cosine = 1.0 / math.sqrt(1.0 + t * t)
    divisor = 1.0 / max(u, BLEND_FROM)
    toward = (v + front * r) * divisor
    front_force = -G * front_load * _fiala((toward - t) / (1.0 + toward * t), front_stiffness, front_peak)
    rear_force = -G * rear_load * _fiala((v - rear * r) * divisor, rear_stiffness, rear_peak)
    across = front_force * cosine

    moving = min(1.0, max(u, 0.0) * (1.0 / STOPPING_MPS))
    blend = _clip((u - BLEND_FROM) * (1.0 / (BLEND_TO - BLEND_FROM)), 0.0, 1.0)
    blend = blend * blend * (3.0 - 2.0 * blend)

    push = a if a > 0.0 else a * moving
    du = push - blend * t * across + r * v - (rolling * G * moving + drag * u * u) - pull_x
    du = du if u > 0.0 else max(du, 0.0)  # no reverse gear, and brakes that hold on a slope
    dv = across + rear_force - r * u - pull_y
    dr = inertia * (front * across - rear * rear_force)

    kinematic_r = t * u / (front + rear)
    most = front_peak * G
    dv_slow = _clip((rear * kinematic_r - v) * (1.0 / RELAXATION_S), -most, most)
    most *= inertia * front
    dr_slow = _clip((kinematic_r - r) * (1.0 / RELAXATION_S), -most, most)
    return (
        du,
        blend * dv + (1.0 - blend) * dv_slow,
        blend * dr + (1.0 - blend) * dr_slow,
        _clip((target - delta) / lag, -rate, rate),
    )


@njit(inline="always", error_model="numpy")
def _pedal(acceleration, u, friction, p):  # type: ignore[no-untyped-def]
    """Limit a wanted acceleration [m/s²] to what engine, brakes and tyres can do."""
    power = p[9] * min(1.0, p[10] / max(u, 1.0))
    grip = GRIP_LEFT * friction * G
    return _clip(_clip(acceleration, -p[11], power), -grip, grip)


@njit(cache=True, nogil=True, error_model="numpy")
def advance_vehicles(w, count, dt, substeps, p):  # type: ignore[no-untyped-def]
    """Advance ``count`` vehicles by ``substeps`` classical Runge-Kutta steps of ``dt`` [s], in place.

    ``w`` (ROWS, at least count) float64 holds states and inputs by row; ``p`` is the tuple of
    ``VehicleParameters.packed``. Row ``ACCELERATION`` becomes what the tyres gave at the end [m/s²].
    """
    for i in range(count):
        w[COSINE, i] = math.cos(w[PSI, i])
        w[SINE, i] = math.sin(w[PSI, i])
        w[TARGET, i] = -_clip(w[TARGET, i], -1.0, 1.0) * p[6]
    for _ in range(substeps):
        _substep(w, count, dt, p)


@njit(error_model="numpy")
def _substep(w, count, dt, p):  # type: ignore[no-untyped-def]
    half = 0.5 * dt
    sixth = dt / 6.0
    for i in range(count):
        u = w[U, i]
        v = w[V, i]
        r = w[R, i]
        delta = w[DELTA, i]
        target = w[TARGET, i]
        friction = w[FRICTION, i]
        pull_x = w[PULL_X, i]
        pull_y = w[PULL_Y, i]
        a = _pedal(w[WANTED, i], u, friction, p)
        used = a / G
        peak = math.sqrt(friction * friction - used * used)
        peaks = (peak, peak)
        front_load = _clip((p[2] - p[3] * used) / (p[1] + p[2]), 0.05, 0.95)
        rear_load = 1.0 - front_load

        du1, dv1, dr1, dd1 = derivative(u, v, r, delta, target, a, peaks, front_load, rear_load, pull_x, pull_y, p)
        u2 = u + half * du1
        v2 = v + half * dv1
        r2 = r + half * dr1
        d2 = delta + half * dd1
        du2, dv2, dr2, dd2 = derivative(u2, v2, r2, d2, target, a, peaks, front_load, rear_load, pull_x, pull_y, p)
        u3 = u + half * du2
        v3 = v + half * dv2
        r3 = r + half * dr2
        d3 = delta + half * dd2
        du3, dv3, dr3, dd3 = derivative(u3, v3, r3, d3, target, a, peaks, front_load, rear_load, pull_x, pull_y, p)
        u4 = u + dt * du3
        v4 = v + dt * dv3
        r4 = r + dt * dr3
        d4 = delta + dt * dd3
        du4, dv4, dr4, dd4 = derivative(u4, v4, r4, d4, target, a, peaks, front_load, rear_load, pull_x, pull_y, p)

        # Position and heading are stages of the same Runge-Kutta step, in the axes of its beginning.
        cosine = w[COSINE, i]
        sine = w[SINE, i]
        s2, c2 = small_sine_cosine(half * r)
        s3, c3 = small_sine_cosine(half * r2)
        s4, c4 = small_sine_cosine(dt * r3)
        ahead = sixth * (u + 2.0 * (u2 * c2 - v2 * s2) + 2.0 * (u3 * c3 - v3 * s3) + (u4 * c4 - v4 * s4))
        aside = sixth * (v + 2.0 * (u2 * s2 + v2 * c2) + 2.0 * (u3 * s3 + v3 * c3) + (u4 * s4 + v4 * c4))
        turn = sixth * (r + 2.0 * r2 + 2.0 * r3 + r4)
        s5, c5 = small_sine_cosine(turn)
        w[X, i] += ahead * cosine - aside * sine
        w[Y, i] += ahead * sine + aside * cosine
        w[PSI, i] += turn
        w[COSINE, i] = cosine * c5 - sine * s5
        w[SINE, i] = sine * c5 + cosine * s5
        w[U, i] = max(0.0, u + sixth * (du1 + 2.0 * du2 + 2.0 * du3 + du4))
        w[V, i] = v + sixth * (dv1 + 2.0 * dv2 + 2.0 * dv3 + dv4)
        w[R, i] = r + sixth * (dr1 + 2.0 * dr2 + 2.0 * dr3 + dr4)
        w[DELTA, i] = delta + sixth * (dd1 + 2.0 * dd2 + 2.0 * dd3 + dd4)
        w[ACCELERATION, i] = a
