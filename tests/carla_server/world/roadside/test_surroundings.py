"""Rays meet what a camera in the same place shows: road, land, trees and marker posts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.opendrive_text import opendrive, road
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings, obstacle
from wormdrive.carla_server.measurement.rays import cast, spread
from wormdrive.carla_server.world import World, spawn_points
from wormdrive.carla_server.world.roadside.surroundings import Surroundings
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

SEED = 5
ROADS, POLES, VEGETATION, TERRAIN, LINES, GROUND = 1, 6, 9, 10, 24, 25
FINE = LidarSettings(
    channels=64, range_m=60.0, points_per_second=64 * 2_000.0, rotation_hz=20.0, upper_rad=0.3, lower_rad=-0.3,
    horizontal_rad=1.4,
)  # fmt: skip


def surrounded(name: str, season: str = "summer") -> tuple[World, Pose]:
    road_map = read_map(name)
    world = World(road_map, Conditions.preset(season, "day"))
    world.surroundings = Surroundings(road_map, SEED)
    start = spawn_points(road_map)[40]
    return world, Pose(start.x, start.y, start.z + 1.8, start.heading)


@pytest.mark.parametrize("name", ["mountain_pass", "country_loop"])
def test_a_lidar_meets_what_a_camera_shows(name: str) -> None:
    world, pose = surrounded(name)
    width, height = 400, 250
    camera = SceneCamera(world.road_map, width, height, 90.0, rgb=False, segmentation=True, depth=True, threads=1)
    at = (pose.x, pose.y, pose.z, pose.heading, 0.0, 0.0)
    frames = camera.draw(at, Look.of(world.conditions, SEED), Cars.none(), 1)
    camera.close()
    assert frames.segmentation is not None
    assert frames.depth is not None
    scan = Lidar(FINE).scan_semantic(world, pose, 0.5)
    x, y, z = scan.points[:, :3].T.astype(np.float64)
    column = np.floor(0.5 * width * (1.0 - y / x)).astype(int)
    row = np.floor(0.5 * height - 0.5 * width * z / x).astype(int)
    shown = (x > 1.0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    label = frames.segmentation[row[shown], column[shown]]
    depth = frames.depth[row[shown], column[shown]]
    tag, away = scan.tags[shown], x[shown]
    near = np.abs(depth - away) < 0.3 + 0.04 * away
    grass = (label == VEGETATION) & near  # tufts let rays pass to the ground that they stand on
    for kind, seen, least in (
        (ROADS, np.isin(label, (ROADS, LINES)), 0.98),
        (VEGETATION, label == VEGETATION, 0.98),
        (TERRAIN, np.isin(label, (TERRAIN, GROUND)) | grass, 0.8),
    ):
        mine = tag == kind
        assert mine.sum() > 1_000, kind
        assert seen[mine].mean() > least, kind
    ground = np.isin(tag, (ROADS, TERRAIN)) & np.isin(label, (ROADS, LINES, TERRAIN, GROUND))
    assert near[ground].mean() > 0.95


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "season"), [("country_loop", "summer"), ("country_loop", "winter"), ("suburb", "autumn")]
)
def test_rays_meet_trees_as_their_pictures_show_them(name: str, season: str) -> None:
    """Leaf by leaf: as boxes of trunk and crown a tenth lay outside, and the median depth was 4 m off.

    A picture stands across the camera's axis, the card that a ray meets across the ray: they part towards the picture's
    sides, by a few metres where clumps of wood are 20 m wide.
    """
    world, _ = surrounded(name, season)
    width, height, fov_deg = 960, 540, 70.0
    focal = 0.5 * width / math.tan(math.radians(0.5 * fov_deg))
    camera = SceneCamera(world.road_map, width, height, fov_deg, rgb=False, segmentation=True, depth=True, threads=1)
    u, v = (each.ravel() for each in np.meshgrid(np.arange(1, width, 3), np.arange(1, height, 3)))
    left, up = -(u + 0.5 - 0.5 * width) / focal, -(v + 0.5 - 0.5 * height) / focal
    outside, missed, errors = [], [], []
    for number in (10, 25, 40):
        start = spawn_points(world.road_map)[number]
        pose = Pose(start.x, start.y, start.z + 1.8, start.heading)
        frames = camera.draw((*pose.place, pose.heading, 0.0, 0.0), Look.of(world.conditions, SEED), Cars.none(), 1)
        assert frames.segmentation is not None
        assert frames.depth is not None
        _, directions = spread(pose, np.arctan(left), np.arctan2(up, np.hypot(1.0, left)))
        hits = cast(world, pose, directions, 120.0, None)
        leaves = (hits.target >= 0) & (hits.targets.tags[hits.target] == VEGETATION)
        ray = hits.ray[leaves]
        shown = frames.segmentation == VEGETATION
        wide = np.pad(shown, 1)
        around = np.any([wide[k : k + height, m : m + width] for k in range(3) for m in range(3)], axis=0)
        outside.append(~around[v[ray], u[ray]])
        met = np.zeros(len(u), bool)
        met[ray] = True
        missed.append(~met[shown[v, u] & (frames.depth[v, u] < 100.0)])
        depth = hits.distance_m[leaves] / np.sqrt(1.0 + left[ray] ** 2 + up[ray] ** 2)
        own = shown[v[ray], u[ray]]
        errors.append(np.abs(frames.depth[v[ray], u[ray]] - depth)[own])
    camera.close()
    error = np.concatenate(errors)
    assert len(error) > 10_000
    assert np.concatenate(outside).mean() < 0.01
    assert np.concatenate(missed).mean() < 0.09
    assert np.median(error) < 3.5


def test_posts_stand_at_the_roadside_and_bar_the_way() -> None:
    world, pose = surrounded("country_loop")
    assert world.surroundings is not None
    boxes = world.surroundings.boxes(world.conditions, pose.x, pose.y, 150.0)
    posts = boxes[boxes[:, 5] == POLES]
    assert len(posts) > 3
    found = world.index.locate(posts[:, 0], posts[:, 1], posts[:, 2])
    assert ((found.outside_m > 0.2) & (found.outside_m < 3.0)).all()
    stopped = 0
    for (x, y, z), heading in zip(posts[:, :3], found.heading_rad, strict=True):
        before = Pose(x - 2.0 * math.cos(heading), y - 2.0 * math.sin(heading), z, heading)  # along the road
        met = obstacle(world, before, 4.0, 0.02)
        assert met is not None
        assert met.other is None
        stopped += met.distance_m == pytest.approx(2.0 - 0.06 - 0.02, abs=0.03)
        assert obstacle(world, before, 4.0, 0.02, only_vehicles=True) is None
    assert stopped > 0.5 * len(posts)  # bushes stand before the others


def test_the_same_place_has_the_same_things_whoever_looked_before() -> None:
    world, pose = surrounded("country_loop")
    assert world.surroundings is not None
    first = world.surroundings.boxes(world.conditions, pose.x, pose.y, 60.0)
    for away in (300.0, -400.0):
        world.surroundings.boxes(world.conditions, pose.x + away, pose.y, 60.0)
    np.testing.assert_array_equal(world.surroundings.boxes(world.conditions, pose.x, pose.y, 60.0), first)
    other = Surroundings(world.road_map, SEED + 1).boxes(world.conditions, pose.x, pose.y, 60.0)
    assert not np.array_equal(other, first)


def test_below_a_bridge_lies_the_land_under_it() -> None:
    bridge = '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>'
    text = opendrive(
        road(200.0, road_id="below", pose=(-100.0, 0.0, 0.0)),
        road(200.0, road_id="bridge", pose=(0.0, -100.0, math.pi / 2.0), extra=bridge),
    )
    around = Surroundings(read_map_text(text, "bridge"), 0)
    for height, expected in ((10.0, 8.0), (2.0, 0.0)):
        heights = around.heights(0.0, 0.0, height)
        column, row = round(-heights.x_m), round(-heights.y_m)
        assert heights.z[row, column] == pytest.approx(expected, abs=0.01)
