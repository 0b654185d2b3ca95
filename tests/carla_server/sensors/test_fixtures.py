"""Lights, signs, crosswalks and houses of the town in the server's pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.sensors.fixtures import FixtureScenery
from wormdrive.carla_server.world import LightState
from wormdrive.carla_server.world.roadside.surroundings import is_built_up, thinned
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera, SceneFrames, Shape
from wormdrive.envs.rendering.scene.meshes.shapes import SHAPES, mesh_of
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.appearance import TREE_DENSITY, appearance
from wormdrive.envs.seasons.conditions import Conditions

BUILDINGS, POLES, TRAFFIC_LIGHT, TRAFFIC_SIGNS, VEGETATION, ROAD_LINES = 3, 6, 7, 8, 9, 24
EYE_M = 1.6


@pytest.fixture(scope="module")
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "town", read_map("town"), Conditions(), 0)


def before_a_light(episode: CarlaEpisode, number: int, metres: float) -> Pose:
    """On the right lane, so far before the stop of a light."""
    stop = episode.world.lights.stops(number)[-1]
    return Pose(
        stop.x - metres * math.cos(stop.heading), stop.y - metres * math.sin(stop.heading), stop.z, stop.heading
    )


def shot(episode: CarlaEpisode, cars: Cars, pose: Pose, *, weather: str = "day", follow: bool = True) -> SceneFrames:
    camera = SceneCamera(
        episode.road_map, 320, 180, 90.0, segmentation=True, depth=True, instance=True, follow_lanes=follow
    )
    look = Look.of(Conditions.preset("summer", weather), 3)
    return camera.draw((pose.x, pose.y, pose.z + EYE_M, pose.heading, 0.0, 0.0), look, cars, 0)


def near(episode: CarlaEpisode, pose: Pose, *, snow: bool = False) -> Cars:
    return FixtureScenery(episode).with_those_near(Cars.none(), pose, snow=snow)


@pytest.mark.parametrize("follow", [True, False])
def test_a_driver_sees_lights_houses_and_the_crosswalk(episode: CarlaEpisode, follow: bool) -> None:
    pose = before_a_light(episode, 0, 14.0)
    frames = shot(episode, near(episode, pose), pose, follow=follow)
    assert frames.segmentation is not None
    assert frames.instance is not None
    for label, least in ((BUILDINGS, 200), (POLES, 10), (TRAFFIC_LIGHT, 8), (ROAD_LINES, 60)):
        assert (frames.segmentation == label).sum() > least
    ids = set(frames.instance[frames.segmentation == TRAFFIC_LIGHT].tolist())
    assert episode.lights[0].id in ids


@pytest.mark.parametrize("weather", ["day", "night"])
def test_the_lamp_that_is_lit_says_the_state(episode: CarlaEpisode, weather: str) -> None:
    """Red shows above yellow, and yellow above green; by night too."""
    pose = before_a_light(episode, 0, 9.0)
    fixtures, heights = FixtureScenery(episode), []
    for state in (LightState.RED, LightState.YELLOW, LightState.GREEN):
        episode.world.lights.set_state(0, state)
        frames = shot(episode, fixtures.with_those_near(Cars.none(), pose, snow=False), pose, weather=weather)
        assert frames.rgb is not None
        assert frames.instance is not None
        head = frames.instance == episode.lights[0].id
        picture = np.where(head[..., None], frames.rgb, 0).astype(int)
        lit = picture[..., 1 if state == LightState.GREEN else 0] > 150
        assert lit.sum() > 3
        red, green, blue = picture[lit].mean(axis=0)
        assert {"RED": red > 1.5 * green, "YELLOW": green > 1.3 * blue, "GREEN": green > 1.3 * red}[state.name]
        heights.append(float(np.nonzero(lit)[0].mean()))
    assert heights == sorted(heights)
    episode.world.lights.set_state(0, LightState.OFF)
    frames = shot(episode, fixtures.with_those_near(Cars.none(), pose, snow=False), pose, weather=weather)
    assert frames.rgb is not None
    assert frames.instance is not None
    assert frames.rgb[frames.instance == episode.lights[0].id].max() < 120
    episode.world.lights.reset()


def test_stop_signs_stand_where_the_map_says(episode: CarlaEpisode) -> None:
    """At the stop sign south of the crossing at (150, 125), from 12 m before it."""
    pose = Pose(151.6, 125.0 - 16.0 - 4.6 - 12.0, 0.0, 0.5 * math.pi)
    cars = near(episode, pose)
    signs = cars.chosen(np.flatnonzero(cars.shape == Shape.STOP))
    at = np.hypot(signs.pose[:, 0] - 154.0, signs.pose[:, 1] - 104.4)
    assert at.min() < 0.5
    assert math.sin(signs.pose[int(at.argmin()), 3]) == pytest.approx(-1.0, abs=0.01)
    frames = shot(episode, cars, pose)
    assert frames.segmentation is not None
    assert frames.rgb is not None
    plate = frames.rgb[frames.segmentation == TRAFFIC_SIGNS].astype(int)
    assert len(plate) > 12
    assert (plate[:, 0] > plate[:, 1] + 40).mean() > 0.4


def test_only_what_is_near_and_no_more_than_so_many(episode: CarlaEpisode) -> None:
    for x, y, z in ((150.0, 270.0, 1.5), (290.0, 125.0, 1.5), (300.0, 200.0, 120.0)):
        cars = near(episode, Pose(x, y, z))
        away = np.hypot(cars.pose[:, 0] - x, cars.pose[:, 1] - y)
        assert 50 < len(cars.pose) <= (160 if z < 25.0 else 640)
        assert away.max() < 1200.0 if z > 25.0 else away.max() < 280.0
    assert len(set(cars.actor.tolist())) == len(cars.pose)
    few = Cars.of([(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)])
    assert FixtureScenery(episode).with_those_near(few, Pose(9_000.0), snow=False) is few


def test_maps_without_fixtures_cost_nothing() -> None:
    bare = FixtureScenery(CarlaEpisode(1, "suburb", read_map("suburb"), Conditions(), 0))
    cars = Cars.of([(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)])
    assert bare.with_those_near(cars, Pose(), snow=False) is cars


def test_paint_is_hidden_under_snow(episode: CarlaEpisode) -> None:
    pose = before_a_light(episode, 0, 10.0)
    dry, snowy = near(episode, pose), near(episode, pose, snow=True)
    assert (dry.label == ROAD_LINES).any()
    assert not (snowy.label == ROAD_LINES).any()
    assert (snowy.label == BUILDINGS).sum() == (dry.label == BUILDINGS).sum()


@pytest.mark.parametrize("shape", range(Shape.LIGHT, SHAPES))
def test_faces_of_fixtures_look_outward(shape: int) -> None:
    """Most of their area, weighted by how far from the middle it is: they are seen from outside only."""
    corners = mesh_of(shape).corners.astype(float)
    normal = 0.5 * np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    middle = corners.mean(axis=1)
    assert (normal * middle).sum() / 3.0 > 0.02


def test_between_houses_stand_fewer_trees() -> None:
    assert is_built_up(read_map("town"))
    assert not is_built_up(read_map("suburb"))
    looks = appearance(Conditions.preset("summer", "day"))
    before = looks.copy()
    fewer = thinned(looks)
    np.testing.assert_array_equal(looks, before)
    assert 0.0 < fewer[TREE_DENSITY] < 0.5 * looks[TREE_DENSITY]
    trees = []
    for vector in (looks, fewer):
        camera = SceneCamera(read_map("town"), 160, 90, 90.0, segmentation=True)
        pose = (288.4, 200.0, EYE_M, -0.5 * math.pi, 0.0, 0.0)
        labels = camera.draw(pose, Look(vector, 0, 7), Cars.none(), 0).segmentation
        assert labels is not None
        trees.append(int((labels == VEGETATION).sum()))
    assert trees[1] < 0.8 * trees[0], trees
