"""How vehicles move, by hand-computed values; and that no client can bring the world out of its bounds."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.carla_server.world.worlds import CAR, DT_S, PLAIN, driving, slope, world
from tests.support.opendrive_text import opendrive, road
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import VEHICLE_MODELS, VehicleCommand, VehicleStates, World, spawn_points
from wormdrive.carla_server.world.vehicles.motion_kernel import REVERSE_MPS
from wormdrive.envs.common.errors import ArgumentError, SpawnError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions


def advance(target: World, seconds: float, dt_s: float = DT_S) -> VehicleStates:
    for _ in range(round(seconds / dt_s)):
        target.step(dt_s)
    return target.state()


def test_full_throttle_is_the_engines_acceleration() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.command(car, VehicleCommand(throttle=1.0))
    state = advance(road_world, 2.0)
    resistance = 0.012 * 9.81
    assert state.speed_mps[0] == pytest.approx((3.0 - resistance) * 2.0, abs=0.03)
    assert state.pose[0, 0] - 100.0 == pytest.approx(0.5 * (3.0 - resistance) * 4.0, abs=0.03)
    assert state.acceleration_mps2[0, 0] == pytest.approx(3.0 - resistance, abs=0.02)
    assert state.gear[0] == 2
    np.testing.assert_array_equal(state.command[0], [1.0, 0.0, 0.0])


def test_brakes_stop_the_car_and_hold_it() -> None:
    road_world = world(slope(-0.1))
    car = driving(road_world, 1000.0, -4.0, 10.0)
    road_world.command(car, VehicleCommand(brake=1.0))
    state = advance(road_world, 3.0)
    assert state.pose[0, 0] - 1000.0 == pytest.approx(100.0 / (2.0 * (8.0 + 0.012 * 9.81 - 0.981)), abs=0.4)
    assert (state.velocity_mps == 0.0).all()
    stopped = state.pose.copy()
    np.testing.assert_array_equal(advance(road_world, 5.0).pose, stopped)


def test_the_hand_brake_holds_on_a_slope_that_pulls_without_it() -> None:
    road_world = world(slope(-0.1))
    held = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.command(held, VehicleCommand(hand_brake=True))
    loose = road_world.spawn_vehicle(CAR, Pose(200.0, -4.0))
    state = advance(road_world, 2.0)
    assert state.pose[0, 0] == 100.0
    assert state.speed_mps[1] == pytest.approx(2.0 * (0.981 - 0.012 * 9.81), abs=0.1)
    assert loose in road_world.ids


def test_reverse_drives_backwards_and_not_fast() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(500.0, -4.0))
    road_world.command(car, VehicleCommand(throttle=1.0, reverse=True))
    state = advance(road_world, 10.0)
    assert -REVERSE_MPS <= state.speed_mps[0] < -0.8 * REVERSE_MPS
    assert state.velocity_mps[0, 0] == pytest.approx(state.speed_mps[0])
    assert state.gear[0] == -1
    # with the wheel to the left one goes backwards to the left: the nose turns right
    road_world.command(car, VehicleCommand(throttle=0.3, reverse=True, steer=-0.5))
    turned = advance(road_world, 1.0)
    assert turned.angular_velocity_radps[0, 2] < -0.1
    assert turned.pose[0, 3] < -0.05
    # forward gear: first it stops, then it drives ahead
    road_world.command(car, VehicleCommand(throttle=1.0))
    speeds = [float(advance(road_world, DT_S).speed_mps[0]) for _ in range(150)]
    assert speeds[-1] > 4.0
    assert all(later > earlier for earlier, later in pairwise(speeds))


def test_reverse_gear_brakes_a_car_that_drives_ahead() -> None:
    road_world = world()
    car = driving(road_world, 100.0, -4.0, 10.0)
    road_world.command(car, VehicleCommand(throttle=1.0, manual_gear_shift=True, gear=-1))
    state = advance(road_world, 1.0)
    assert 4.0 < state.speed_mps[0] < 7.0
    assert advance(road_world, 5.0).speed_mps[0] < -3.0


def test_neutral_gear_takes_no_throttle() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.command(car, VehicleCommand(throttle=1.0, manual_gear_shift=True, gear=0))
    assert advance(road_world, 1.0).pose[0, 0] == 100.0


def test_backing_up_a_circle_closes_it() -> None:
    """Radius of the reference point by geometry: the rear axle's turning circle and the way to it."""
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(500.0, 0.0))
    road_world.command(car, VehicleCommand(throttle=0.2, reverse=True, steer=1.0))
    wheel = math.tan(CAR.parameters.max_steer_rad)
    rear_radius = CAR.parameters.wheelbase_m / wheel
    radius = math.hypot(rear_radius, CAR.parameters.rear_m)
    advance(road_world, 5.0)  # until speed and wheels are steady
    points = np.array([advance(road_world, DT_S).pose[0, :2] for _ in range(600)])
    width = np.ptp(points, axis=0)
    np.testing.assert_allclose(width, 2.0 * radius, rtol=0.02)


