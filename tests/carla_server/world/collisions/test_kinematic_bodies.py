"""People beside the road: seen by sensors, hit by vehicles once each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.worlds import CAR, DT_S, driving, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings, Radar, RadarSettings, obstacle
from wormdrive.envs.common.errors import ArgumentError


def test_a_car_that_drives_into_somebody() -> None:
    road_world = world()
    car = driving(road_world, 100.0, -4.0, 10.0)
    person = road_world.add_kinematic_body(Pose(110.0, -4.0))
    beside = road_world.add_kinematic_body(Pose(110.0, -6.5))
    assert len({car, person, beside}) == 3
    events = [event for _ in range(60) for event in road_world.step(DT_S)]
    assert [(event.vehicle, event.other) for event in events] == [(car, person)]
    mass = CAR.parameters.mass_kg
    speed = 10.0 - 0.8 * 0.012 * 9.81
    assert events[0].impulse_ns[0] == pytest.approx(-75.0 * mass / (75.0 + mass) * speed, rel=0.01)
    assert road_world.state().speed_mps[0] < 10.0 - 75.0 / (75.0 + mass) * 9.0
    # another contact, another event
    road_world.move_kinematic_body(person, Pose(200.0, -4.0))
    road_world.step(DT_S)
    road_world.move_kinematic_body(person, Pose(float(road_world.state().pose[0, 0]), -4.0))
    assert [event.other for event in road_world.step(DT_S)] == [person]


def test_sensors_see_somebody() -> None:
    road_world = world()
    person = road_world.add_kinematic_body(Pose(510.0, 0.0))
    road_world.move_kinematic_body(person, Pose(510.0, 0.0), (-2.0, 0.0, 0.0))
    pose = Pose(500.0, 0.0, 1.0)
    scan = Lidar(LidarSettings(range_m=30.0, points_per_second=500_000.0, upper_rad=0.2, lower_rad=-0.2)).scan_semantic(
        road_world, pose, 0.1
    )
    on = scan.ids == person
    assert on.sum() > 20
    assert (scan.tags[on] == 12).all()
    np.testing.assert_allclose(scan.points[on, 0], 9.75, atol=1e-4)
    assert scan.points[on, 2].max() <= 0.8 + 1e-4
    found = Radar(RadarSettings(0.02, 0.02)).measure(road_world, pose, 0.1)
    np.testing.assert_allclose(found[:, 0], -2.0, rtol=1e-3)
    met = obstacle(road_world, pose, 20.0, 0.3, only_vehicles=True)
    assert met is not None
    assert (met.other, met.distance_m) == (person, pytest.approx(9.45, abs=1e-3))
    road_world.remove_kinematic_body(person)
    assert obstacle(road_world, pose, 20.0, 0.3) is None


def test_bad_bodies_are_refused() -> None:
    road_world = world()
    with pytest.raises(ArgumentError, match="kinematic_body=5: there is no such kinematic body"):
        road_world.move_kinematic_body(5, Pose())
    with pytest.raises(ArgumentError, match="pose="):
        road_world.add_kinematic_body(Pose(math.nan))
    with pytest.raises(ArgumentError, match="half_m="):
        road_world.add_kinematic_body(Pose(), (0.0, 1.0, 1.0))
