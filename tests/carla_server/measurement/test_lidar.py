"""Lidars against geometry done by hand, against the map, and against themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.carla_server.world.crossing import crossing_text, signal
from tests.carla_server.world.worlds import CAR, slope, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings
from wormdrive.carla_server.world import VEHICLE_MODELS, World
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

ALL_AROUND = LidarSettings(
    channels=9, range_m=40.0, points_per_second=9 * 3600.0, rotation_hz=10.0, upper_rad=math.radians(10.0),
    lower_rad=math.radians(-30.0), dropoff_general=0.0, dropoff_zero=0.0,
)  # fmt: skip
"""A beam every 5 degrees, and in a turn of 0.1 s a ray every degree."""


def test_beams_over_level_ground_meet_it_where_trigonometry_says() -> None:
    road_world = world()
    car = road_world.spawn_vehicle(CAR, Pose(500.0, 0.0))
    scan = Lidar(ALL_AROUND).scan(road_world, Pose(500.0, 0.0, 2.0), 0.1, car)
    elevations = np.radians(np.linspace(10.0, -30.0, 9))
    reached = -elevations > math.asin(2.0 / 40.0)
    np.testing.assert_array_equal(scan.counts, np.where(reached, 360, 0))
    assert scan.points.dtype == np.float32
    first = 0
    for channel in np.flatnonzero(reached):
        points = scan.points[first : first + 360]
        first += 360
        np.testing.assert_allclose(points[:, 2], -2.0, atol=1e-4)
        np.testing.assert_allclose(points[:, 3], math.exp(-0.004 * 2.0 / math.sin(-elevations[channel])), rtol=1e-4)
        # clockwise from behind, a degree each
        away, azimuth = 2.0 / math.tan(-elevations[channel]), np.radians(180.0 - np.arange(360))
        level = away * np.stack([np.cos(azimuth), np.sin(azimuth)], axis=1)
        np.testing.assert_allclose(points[:, :2], level, atol=2e-3)
    assert scan.angle_rad == pytest.approx(0.0, abs=1e-9) or scan.angle_rad == pytest.approx(2.0 * math.pi)


def test_the_sweep_goes_on_where_it_ended() -> None:
    road_world = world()
    lidar = Lidar(ALL_AROUND)
    angles = []
    for _ in range(4):
        scan = lidar.scan(road_world, Pose(500.0, 0.0, 2.0), 0.025)
        angles.append(scan.angle_rad)
        assert set(scan.counts) <= {0, 90}
        start = (math.atan2(-scan.points[0, 1], scan.points[0, 0]) + math.pi) % (2.0 * math.pi)
        assert start == pytest.approx((scan.angle_rad - 0.5 * math.pi) % (2.0 * math.pi), abs=1e-5)
    np.testing.assert_allclose(angles[:3], [0.5 * math.pi, math.pi, 1.5 * math.pi])


def test_a_sector_is_swept_from_left_to_right() -> None:
    road_world = world()
    lidar = Lidar(replace(ALL_AROUND, horizontal_rad=1.0))
    scan = lidar.scan(road_world, Pose(500.0, 0.0, 2.0), 0.1)
    azimuth = np.arctan2(scan.points[:360, 1], scan.points[:360, 0])
    np.testing.assert_allclose(azimuth, 0.5 - np.arange(360) / 360.0, atol=1e-5)


def test_a_sloping_road_is_seen_as_one() -> None:
    road_world = world(slope(0.1))
    tilted = Pose(500.0, 0.0, 52.0, 0.0, -math.atan(0.1), 0.0)
    scan = Lidar(ALL_AROUND).scan(road_world, tilted, 0.1)
    np.testing.assert_allclose(scan.points[:, 2], -2.0 * math.cos(math.atan(0.1)), atol=2e-3)


def test_a_box_is_hit_on_its_sides_and_named() -> None:
    road_world = world()
    own = road_world.spawn_vehicle(CAR, Pose(500.0, 0.0))
    other = road_world.spawn_vehicle(VEHICLE_MODELS["bus"], Pose(520.0, 0.0))
    scan = Lidar(ALL_AROUND).scan_semantic(road_world, Pose(500.0, 0.0, 2.0), 0.1, own)
    on_bus = scan.ids == other
    assert on_bus.sum() > 20
    np.testing.assert_allclose(scan.points[on_bus, 0], 14.0, atol=1e-4)  # its rear, 6 m before its middle
    assert (np.abs(scan.points[on_bus, 1]) <= 1.25 + 1e-4).all()
    assert (scan.tags[on_bus] == 16).all()
    ray = scan.points[on_bus, :3] / np.linalg.norm(scan.points[on_bus, :3], axis=1, keepdims=True)
    np.testing.assert_allclose(scan.points[on_bus, 3], ray[:, 0], atol=1e-5)
    assert own not in scan.ids
    ground = scan.ids == 0
    beside = np.abs(scan.points[ground, 1]) > 8.0
    np.testing.assert_array_equal(scan.tags[ground], np.where(beside, 10, 1))
    # behind the bus lies its shadow
    assert not ((scan.points[:, 0] > 27.0) & (np.abs(scan.points[:, 1]) < 1.0)).any()


def test_posts_of_traffic_lights_are_seen() -> None:
    road_map = read_map_text(crossing_text({"west": signal("w", 98.0)}), "crossing")
    lights = World(road_map, Conditions())
    scan = Lidar(ALL_AROUND).scan_semantic(lights, Pose(-22.0, -5.0, 2.0), 0.1)
    post = scan.tags == 6
    assert post.any()
    np.testing.assert_allclose(scan.points[post, 0], 10.0 - 0.1, atol=1e-4)
    assert (scan.points[post, 2] <= 1.0 + 1e-4).all()


def test_losses_and_noise_are_as_told_and_repeatable() -> None:
    road_world = world()
    settings_ = LidarSettings(
        channels=16, range_m=50.0, points_per_second=200_000.0, rotation_hz=10.0, lower_rad=-0.4, upper_rad=-0.1,
        dropoff_general=0.3, dropoff_zero=0.0, noise_m=0.05,
    )  # fmt: skip
    runs = []
    for seed in (1, 1, 2):
        lidar = Lidar(settings_, seed)
        runs.append([lidar.scan(road_world, Pose(500.0, 0.0, 2.0), 0.1).points for _ in range(2)])
    for one, two in zip(runs[0], runs[1], strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(runs[0][0][:100], runs[2][0][:100])
    assert not np.array_equal(runs[0][0][:100], runs[0][1][:100])
    points = runs[0][0].astype(np.float64)
    assert len(points) == pytest.approx(0.7 * 20_000, rel=0.03)
    distance = np.linalg.norm(points[:, :3], axis=1)
    error = distance + np.log(points[:, 3]) / 0.004
    assert error.std() == pytest.approx(0.05, rel=0.05)
    assert abs(error.mean()) < 0.002


def test_far_points_are_lost_by_their_intensity() -> None:
    """Intensity I = 0.5 at this distance lies below the limit of 0.8: kept with probability 0.4/0.8 I + 1 - 0.4."""
    road_world = world()
    distance = 2.0 / math.sin(0.1)
    settings_ = LidarSettings(
        channels=1, range_m=50.0, points_per_second=100_000.0, rotation_hz=10.0, lower_rad=-0.1, upper_rad=-0.1,
        dropoff_general=0.0, attenuation_per_m=math.log(2.0) / distance,
    )  # fmt: skip
    scan = Lidar(settings_).scan(road_world, Pose(500.0, 0.0, 2.0), 0.1)
    assert len(scan.points) == pytest.approx(10_000 * 0.85, rel=0.02)


def test_ground_is_seen_alike_on_real_maps() -> None:
    """Each point on the road lies on the map's own surface."""
    road_map = read_map("mountain_pass")
    mountain = World(road_map, Conditions())
    from wormdrive.carla_server.world import spawn_points

    start = spawn_points(road_map)[40]
    pose = Pose(start.x, start.y, start.z + 2.4, start.heading)
    scan = Lidar(ALL_AROUND).scan_semantic(mountain, pose, 0.1)
    points = np.array(pose.place) + scan.points[:, :3].astype(np.float64) @ np.array(pose.rotation()).T
    found = mountain.index.locate(points[:, 0], points[:, 1], points[:, 2])
    road = scan.tags == 1
    assert road.sum() > 200
    np.testing.assert_allclose(points[road, 2], found.z_m[road], atol=0.02)


@pytest.mark.parametrize("field", ["channels", "range_m", "points_per_second", "horizontal_rad", "noise_m"])
@pytest.mark.parametrize("value", [-1.0, math.nan, 1e12])
def test_settings_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ArgumentError, match=f"{field}="):
        LidarSettings(**{field: value})  # type: ignore[arg-type]
