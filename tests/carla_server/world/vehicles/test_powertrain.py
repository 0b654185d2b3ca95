"""Powertrain: vehicles drive, shift, brake and steer as the numbers say, by hand-computed values."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.carla_server.world.worlds import DT_S, world
from wormdrive.carla_server.actors.blueprint_models import vehicle_model
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.world import Pose, VehicleCommand, VehicleModel, World
from wormdrive.carla_server.world.vehicles.powertrain import TABLE, Powertrain, WheelPhysics, lateral_stiffness

MASS_KG, RADIUS_M = 1500.0, 0.35
WHEEL = WheelPhysics(damping=0.0, radius_m=RADIUS_M, brake_nm=500.0, long_stiff_value=1e5)


def model(**changes: Any) -> VehicleModel:
    """A car of 1.5 t without drag: 100 N m, one gear of ten to one, no inertia and no damping to speak of."""
    base = vehicle_model(library()["vehicle.tesla.model3"])
    front = replace(WHEEL, max_steer_rad=0.5)
    powertrain = Powertrain(
        ((0.0, 100.0), (20000.0, 100.0)), 20000.0, 0.001, 0.0, 0.0, 0.0, True, 0.0, 50.0, 10.0, ((1.0, 0.0, 0.0),),
        ((0.0, 1.0),), (front, front, WHEEL, WHEEL),
    )  # fmt: skip
    parameters = replace(base.parameters, mass_kg=MASS_KG, rolling=0.0, drag_per_m=0.0, max_steer_rad=0.5)
    return replace(base, parameters=parameters, powertrain=replace(powertrain, **changes))


def driven(one: VehicleModel, seconds: float, speed: float = 0.0, **command: Any) -> tuple[World, int]:
    target = world()
    car = target.spawn_vehicle(one, Pose(100.0, -4.0))
    target.set_velocity(car, (speed, 0.0, 0.0))
    target.command(car, VehicleCommand(**command))
    for _ in range(round(seconds / DT_S)):
        target.step(DT_S)
    return target, car


def speed_after(one: VehicleModel, seconds: float, speed: float = 0.0, **command: Any) -> float:
    return float(driven(one, seconds, speed, **command)[0].state().speed_mps[0])


def test_torque_by_ratio_and_radius_is_the_force() -> None:
    assert speed_after(model(), 4.0, throttle=1.0) == pytest.approx(4.0 * 100.0 * 10.0 / RADIUS_M / MASS_KG, rel=0.01)
    assert speed_after(model(), 4.0, throttle=0.5) == pytest.approx(2.0 * 100.0 * 10.0 / RADIUS_M / MASS_KG, rel=0.01)


def test_the_engine_s_inertia_is_carried_along() -> None:
    inertia = 2.0
    heavy = MASS_KG + inertia * (10.0 / RADIUS_M) ** 2
    got = speed_after(model(moment=inertia), 4.0, throttle=1.0)
    assert got == pytest.approx(4.0 * 100.0 * 10.0 / RADIUS_M / heavy, rel=0.03)


def test_damping_slows_by_the_engine_s_speed() -> None:
    rate = 0.5 * (10.0 / RADIUS_M) ** 2 / MASS_KG
    assert speed_after(model(engaged_damping=0.5), 2.0, speed=20.0) == pytest.approx(
        20.0 * math.exp(-2.0 * rate), rel=0.02
    )
    assert speed_after(model(engaged_damping=0.5), 2.0, speed=20.0, manual_gear_shift=True, gear=0) == pytest.approx(
        20.0
    )


def test_the_top_speed_of_the_engine_is_the_vehicle_s() -> None:
    top = 600.0 * math.pi / 30.0 * RADIUS_M / 10.0
    assert speed_after(model(max_rpm=600.0), 10.0, throttle=1.0) == pytest.approx(top, rel=0.02)
    back = speed_after(model(max_rpm=600.0), 10.0, throttle=1.0, reverse=True)
    assert back == pytest.approx(-top / 4.0, rel=0.05)


def test_brakes_are_torque_by_radius_up_to_the_tyres_grip() -> None:
    lost = 20.0 - speed_after(model(), 2.0, speed=20.0, brake=1.0)
    assert lost == pytest.approx(2.0 * 4.0 * 500.0 / RADIUS_M / MASS_KG, rel=0.01)
    strong = replace(WHEEL, brake_nm=50_000.0)
    ends = speed_after(model(wheels=(strong,) * 4), 1.0, speed=20.0, brake=1.0)
    target = world()
    assert 20.0 - ends == pytest.approx(0.95 * target.conditions.friction * 9.81, rel=0.02)


def test_one_axle_can_brake_with_no_more_than_its_own_load() -> None:
    rear = replace(WHEEL, hand_brake_nm=50_000.0)
    front = replace(WHEEL, max_steer_rad=0.5)
    lost = 20.0 - speed_after(model(wheels=(front, front, rear, rear)), 1.0, speed=20.0, hand_brake=True)
    assert 2.0 < lost < 0.55 * 9.81


def test_gears_change_at_their_shares_of_the_top_speed_and_take_their_time() -> None:
    gears = ((2.0, 0.2, 0.5), (1.0, 0.2, 0.5))
    slow = model(gears=gears, switch_s=0.5, max_rpm=3000.0)
    target = world()
    car = target.spawn_vehicle(slow, Pose(100.0, -4.0))
    target.command(car, VehicleCommand(throttle=1.0))
    seen = []
    for _ in range(300):
        target.step(DT_S)
        state = target.state()
        seen.append((int(state.gear[0]), float(state.speed_mps[0])))
    first = next(k for k, (gear, _) in enumerate(seen) if gear == 2)
    share = seen[first][1] * 20.0 / RADIUS_M / (3000.0 * math.pi / 30.0)
    assert share == pytest.approx(0.5, abs=0.02)
    assert seen[first + 13][1] - seen[first][1] < 0.05  # no drive for half a second
    assert seen[first + 45][1] - seen[first][1] > 1.0


def test_a_speed_that_is_set_finds_the_gear_that_belongs_to_it() -> None:
    gears = ((3.0, 0.2, 0.5), (2.0, 0.2, 0.5), (1.0, 0.2, 0.5))
    target, _ = driven(model(gears=gears, max_rpm=6000.0), DT_S, speed=12.0, throttle=0.1)
    assert target.state().gear[0] == 3
    turns = 12.0 * 10.0 / RADIUS_M
    assert target.state().engine_radps[0] == pytest.approx(turns, rel=0.02)


def test_the_centre_of_mass_shifts_the_load_between_the_axles() -> None:
    """At the limit the axle with less load relative to its arm lets go first: a tail-heavy car turns tighter."""
    base = model()
    rates = []
    for ahead in (0.4, -0.4):
        p = replace(base.parameters, front_m=base.parameters.front_m - ahead, rear_m=base.parameters.rear_m + ahead)
        one = replace(base, parameters=replace(p, front_stiffness=15.0, rear_stiffness=15.0 - 10.0 * ahead))
        assert one.powertrain is not None
        one = replace(one, powertrain=replace(one.powertrain, ahead_m=ahead))
        target, _ = driven(one, 2.0, speed=15.0, steer=-0.1)
        rates.append(float(target.state().angular_velocity_radps[0, 2]))
    assert rates[0] != pytest.approx(rates[1], rel=0.05)
    assert min(rates) > 0.05


def test_the_steering_curve_and_the_lock_act() -> None:
    angles = []
    for curve in (((0.0, 1.0),), ((0.0, 1.0), (50.0, 0.5))):
        target, _ = driven(model(steering_curve=curve), 1.0, speed=14.0, steer=-0.4)
        angles.append(float(target.state().steer_rad[0]))
    assert angles[0] == pytest.approx(0.2, abs=0.002)
    assert angles[1] == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("dt_s", [0.01, 0.05, 0.1])
def test_other_steps_give_nearly_the_same_drive(dt_s: float) -> None:
    one = vehicle_model(library()["vehicle.audi.tt"])
    ends = []
    for step in (DT_S, dt_s):
        target = world()
        car = target.spawn_vehicle(one, Pose(100.0, -4.0))
        target.command(car, VehicleCommand(throttle=0.5, steer=0.02))
        for _ in range(round(4.0 / step)):
            target.step(step)
        ends.append(target.state().pose[0, :2])
    np.testing.assert_allclose(ends[0], ends[1], atol=0.3)


def test_a_powered_car_stands_on_its_brakes_and_starts_again() -> None:
    one = vehicle_model(library()["vehicle.lincoln.mkz_2017"])
    target, car = driven(one, 6.0, speed=10.0, brake=1.0)
    assert target.state().speed_mps[0] == 0.0
    assert target.state().gear[0] == 1
    target.command(car, VehicleCommand(throttle=0.5))
    for _ in range(60):
        target.step(DT_S)
    assert target.state().speed_mps[0] > 2.0


def test_throttle_for_a_force_is_what_gives_it() -> None:
    powertrain = model(engaged_damping=1.0, full_damping=0.2).powertrain
    assert powertrain is not None
    throttle = powertrain.throttle_for(1000.0, 7.0, 1)
    turns = 7.0 * 10.0 / RADIUS_M
    torque = throttle * 100.0 - (1.0 - 0.8 * throttle) * turns
    if 0.0 < throttle < 1.0:
        assert torque * 10.0 / RADIUS_M == pytest.approx(1000.0)
    assert powertrain.throttle_for(-1e6, 7.0, 1) == 0.0
    assert powertrain.throttle_for(1e6, 7.0, 1) == 1.0


def test_stiffness_of_tyres_saturates_with_the_load() -> None:
    assert lateral_stiffness((replace(WHEEL, stiff_max_load=1.0, stiff_value=20.0),)) == pytest.approx(20.0)
    assert lateral_stiffness((replace(WHEEL, stiff_max_load=2.0, stiff_value=20.0),)) == pytest.approx(17.5)


def test_the_table_has_its_length() -> None:
    powertrain = model().powertrain
    assert powertrain is not None
    assert powertrain.packed().shape == (TABLE,)
