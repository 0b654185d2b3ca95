"""Inertial measurements at rest, under brakes, in bends and on slopes, by hand-computed values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.worlds import CAR, DT_S, driving, slope, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Imu, ImuNoise
from wormdrive.carla_server.world import VehicleCommand


def test_inertia_at_rest_braking_and_in_a_bend() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(500.0, 0.0, 0.0, 0.5))
    road_world.step(DT_S)
    rest = Imu().measure(road_world, car)
    np.testing.assert_allclose(rest.accelerometer_mps2, [0.0, 0.0, 9.81], atol=1e-12)
    np.testing.assert_allclose(rest.gyroscope_radps, 0.0, atol=1e-12)
    assert rest.compass_rad == pytest.approx(0.5 * math.pi - 0.5)

    braking = driving(road_world, 600.0, -4.0, 15.0)
    road_world.command(braking, VehicleCommand(brake=0.5))
    road_world.step(DT_S)
    felt = Imu().measure(road_world, braking).accelerometer_mps2
    assert felt[0] == pytest.approx(-4.0 - 0.012 * 9.81 - 3.3e-4 * 225.0, abs=0.05)

    bend = driving(road_world, 700.0, -4.0, 8.0)
    road_world.command(bend, VehicleCommand(throttle=0.1, steer=-0.15))
    for _ in range(45):
        road_world.step(DT_S)
    state = road_world.state()
    row = road_world.row(bend)
    measured = Imu().measure(road_world, bend)
    assert measured.gyroscope_radps[2] == pytest.approx(state.angular_velocity_radps[row, 2], rel=0.01)
    centripetal = state.speed_mps[row] * state.angular_velocity_radps[row, 2]
    roll = float(state.pose[row, 5])
    assert measured.accelerometer_mps2[1] == pytest.approx(
        centripetal * math.cos(roll) + 9.81 * math.sin(roll), rel=0.05
    )
    ahead = Imu().measure(road_world, bend, Pose(1.5, 0.0, 0.5))
    assert ahead.accelerometer_mps2[0] < measured.accelerometer_mps2[0]  # pulled to the middle of its own spin


def test_inertia_on_a_slope_and_turned_mounts() -> None:
    road_world = world(slope(0.1))
    car = road_world.spawn_vehicle(CAR, Pose(500.0, -4.0))
    road_world.command(car, VehicleCommand(hand_brake=True))
    road_world.step(DT_S)
    up = math.atan(0.1)
    felt = Imu().measure(road_world, car).accelerometer_mps2
    np.testing.assert_allclose(felt, [9.81 * math.sin(up), 0.0, 9.81 * math.cos(up)], atol=1e-6)
    turned = Imu().measure(road_world, car, Pose(0.0, 0.0, 0.0, math.pi / 2.0))
    np.testing.assert_allclose(turned.accelerometer_mps2, [0.0, -felt[0], felt[2]], atol=1e-6)


@pytest.mark.parametrize(
    ("heading", "compass"),
    [(math.pi / 2.0, 0.0), (0.0, math.pi / 2.0), (-math.pi / 2.0, math.pi), (math.pi, 1.5 * math.pi)],
)
def test_the_compass_turns_clockwise_from_north(heading: float, compass: float) -> None:
    assert Imu().measure(world(), None, Pose(0.0, 0.0, 0.0, heading)).compass_rad == pytest.approx(compass)


def test_noise_is_as_told_and_repeatable() -> None:
    road_world = world()
    noise = ImuNoise((0.1, 0.0, 0.0), (0.0, 0.02, 0.0), (0.0, 0.0, 0.5))
    runs = []
    for seed in (3, 3, 4):
        imu = Imu(noise, seed)
        runs.append([imu.measure(road_world, None) for _ in range(500)])
    assert runs[0] == runs[1] != runs[2]
    felt = np.array([one.accelerometer_mps2 for one in runs[0]])
    turn = np.array([one.gyroscope_radps for one in runs[0]])
    assert felt[:, 0].std() == pytest.approx(0.1, rel=0.1)
    assert (felt[:, 1] == 0.0).all()
    assert turn[:, 1].std() == pytest.approx(0.02, rel=0.1)
    assert (turn[:, 2] == 0.5).all()
