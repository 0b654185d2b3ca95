"""Sensors against geometry done by hand, against the client's own projection, and against themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.carla_server.world.crossing import crossing_text, signal
from tests.carla_server.world.worlds import CAR, DT_S, driving, slope, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import (
    GeoReference,
    Gnss,
    GnssNoise,
    Imu,
    ImuNoise,
    Lidar,
    LidarSettings,
    Radar,
    RadarSettings,
    obstacle,
)
from wormdrive.carla_server.world import VEHICLE_MODELS, VehicleCommand, World
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

MAST = Pose(0.0, 0.0, 2.0)
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


def test_the_nearest_obstacle_in_the_capsule() -> None:
    road_world = world()
    own = road_world.spawn_vehicle(CAR, Pose(500.0, -4.0))
    road_world.spawn_vehicle(CAR, Pose(540.0, -4.0))
    near = road_world.spawn_vehicle(CAR, Pose(520.0, -4.0))
    pose = Pose(502.25, -4.0, 0.8)
    found = obstacle(road_world, pose, 50.0, 0.5, carrier=own)
    assert found is not None
    assert found.other == near
    assert found.distance_m == pytest.approx(520.0 - 2.25 - 502.25 - 0.5, abs=1e-3)
    assert obstacle(road_world, pose, 10.0, 0.5, carrier=own) is None
    beside = Pose(502.25, -4.0 + 0.9 + 0.4, 0.8)  # 0.4 m beside the body
    assert obstacle(road_world, beside, 50.0, 0.3, carrier=own) is None
    touched = obstacle(road_world, beside, 50.0, 0.5, carrier=own)
    assert touched is not None
    assert touched.distance_m == pytest.approx(520.0 - 2.25 - 502.25 - 0.3, abs=1e-2)  # a ball of 0.5 m at its corner
    with pytest.raises(ArgumentError, match="radius_m=-1"):
        obstacle(road_world, pose, 50.0, -1)


def test_posts_are_obstacles_unless_only_vehicles_are_wanted() -> None:
    road_map = read_map_text(crossing_text({"west": signal("w", 98.0)}), "crossing")
    lights = World(road_map, Conditions())
    pose = Pose(-22.0, -5.0, 1.0)
    found = obstacle(lights, pose, 20.0, 0.2)
    assert found is not None
    assert found.other is None
    assert found.distance_m == pytest.approx(10.0 - 0.1 - 0.2, abs=1e-3)
    assert obstacle(lights, pose, 20.0, 0.2, only_vehicles=True) is None


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


def test_noise_of_inertia_and_navigation_is_as_told_and_repeatable() -> None:
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
    gnss = Gnss(GeoReference(49.0, 8.0), GnssNoise((0.001, 0.0, 2.0), (0.0, 1e-5, 0.0)), seed=1)
    measured = [gnss.measure(0.0, 0.0, 10.0) for _ in range(500)]
    assert measured[0].latitude_deg == pytest.approx(49.001)
    assert measured[0].altitude_m == 12.0
    assert np.std([one.longitude_deg for one in measured]) == pytest.approx(1e-5, rel=0.1)


def test_positions_as_the_client_projects_them() -> None:
    """Numbers of the CARLA 0.9.16 client's ``transform_to_geolocation`` for a map of +lat_0=49 +lon_0=8."""
    reference = GeoReference.of("+proj=tmerc +lat_0=4.9e1 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84")
    for (x, y), latitude, longitude in (
        ((0.0, 0.0), 49.0, 8.0),
        ((1000.0, 0.0), 48.99999918924545, 8.013698077472796),
        ((0.0, 1000.0), 49.0089867475402, 8.0),
        ((50_000.0, -20_000.0), 48.818251050256784, 8.682419254948666),
    ):
        found = reference.geodetic(x, y, 5.0)
        assert found.latitude_deg == pytest.approx(latitude, abs=1e-9)
        assert found.longitude_deg == pytest.approx(longitude, abs=1e-9)
        assert found.altitude_m == 5.0


def test_positions_against_the_client_itself() -> None:
    carla = pytest.importorskip("carla")
    road_map = read_map("suburb")
    client = carla.Map("suburb", road_map.text)
    reference = GeoReference.of(road_map.geo_reference)
    for x, y in ((10.0, 20.0), (-500.0, 300.0), (1234.0, -4321.0)):
        theirs = client.transform_to_geolocation(carla.Location(x, y, 3.0))
        ours = reference.geodetic(x, y, 3.0)
        assert ours.latitude_deg == pytest.approx(theirs.latitude, abs=1e-9)
        assert ours.longitude_deg == pytest.approx(theirs.longitude, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+proj=utm +zone=32",
        "+lat_0=x +lon_0=1",
        "+lat_0=91 +lon_0=1",
        "+lat_0=1e999 +lon_0=0",
        "+lat_0=1-1 +lon_0=1",
    ],
)
def test_maps_without_an_origin_have_carlas(text: str) -> None:
    assert GeoReference.of(text) == GeoReference(42.0, 2.0)


@pytest.mark.parametrize("field", ["channels", "range_m", "points_per_second", "horizontal_rad", "noise_m"])
@pytest.mark.parametrize("value", [-1.0, math.nan, 1e12])
def test_settings_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ArgumentError, match=f"{field}="):
        LidarSettings(**{field: value})  # type: ignore[arg-type]


SCENE = world()
for _k, _kind in enumerate(VEHICLE_MODELS):
    SCENE.spawn_vehicle(VEHICLE_MODELS[_kind], Pose(480.0 + 14.0 * _k, -4.0, 0.0, 0.3 * _k))


@settings(max_examples=40, deadline=None)
@given(
    place=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e3, 1e3)),
    near=st.booleans(),
    attitude=st.tuples(*[st.floats(-10.0, 10.0)] * 3),
    dt_s=st.floats(0.0, 0.1),
)
def test_rays_from_anywhere_are_finite(
    place: tuple[float, float, float], near: bool, attitude: tuple[float, float, float], dt_s: float
) -> None:
    x, y, z = (500.0 + place[0] % 50.0, place[1] % 8.0, place[2] % 5.0) if near else place
    pose = Pose(x, y, z, *attitude)
    lidar = Lidar(LidarSettings(range_m=30.0, points_per_second=10_000.0))
    for scan in (lidar.scan(SCENE, pose, dt_s), lidar.scan_semantic(SCENE, pose, dt_s)):
        assert np.isfinite(scan.points).all()
        assert scan.counts.sum() == len(scan.points)
        assert (np.linalg.norm(scan.points[:, :3], axis=1) <= 30.001).all()
    assert np.isfinite(Radar(RadarSettings(range_m=30.0)).measure(SCENE, pose, dt_s)).all()
    obstacle(SCENE, pose, 30.0, 1.0)
