from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vehiclemodels.parameters_vehicle2 import parameters_vehicle2
from vehiclemodels.vehicle_dynamics_st import vehicle_dynamics_st

from wormdrive.envs.simulation import vehicle_kernel as kernel
from wormdrive.envs.simulation.vehicle import GRAVITY, VehicleParameters, curvature_for_steer, steer_for_curvature
from wormdrive.envs.simulation.vehicle_kernel import ACCELERATION, DELTA, PSI, ROWS, R, U, V, X, Y, advance_vehicles

DEFAULT = VehicleParameters()
SMOOTH = VehicleParameters(rolling=0.0, drag_per_m=0.0, steer_rate_radps=5.0)
DT = 1.0 / 120.0


def vehicles(count: int = 1, speed: float = 10.0, friction: float = 1.0) -> np.ndarray:
    work = np.zeros((ROWS, count))
    work[U] = speed
    work[kernel.FRICTION] = friction
    return work


def drive(
    work: np.ndarray,
    steer: float,
    acceleration: float,
    seconds: float,
    dt: float = DT,
    parameters: VehicleParameters = DEFAULT,
) -> np.ndarray:
    for _ in range(round(seconds / dt)):
        work[kernel.TARGET] = steer
        work[kernel.WANTED] = acceleration
        advance_vehicles(work, work.shape[1], dt, 1, parameters.packed())
    return work


def hold_speed(work: np.ndarray, steer: float, speed: float, seconds: float) -> np.ndarray:
    for _ in range(round(seconds / DT)):
        work[kernel.TARGET] = steer
        work[kernel.WANTED] = 20.0 * (speed - work[U])
        advance_vehicles(work, work.shape[1], DT, 1, DEFAULT.packed())
    return work


@given(
    curvature=st.floats(-0.08, 0.08),
    speed=st.floats(0.0, 30.0),
)
def test_steer_and_curvature_round_trip(curvature: float, speed: float) -> None:
    steer = steer_for_curvature(curvature, speed, DEFAULT)
    assert abs(steer) < 1.0
    assert curvature_for_steer(steer, speed, DEFAULT) == pytest.approx(curvature, abs=1e-12)


def test_left_curvature_needs_negative_steer_and_saturates() -> None:
    steer = steer_for_curvature(np.array([0.02, -0.02, 5.0]), np.array([10.0, 10.0, 1.0]), DEFAULT)
    assert steer[0] < 0.0 < steer[1]
    assert steer[2] == -1.0


@pytest.mark.parametrize("speed", [5.0, 8.0, 12.0])
@pytest.mark.parametrize("steer", [-0.03, 0.02])
def test_steady_circle_agrees_with_the_closed_form(speed: float, steer: float) -> None:
    work = hold_speed(vehicles(speed=speed), steer, speed, 6.0)
    curvature = work[R, 0] / math.hypot(work[U, 0], work[V, 0])
    assert curvature == pytest.approx(float(curvature_for_steer(steer, speed, DEFAULT)), rel=0.01)


def test_creeping_circle_is_ackermanns() -> None:
    work = hold_speed(vehicles(speed=0.8), -0.6, 0.8, 4.0)
    assert work[R, 0] == pytest.approx(0.8 * math.tan(0.6 * DEFAULT.max_steer_rad) / DEFAULT.wheelbase_m, rel=0.01)
    assert work[V, 0] == pytest.approx(work[R, 0] * DEFAULT.rear_m, rel=0.01)


def test_agrees_with_commonroads_single_track_model() -> None:
    """Where tyres do not saturate, their linear law and ours are one; the friction of 30 makes ours linear."""
    theirs = parameters_vehicle2()
    ours = VehicleParameters(
        mass_kg=theirs.m,
        yaw_inertia_kgm2=theirs.I_z,
        front_m=theirs.a,
        rear_m=theirs.b,
        height_m=theirs.h_s,
        front_stiffness=-theirs.tire.p_ky1,
        rear_stiffness=-theirs.tire.p_ky1,
        rolling=0.0,
        drag_per_m=0.0,
        steer_rate_radps=0.39,
    )
    state = np.array([0.0, 0.0, 0.0, 15.0, 0.0, 0.0, 0.0])  # x, y, delta, v, psi, r, beta
    work = vehicles(speed=15.0, friction=30.0)
    dt, yaw_rates = 1.0 / 480.0, []
    for k in range(round(5.0 / dt)):
        wanted = 0.045 * math.sin(2.0 * math.pi * k * dt / 2.5)
        work[kernel.TARGET] = -wanted / ours.max_steer_rad
        advance_vehicles(work, 1, dt, 1, ours.packed())
        for _ in range(4):  # explicit Euler, finer
            rate = np.clip((wanted - state[2]) / ours.steer_lag_s, -ours.steer_rate_radps, ours.steer_rate_radps)
            state = state + dt / 4 * np.array(vehicle_dynamics_st(state, [rate, 0.0], theirs))
        yaw_rates.append((work[R, 0], state[5]))
    mine, reference = np.array(yaw_rates).T
    assert np.abs(reference).max() > 0.2  # it did turn, with some 3 m/s2
    np.testing.assert_allclose(mine, reference, atol=0.02 * np.abs(reference).max())
    assert work[X, 0] == pytest.approx(state[0], abs=0.5)  # of 75 m driven; ours loses some speed in bends
    assert work[Y, 0] == pytest.approx(state[1], abs=0.1)
    assert work[PSI, 0] == pytest.approx(state[4], abs=0.01)
    assert work[DELTA, 0] == pytest.approx(state[2], abs=1e-3)