@pytest.mark.parametrize("dt_s", [0.005, 0.01, 0.02, 0.05, 0.1])
def test_other_steps_give_nearly_the_same_drive(dt_s: float) -> None:
    poses = []
    for step in (DT_S, dt_s):
        road_world = world()
        car = driving(road_world, 100.0, -4.0, 8.0)
        road_world.command(car, VehicleCommand(throttle=0.3, steer=0.06))
        poses.append(advance(road_world, 3.0, step).pose[0])
    np.testing.assert_allclose(poses[0][:2], poses[1][:2], atol=0.01)
    assert poses[0][3] == pytest.approx(poses[1][3], abs=1e-3)


def test_a_slope_pitches_and_a_bank_rolls() -> None:
    road_world = world(slope(0.1, 0.05))
    for heading in (0.0, math.pi / 2.0, math.pi):
        road_world.spawn_vehicle(CAR, Pose(100.0 + 20.0 * heading, 0.0, 0.0, heading))
    pitch, roll = road_world.state().pose[:, 4], road_world.state().pose[:, 5]
    up, across = math.atan(0.1), math.atan(0.05)
    np.testing.assert_allclose(pitch, [-up, -across, up], atol=2e-3)
    np.testing.assert_allclose(roll, [across, -up, -across], atol=2e-3)


def test_snow_lengthens_the_way_to_stop() -> None:
    ways = []
    for season in ("summer", "winter"):
        road_world = world(PLAIN, Conditions.preset(season, "day"))
        car = driving(road_world, 100.0, -4.0, 15.0)
        road_world.command(car, VehicleCommand(brake=1.0))
        ways.append(float(advance(road_world, 15.0).pose[0, 0]) - 100.0)
    friction = Conditions.preset("winter", "day").friction
    assert ways[1] == pytest.approx(15.0**2 / (2.0 * 9.81 * (0.95 * friction + 0.012)), rel=0.05)
    assert ways[1] > 1.5 * ways[0]


def test_leaving_the_road_is_one_event_and_slows() -> None:
    road_world = world()
    car = driving(road_world, 100.0, -7.0, 10.0, heading=-0.3)
    steady = driving(road_world, 100.0, 4.0, 10.0, heading=math.pi)
    events = [event for _ in range(60) for event in road_world.step(DT_S)]
    assert [(event.vehicle, event.other) for event in events] == [(car, None)]
    assert events[0].impulse_ns[0] < 0.0 < events[0].impulse_ns[1]
    assert events[0].position_m[1] == pytest.approx(-8.0, abs=0.2)
    state = road_world.state()
    assert state.places.off_road[road_world.row(car)]
    assert state.speed_mps[road_world.row(car)] < state.speed_mps[road_world.row(steady)] - 0.8
    # back, and out again
    road_world.teleport(car, Pose(300.0, -7.0, 0.0, -0.3))
    events = [event for _ in range(60) for event in road_world.step(DT_S)]
    assert [event.other for event in events] == [None]


def test_spawning_in_another_vehicle_is_refused_and_changes_nothing() -> None:
    road_world = world()
    first = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    for pose in (Pose(100.0, -4.0), Pose(104.4, -4.0), Pose(100.0, -4.0, 3.0, 1.0), Pose(100.0, -2.3)):
        with pytest.raises(SpawnError, match=f"vehicle {first} stands there"):
            road_world.spawn_vehicle(CAR, pose)
    assert road_world.ids == [first]
    beside = road_world.spawn_vehicle(CAR, Pose(100.0, -2.1))
    behind = road_world.spawn_vehicle(CAR, Pose(95.4, -4.0))
    assert len({first, beside, behind}) == 3
    road_world.remove(beside)
    again = road_world.spawn_vehicle(CAR, Pose(100.0, -2.1))
    assert again not in (first, beside, behind)
    assert road_world.ids == sorted([first, behind, again])


def test_who_is_gone_is_named() -> None:
    road_world = world()
    with pytest.raises(ArgumentError, match="vehicle=7: there is no such vehicle"):
        road_world.command(7, VehicleCommand())


