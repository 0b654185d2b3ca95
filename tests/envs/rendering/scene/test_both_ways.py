"""The two ways of drawing, side by side, where both apply."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.envs.rendering.scene import Cars, Look, Pin, SceneCamera, SceneFrames
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.appearance import BUSHES, POSTS, TREE_DENSITY, TUFTS, appearance
from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

MOUNT = CameraConfig(240, 100, 90.0, 0.5, 0.0, 1.4, 0.1)


def both(camera: SceneCamera, route: Route, i: int, look: Look, cars: Cars) -> tuple[SceneFrames, SceneFrames]:
    """What a vehicle at sample ``i`` sees by the road camera, and in general: a mount that looks along is pinned."""
    body = (float(route.x[i]), float(route.y[i]), float(route.z[i]), float(route.heading_rad[i]), 0.0, 0.0)
    climb = float(route.z[i + 2] - route.z[i - 2]) / 2.0
    pose = (
        body[0] + 0.5 * math.cos(body[3]), body[1] + 0.5 * math.sin(body[3]), body[2] + 1.4 + 0.5 * climb, body[3],
        MOUNT.pitch_rad - math.atan(climb), 0.0,
    )  # fmt: skip
    pinned = camera.draw(pose, look, cars, 1, pin=Pin(route, 0.5 * i, body, MOUNT))
    return pinned, camera.draw(pose, look, cars, 1)


@pytest.mark.parametrize("name", ["country_loop", "suburb", "highway"])
def test_road_land_and_light_agree_wherever_no_tree_stands(name: str) -> None:
    """Classes on 95 % of pixels, depth of the road within 5 %, and mean colour within a few per cent, each season."""
    road_map = read_map(name)
    route = follow_route(road_map, 3, 500.0)
    camera = SceneCamera(road_map, MOUNT.width, MOUNT.height, MOUNT.fov_deg, segmentation=True, depth=True)
    same, colours = [], []
    for k, i in enumerate(range(120, 840, 180)):
        vector = appearance(Conditions.preset(SEASONS[k % 4], "day"))
        vector[[TREE_DENSITY, BUSHES, TUFTS, POSTS]] = 0.0
        one, other = both(camera, route, i, Look(vector, k % 4, 7), Cars.none())
        assert one.rgb is not None
        assert other.rgb is not None
        assert one.segmentation is not None
        assert other.segmentation is not None
        assert one.depth is not None
        assert other.depth is not None
        same.append(float((one.segmentation == other.segmentation).mean()))
        road = np.isin(one.segmentation, (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES)) & (one.depth < 60.0)
        road &= np.isin(other.segmentation, (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES))
        assert road.mean() > 0.1
        assert np.percentile(np.abs(other.depth[road] / one.depth[road] - 1.0), 99.0) < 0.05
        colours.append(one.rgb[road].mean(axis=0) - other.rgb[road].mean(axis=0))
    assert min(same) > 0.95
    assert np.abs(np.mean(colours, axis=0)).max() < 6.0
    assert np.abs(colours).max() < 20.0


def test_vehicles_are_drawn_alike() -> None:
    road_map = read_map("suburb")
    route = follow_route(road_map, 3, 500.0)
    camera = SceneCamera(road_map, MOUNT.width, MOUNT.height, MOUNT.fov_deg, segmentation=True, instance=True)
    vector = appearance(Conditions.preset("summer", "day"))
    vector[[TREE_DENSITY, BUSHES, TUFTS, POSTS]] = 0.0
    heading = float(route.heading_rad[120])
    cars = Cars.of(
        [
            (
                route.x[120] + ahead * math.cos(heading) - left * math.sin(heading),
                route.y[120] + ahead * math.sin(heading) + left * math.cos(heading),
                route.z[120],
                heading + 0.4,
                0.0,
                0.0,
            )
            for ahead, left in ((9.0, 0.0), (14.0, 4.0))
        ],
        colour=[(200, 30, 20), (30, 60, 200)],
        actor=[5, 9],
    )
    one, other = both(camera, route, 120, Look(vector, 0, 7), cars)
    assert one.rgb is not None
    assert other.rgb is not None
    assert one.instance is not None
    assert other.instance is not None
    for actor in (5, 9):
        shown = (one.instance == actor) & (other.instance == actor)
        assert shown.sum() > 0.95 * max((one.instance == actor).sum(), (other.instance == actor).sum()) > 20
        assert np.abs(one.rgb[shown].astype(float) - other.rgb[shown]).mean() < 6.0


def test_a_free_camera_keeps_the_lane_that_it_follows() -> None:
    """Along a lane, past the length of a first route, nothing jumps; off the lane the other way draws."""
    road_map = read_map("country_loop")
    route = follow_route(road_map, 3, 1000.0)
    vector = appearance(Conditions.preset("summer", "day"))
    camera = SceneCamera(road_map, 120, 60, 90.0, rgb=False, segmentation=True, follow_lanes=True)
    plain = SceneCamera(road_map, 120, 60, 90.0, rgb=False, segmentation=True)
    look, before, changes, followed = Look(vector, 0, 7), None, [], 0
    for i in range(600, 1800, 2):
        pose = (route.x[i], route.y[i], route.z[i] + 1.4, route.heading_rad[i], 0.1, 0.0)
        shown = camera.draw(pose, look, Cars.none(), 1).segmentation
        assert shown is not None
        if before is not None:
            changes.append(float((shown != before).mean()))
        before = shown
        if i % 200 == 0:
            followed += not np.array_equal(shown, plain.draw(pose, look, Cars.none(), 1).segmentation)
    assert max(changes) < 0.45
    assert followed == 6
    aside = (route.x[600], route.y[600], route.z[600] + 1.4, route.heading_rad[600] + 1.5, 0.1, 0.0)
    general = plain.draw(aside, look, Cars.none(), 1).segmentation
    np.testing.assert_array_equal(camera.draw(aside, look, Cars.none(), 1).segmentation, general)