def test_runge_kutta_converges_with_order_four() -> None:
    def final(dt: float) -> np.ndarray:
        work = drive(vehicles(speed=12.0), -0.12, 0.7, 1.6, dt, SMOOTH)
        return work[[X, Y, PSI, U, V, R, DELTA], 0]

    exact = final(1.0 / 7680.0)
    steps = np.array([1.0 / 60.0, 1.0 / 120.0, 1.0 / 240.0, 1.0 / 480.0])
    errors = np.array([np.abs(final(dt) - exact).max() for dt in steps])
    order = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert 3.7 < order < 4.5
    assert errors[1] < 1e-6


@pytest.mark.parametrize("friction", [0.2, 0.4, 0.7, 1.0])
def test_lateral_acceleration_saturates_at_the_friction(friction: float) -> None:
    work = vehicles(speed=14.0, friction=friction)
    most = 0.0
    for _ in range(300):
        before = _velocity(work)
        drive(work, 0.7, 0.0, DT)
        most = max(most, float(np.linalg.norm(_velocity(work) - before)) / DT)
    limit = friction * GRAVITY
    assert 0.85 * limit < most < limit + 0.3  # the rest is air and rolling


def test_braking_keeps_to_the_friction_circle() -> None:
    work = vehicles(speed=15.0, friction=0.3)
    drive(work, 0.0, -8.0, 1.0)
    assert work[ACCELERATION, 0] == pytest.approx(-0.95 * 0.3 * GRAVITY)
    before = _velocity(work)
    drive(work, 1.0, -8.0, DT)
    assert np.linalg.norm(_velocity(work) - before) / DT < 0.3 * GRAVITY + 0.3


@pytest.mark.parametrize("steer", [-1.0, 0.3])
@pytest.mark.parametrize("acceleration", [0.0, -8.0])
def test_stands_still_stays_still(steer: float, acceleration: float) -> None:
    work = drive(vehicles(speed=0.0), steer, acceleration, 2.0)
    assert (work[[X, Y, PSI, U, V, R], 0] == 0.0).all()


def test_brakes_stop_the_car_also_on_a_slope_and_it_stays() -> None:
    work = vehicles(speed=8.0)
    work[kernel.PULL_X] = -0.05 * GRAVITY
    drive(work, 0.1, -6.0, 6.0)
    where = work[X, 0]
    assert work[U, 0] < 0.06
    work[kernel.PULL_X] = 0.2 * GRAVITY
    drive(work, 0.0, 0.0, 3.0)
    assert abs(work[X, 0] - where) < 0.1


@settings(max_examples=60, deadline=None)
@given(
    commands=st.lists(
        st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)),
        min_size=1,
        max_size=30,
    ),
    speed=st.floats(0.0, 40.0),
    friction=st.floats(0.05, 1.3),
)
def test_any_commands_keep_it_finite(commands: list[tuple[float, float]], speed: float, friction: float) -> None:
    work = vehicles(speed=speed, friction=friction)
    for steer, acceleration in commands:
        work[kernel.TARGET], work[kernel.WANTED] = steer, acceleration
        advance_vehicles(work, 1, DT, 30, DEFAULT.packed())
        assert np.isfinite(work[: ACCELERATION + 1][[X, Y, PSI, U, V, R, DELTA, ACCELERATION]]).all()
        assert abs(work[DELTA, 0]) <= DEFAULT.max_steer_rad * (1.0 + 1e-12)
        assert 0.0 <= work[U, 0] <= 60.0
        assert abs(work[V, 0]) <= 60.0


def test_bits_do_not_depend_on_the_batch() -> None:
    rng = np.random.default_rng(3)
    together = vehicles(37)
    together[U] = rng.uniform(0.0, 20.0, 37)
    alone = [together[:, [k]].copy() for k in range(37)]
    for _ in range(50):
        together[kernel.TARGET], together[kernel.WANTED] = rng.uniform(-1.0, 1.0, (2, 37))
        for k in range(37):
            alone[k][kernel.TARGET], alone[k][kernel.WANTED] = together[kernel.TARGET, k], together[kernel.WANTED, k]
            advance_vehicles(alone[k], 1, DT, 4, DEFAULT.packed())
        advance_vehicles(together, 37, DT, 4, DEFAULT.packed())
    for k in range(37):
        assert alone[k][:, 0].tobytes() == together[:, k].tobytes()


@given(st.floats(-0.6, 0.6))
def test_tangent(x: float) -> None:
    assert kernel.tangent(x) == pytest.approx(math.tan(x), abs=1e-8)


@given(st.floats(-0.1, 0.1))
def test_small_sine_and_cosine(x: float) -> None:
    sine, cosine = kernel.small_sine_cosine(x)
    assert sine == pytest.approx(math.sin(x), abs=1e-13)
    assert cosine == pytest.approx(math.cos(x), abs=1e-12)


def _velocity(work: np.ndarray) -> np.ndarray:
    c, s = math.cos(work[PSI, 0]), math.sin(work[PSI, 0])
    return np.array([work[U, 0] * c - work[V, 0] * s, work[U, 0] * s + work[V, 0] * c])
