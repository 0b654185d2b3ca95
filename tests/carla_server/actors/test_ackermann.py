"""Ackermann control: how hard vehicles are to accelerate, brake and steer, in pedals and on the road."""

from __future__ import annotations

import math

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.ackermann import followed
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.blueprint_models import SALOON
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import AckermannControl, Description, VehicleControl
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.vehicle import VehicleParameters

PARAMETERS = VehicleParameters(max_steer_rad=0.5, max_acceleration=4.0, max_braking=8.0, rolling=0.02, drag_per_m=0.001)
ROLLING_MPS2 = 0.02 * 9.81
DT_S = 0.05


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)


@pytest.fixture
def vehicle(episode: CarlaEpisode) -> Vehicle:
    made = episode.spawn(Description(SALOON, {}), spawn_points(episode.road_map)[0])
    assert isinstance(made, Vehicle)
    return made


def control(vehicle: Vehicle, at_mps: float, **wanted: float) -> VehicleControl:
    """What is done to follow a wish at a speed."""
    vehicle.velocity = vehicle.pose.turned((at_mps, 0.0, 0.0))
    vehicle.ackermann = AckermannControl(**wanted)
    return followed(vehicle, PARAMETERS, DT_S)


def test_throttle_is_limited_to_the_wanted_acceleration(vehicle: Vehicle) -> None:
    assert control(vehicle, 0.0, speed=10.0, acceleration=1.5).throttle == pytest.approx((1.5 + ROLLING_MPS2) / 4.0)
    assert control(vehicle, 0.0, speed=-5.0, acceleration=1.5) == VehicleControl(
        pytest.approx((1.5 + ROLLING_MPS2) / 4.0), 0.0, 0.0, False, True, False, 0
    )


def test_brakes_are_limited_to_the_wanted_acceleration(vehicle: Vehicle) -> None:
    asked = control(vehicle, 10.0, speed=0.0, acceleration=1.5)
    assert (asked.throttle, asked.brake) == (0.0, pytest.approx((1.5 - ROLLING_MPS2 - 0.001 * 10.0**2) / 8.0))


def test_without_a_wanted_acceleration_the_missing_speed_alone_counts(vehicle: Vehicle) -> None:
    assert control(vehicle, 0.0, speed=10.0).throttle == 1.0
    drag = 0.001 * 9.5**2
    assert control(vehicle, 9.5, speed=10.0).throttle == pytest.approx((2.0 * 0.5 + ROLLING_MPS2 + drag) / 4.0)
    assert control(vehicle, 9.5, speed=10.0, acceleration=3.0).throttle == control(vehicle, 9.5, speed=10.0).throttle


def test_the_wheel_turns_as_fast_as_is_wanted(vehicle: Vehicle) -> None:
    assert control(vehicle, 5.0, speed=5.0, steer=0.2, steer_speed=0.4).steer == pytest.approx(0.4 * DT_S / 0.5)
    assert control(vehicle, 5.0, speed=5.0, steer=0.2).steer == pytest.approx(0.2 / 0.5)
    assert control(vehicle, 5.0, speed=5.0, steer=-2.0).steer == -1.0


def test_a_vehicle_gains_speed_as_wanted(episode: CarlaEpisode, vehicle: Vehicle) -> None:
    vehicle.ackermann = AckermannControl(speed=20.0, acceleration=1.5)
    for _ in range(round(4.0 / DT_S)):
        episode.step(DT_S)
    assert math.hypot(*vehicle.velocity) == pytest.approx(6.0, abs=0.1)
