"""The land that rays are cast to: against the map's own geometry, by another way than the camera's."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest

from tests.support.opendrive_text import opendrive, road
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera, SceneFrames
from wormdrive.envs.rendering.scene.terrain.ray_march import ground_height
from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles
from wormdrive.envs.roads import Surface, read_map, read_map_text
from wormdrive.envs.roads.opendrive import RoadMap
from wormdrive.envs.roads.places import place_index
from wormdrive.envs.seasons.appearance import BUSHES, POSTS, TREE_DENSITY, TUFTS, appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

DOWN: Final = 0.5 * math.pi


def see(road_map: RoadMap, pose: tuple[float, ...], size: int = 200) -> SceneFrames:
    vector = appearance(Conditions.preset("summer", "day"))
    vector[[TREE_DENSITY, BUSHES, TUFTS, POSTS]] = 0.0
    camera = SceneCamera(road_map, size, size, 90.0, rgb=False, segmentation=True, depth=True)
    return camera.draw(pose, Look(vector, 0), Cars.none(), 0)


def level(height: float) -> str:
    return f'<elevationProfile><elevation s="0" a="{height}" b="0" c="0" d="0"/></elevationProfile>'


@pytest.mark.parametrize("place", [(5.3, 115.0), (120.0, 115.0), (245.0, 60.0)])
def test_classes_from_above_are_the_maps_surfaces(place: tuple[float, float]) -> None:
    """Junctions and streets: every pixel against the map's place index, which knows nothing of cells and strips."""
    road_map = read_map("suburb")
    height, size = 25.0, 200
    labels = see(road_map, (*place, height, 0.0, DOWN, 0.0), size).segmentation
    assert labels is not None
    v, u = np.mgrid[0:size, 0:size] + 0.5
    x, y = place[0] - (v - 100.0) * height / 100.0, place[1] - (u - 100.0) * height / 100.0
    found = place_index(road_map).locate(x.ravel(), y.ravel(), np.zeros(size * size))
    surface = found.surface.reshape(size, size)
    shown = {
        Surface.DRIVING: (
            SemanticLabel.ROADS,
            SemanticLabel.ROAD_LINES,
            SemanticLabel.SIDEWALKS,
        ),  # kerbs overlap the edge
        Surface.SIDEWALK: (SemanticLabel.SIDEWALKS, SemanticLabel.ROADS),
        Surface.TERRAIN: (SemanticLabel.TERRAIN, SemanticLabel.GROUND, SemanticLabel.SIDEWALKS),
    }
    for kind, classes in shown.items():
        mine = surface == kind
        assert mine.sum() > 500
        assert np.isin(labels[mine], classes).mean() > 0.985
    assert (labels[surface == Surface.DRIVING] == SemanticLabel.SIDEWALKS).mean() < 0.06
    assert (labels[surface == Surface.SIDEWALK] == SemanticLabel.ROADS).mean() < 0.06


def test_heights_are_the_roads_own() -> None:
    road_map = read_map("mountain_pass")
    index = place_index(road_map)
    land = TerrainTiles(RoadStrips(road_map))
    rng = np.random.default_rng(3)
    points = land.strips.skeleton[rng.integers(len(land.strips.skeleton), size=40)]
    for x, y, z in points + rng.normal(0.0, 1.0, points.shape) * (1.0, 1.0, 0.0):
        found = index.locate([x], [y], [z])
        if found.on_driving_lane[0]:
            height, inside = ground_height(land.around(x, y), x, y, z + 1.0)
            assert inside
            assert height == pytest.approx(found.z_m[0], abs=0.06)


def test_a_bridge_shows_from_above_and_not_from_below() -> None:
    bridge = road(120.0, road_id="1", pose=(-60.0, 0.0, 0.0), extra=level(6.0))
    below = road(120.0, road_id="2", pose=(0.0, -60.0, DOWN), extra=level(0.0))
    road_map = read_map_text(opendrive(bridge, below), "crossing")
    above = see(road_map, (0.0, 0.0, 26.0, 0.0, DOWN, 0.0)).depth
    assert above is not None
    assert np.abs(above[95:105, 90:110] - 20.0).max() < 0.2
    under = see(road_map, (0.0, -25.0, 1.5, DOWN, 0.05, 0.0))
    assert under.depth is not None
    assert under.segmentation is not None
    column = under.segmentation[:, 100 + 3]
    assert (column[150:] == SemanticLabel.ROADS).all()
    distance = 25.0  # to the middle under the bridge: the road goes on there
    row = 100 + round(100.0 * math.tan(math.atan(1.5 / distance) - 0.05))
    assert under.depth[row, 103] == pytest.approx(distance, rel=0.2)
    assert np.isin(under.segmentation[row, 99:106], (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES)).all()


def test_tiles_do_not_depend_on_the_order_in_which_they_are_baked() -> None:
    road_map = read_map("suburb")
    one, other = TerrainTiles(RoadStrips(road_map)), TerrainTiles(RoadStrips(road_map))
    other.around(400.0, 200.0)
    first, second = one.around(120.0, 115.0), other.around(120.0, 115.0)
    np.testing.assert_array_equal(first.upper[first.window], second.upper[second.window])