def test_blows_by_hand() -> None:
    road_world = world()
    pushed = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.add_impulse(pushed, (CAR.parameters.mass_kg * 3.0, 0.0, 0.0))
    assert road_world.state().velocity_mps[0, 0] == pytest.approx(3.0)
    turned = road_world.spawn_vehicle(CAR, Pose(200.0, -4.0))
    road_world.add_angular_impulse(turned, (0.0, 0.0, CAR.parameters.yaw_inertia_kgm2 * 0.5))
    assert road_world.state().angular_velocity_radps[1, 2] == pytest.approx(0.5)
    hauled = driving(road_world, 300.0, -4.0, 5.0)
    for _ in range(30):
        road_world.add_force(hauled, (CAR.parameters.mass_kg * 2.0, 0.0, 0.0))
        road_world.step(DT_S)
    assert road_world.state().speed_mps[2] == pytest.approx(5.0 + 2.0 - 0.012 * 9.81, abs=0.05)
    spun = road_world.spawn_vehicle(CAR, Pose(400.0, -4.0))
    road_world.set_angular_velocity(spun, (0.0, 0.0, 2.0))
    assert road_world.state().angular_velocity_radps[3, 2] == 2.0


def test_a_held_velocity_is_held_against_brakes_and_follows_the_wheel() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.hold_velocity(car, (7.0, 0.0, 0.0))
    road_world.command(car, VehicleCommand(brake=1.0))
    state = advance(road_world, 2.0)
    assert state.pose[0, 0] == pytest.approx(114.0, abs=1e-9)
    road_world.command(car, VehicleCommand(steer=-0.2))
    assert advance(road_world, 1.0).pose[0, 3] > 0.1
    road_world.hold_velocity(car, None)
    road_world.command(car, VehicleCommand(brake=1.0))
    assert advance(road_world, 2.0).speed_mps[0] == 0.0


def test_teleporting_keeps_the_velocity_in_the_maps_axes_and_finds_the_ground() -> None:
    road_world = world(slope(0.1))
    car = driving(road_world, 100.0, -4.0, 6.0)
    road_world.teleport(car, Pose(500.0, -4.0, 90.0, 1.0))
    state = road_world.state()
    np.testing.assert_allclose(state.velocity_mps[0, :2], [6.0, 0.0], atol=1e-9)
    assert state.pose[0, 2] == pytest.approx(50.0)
    assert state.pose[0, 3] == pytest.approx(1.0)


def test_a_vehicle_on_a_bridge_stays_on_it() -> None:
    bridge = '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>'
    crossing = read_map_text(
        opendrive(
            road(200.0, road_id="below", pose=(-100.0, 0.0, 0.0)),
            road(200.0, road_id="bridge", pose=(0.0, -100.0, math.pi / 2.0), extra=bridge),
        ),
        "crossing",
    )
    both = World(crossing, Conditions())
    above = both.spawn_vehicle(CAR, Pose(1.75, -40.0, 8.3, math.pi / 2.0))
    below = both.spawn_vehicle(CAR, Pose(-40.0, -1.75, 0.3, 0.0))
    both.set_velocity(above, (0.0, 10.0, 0.0))
    both.set_velocity(below, (10.0, 0.0, 0.0))
    for _ in range(210):
        assert both.step(DT_S) == ()
        np.testing.assert_allclose(both.state().pose[:, 2], [8.0, 0.0], atol=1e-9)
    assert both.state().pose[0, 1] > 15.0
    assert both.state().pose[1, 0] > 15.0


def test_without_physics_nothing_moves_a_vehicle_but_teleports() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.set_physics(car, False)
    road_world.command(car, VehicleCommand(throttle=1.0))
    road_world.teleport(car, Pose(100.0, -4.0, 2.0, 0.0, 0.1, 0.2))
    state = advance(road_world, 1.0)
    np.testing.assert_allclose(state.pose[0], [100.0, -4.0, 2.0, 0.0, 0.1, 0.2], atol=1e-12)
    assert (state.velocity_mps == 0.0).all()
    road_world.set_physics(car, True)
    assert road_world.state().pose[0, 2] == 0.0
    assert advance(road_world, 1.0).speed_mps[0] > 2.0


def test_without_gravity_height_is_kept_and_slopes_do_not_pull() -> None:
    road_world = world(slope(-0.1))
    car = driving(road_world, 100.0, -4.0, 5.0)
    road_world.set_gravity(car, False)
    road_world.set_velocity(car, (5.0, 0.0, 1.0))
    state = advance(road_world, 2.0)
    assert state.pose[0, 2] == pytest.approx(-10.0 + 2.0, abs=1e-6)
    assert state.speed_mps[0] == pytest.approx(5.0, abs=0.05)  # wheels without load do not resist rolling


