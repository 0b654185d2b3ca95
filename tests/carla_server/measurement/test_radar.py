"""Radars against geometry done by hand."""

from __future__ import annotations

import numpy as np

from tests.carla_server.world.worlds import driving, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Radar, RadarSettings


def test_radar_gives_distance_its_rate_and_direction() -> None:
    road_world = world()
    own = driving(road_world, 500.0, -4.0, 10.0)
    other = driving(road_world, 540.0, -4.0, 4.0, kind="van")
    road_world.step(0.01)
    state = road_world.state()
    pose = Pose(*state.pose[0]).carrying(Pose(2.3, 0.0, 1.2))
    narrow = RadarSettings(horizontal_rad=0.05, vertical_rad=0.02, points_per_second=5_000.0)
    found = Radar(narrow).measure(road_world, pose, 0.05, own)
    assert len(found) == 250
    rear = state.pose[1, 0] - state.extent_m[1, 0] - pose.x
    cosine = np.cos(found[:, 1]) * np.cos(found[:, 2])
    np.testing.assert_allclose(found[:, 3] * cosine, rear, rtol=1e-4)
    np.testing.assert_allclose(found[:, 0] / cosine, state.velocity_mps[1, 0] - state.velocity_mps[0, 0], rtol=1e-3)
    assert np.abs(found[:, 1]).max() <= 0.025
    assert np.abs(found[:, 2]).max() <= 0.01
    np.testing.assert_array_equal(found, Radar(narrow).measure(road_world, pose, 0.05, own))
    road_world.remove(other)
    assert len(Radar(narrow).measure(road_world, pose, 0.05, own)) == 0


def test_radar_sees_standing_ground_come_closer() -> None:
    road_world = world()
    own = driving(road_world, 500.0, -4.0, 10.0)
    road_world.step(0.01)
    pose = Pose(*road_world.state().pose[0]).carrying(Pose(2.3, 0.0, 1.2, 0.0, 0.2))
    found = Radar(RadarSettings(horizontal_rad=0.1, vertical_rad=0.1)).measure(road_world, pose, 0.1, own)
    assert len(found) == 150
    assert (found[:, 0] < -9.0).all()