@pytest.mark.parametrize("name", ["suburb", "mountain_pass"])
def test_a_vehicle_far_away_changes_no_bit(name: str) -> None:
    road_map = read_map(name)
    points = spawn_points(road_map)
    runs = []
    for far in (False, True):
        road_world = World(road_map, Conditions())
        cars = [road_world.spawn_vehicle(*one) for one in zip(VEHICLE_MODELS.values(), points, strict=False)]
        if far:
            driving(road_world, -5000.0, 5000.0, 80.0)
        for step in range(90):
            for car in cars:
                road_world.command(car, VehicleCommand(0.6, 0.03 * math.sin(0.1 * step + car), reverse=car == 3))
            if far and step == 45:
                road_world.remove(road_world.ids[-1])
            road_world.step(DT_S)
        runs.append(road_world.state())
    for name_, values in vars(runs[0]).items():
        if isinstance(values, np.ndarray):
            np.testing.assert_array_equal(values, getattr(runs[1], name_), name_)


def test_all_models_drive_and_stop() -> None:
    road_world = world()
    for k, model in enumerate(VEHICLE_MODELS.values()):
        road_world.spawn_vehicle(model, Pose(50.0 + 30.0 * k, -4.0))
    for vehicle in road_world.ids:
        road_world.command(vehicle, VehicleCommand(throttle=0.8))
    state = advance(road_world, 2.0)
    assert (state.speed_mps > 1.0).all()
    for vehicle in road_world.ids:
        road_world.command(vehicle, VehicleCommand(brake=1.0))
    assert (advance(road_world, 4.0).speed_mps == 0.0).all()


def test_models_are_resized_in_proportion() -> None:
    long = CAR.resized(length_m=9.0, mass_kg=2.0 * CAR.parameters.mass_kg)
    assert long.parameters.wheelbase_m == pytest.approx(2.0 * CAR.parameters.wheelbase_m)
    assert long.parameters.understeer_gradient == CAR.parameters.understeer_gradient
    same = long.resized(CAR.parameters.length_m, mass_kg=CAR.parameters.mass_kg)
    assert same.parameters.yaw_inertia_kgm2 == pytest.approx(CAR.parameters.yaw_inertia_kgm2)
    with pytest.raises(ArgumentError, match="mass_kg=1: allowed are numbers from 20 to 100000"):
        CAR.resized(mass_kg=1)


any_number = st.one_of(st.floats(), st.floats(-2.0, 2.0))


@settings(max_examples=60, deadline=None)
@given(
    commands=st.lists(
        st.tuples(any_number, any_number, any_number, st.booleans(), st.booleans(), st.booleans(), st.integers(-9, 9)),
        min_size=1,
        max_size=4,
    ),
    velocity=st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3),
    pose=st.tuples(*[st.floats(-2e3, 2e3)] * 2, st.floats(-1e7, 1e7), *[st.floats(-1e3, 1e3)] * 3),
    dt_s=st.floats(0.005, 0.1),
)
def test_no_command_leads_to_nan(
    commands: list[tuple[float, float, float, bool, bool, bool, int]],
    velocity: list[float],
    pose: tuple[float, float, float, float, float, float],
    dt_s: float,
) -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(*pose))
    other = road_world.spawn_vehicle(VEHICLE_MODELS["truck"], Pose(3000.0, 0.0))
    road_world.set_velocity(car, velocity)
    road_world.set_angular_velocity(car, velocity)
    road_world.add_force(car, velocity)
    road_world.add_impulse(other, velocity)
    road_world.add_angular_impulse(other, velocity)
    road_world.add_torque(car, velocity)
    for command in commands:
        road_world.command(car, VehicleCommand(*command))
        for _ in range(10):
            road_world.step(dt_s)
    state = road_world.state()
    for name, values in (*vars(state).items(), *vars(state.places).items()):
        if isinstance(values, np.ndarray):
            assert np.isfinite(values).all(), name
    assert np.abs(state.velocity_mps).max() < 400.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1e8])
def test_impossible_poses_and_velocities_are_refused(bad: float) -> None:
    road_world = world()
    with pytest.raises(ArgumentError, match="pose="):
        road_world.spawn_vehicle(CAR, Pose(bad, 0.0))
    car = road_world.spawn_vehicle(CAR, Pose(10.0, 0.0))
    before = road_world.state().pose
    with pytest.raises(ArgumentError, match="pose="):
        road_world.teleport(car, Pose(0.0, 0.0, 0.0, bad))
    if not math.isfinite(bad):
        with pytest.raises(ArgumentError, match="velocity_mps="):
            road_world.set_velocity(car, (0.0, bad, 0.0))
    np.testing.assert_array_equal(road_world.state().pose, before)
    for dt_s in (0.0, -1.0, 11.0, math.nan):
        with pytest.raises(ArgumentError, match="dt_s="):
            road_world.step(dt_s)
