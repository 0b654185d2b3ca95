"""The raster of heights: as the map has them, on the sensor's own level, and bounded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.opendrive_text import opendrive, road
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings
from wormdrive.carla_server.world import World
from wormdrive.carla_server.world.roadside import ground as module
from wormdrive.carla_server.world.roadside.ground import Ground
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.seasons.conditions import Conditions


def test_nodes_are_the_maps_own_heights() -> None:
    index = place_index(read_map("mountain_pass"))
    heights = Ground(index).around(10.0, -20.0, 0.0, 60.0)
    assert heights.x_m <= -50.0
    assert heights.y_m <= -80.0
    assert heights.x_m + heights.z.shape[1] - 1 >= 70.0
    assert heights.y_m + heights.z.shape[0] - 1 >= 40.0
    random = np.random.default_rng(0)
    row, column = random.integers(0, min(heights.z.shape), (2, 200))
    found = index.locate(heights.x_m + column, heights.y_m + row, np.zeros(200))
    np.testing.assert_allclose(heights.z[row, column], found.z_m, atol=1e-9)


def test_what_is_laid_out_does_not_depend_on_what_was_before() -> None:
    index = place_index(read_map("mountain_pass"))
    one = Ground(index)
    for x in (-300.0, 200.0, 0.0):
        one.around(x, 50.0, 0.0, 40.0)
    again = Ground(index).around(0.0, 50.0, 0.0, 40.0)
    np.testing.assert_array_equal(one.around(0.0, 50.0, 0.0, 40.0).z, again.z)


def test_on_a_bridge_and_below_it() -> None:
    bridge = '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>'
    text = opendrive(
        road(200.0, road_id="below", pose=(-100.0, 0.0, 0.0)),
        road(200.0, road_id="bridge", pose=(0.0, -100.0, math.pi / 2.0), extra=bridge),
    )
    both = World(read_map_text(text, "bridge"), Conditions())
    beams = LidarSettings(
        channels=4, range_m=30.0, points_per_second=4_000.0, upper_rad=-0.3, lower_rad=-0.6, dropoff_general=0.0
    )
    for height, deck in ((10.0, 8.0), (2.0, 0.0)):
        scan = Lidar(beams).scan_semantic(both, Pose(0.0, 0.0, height), 0.1)
        z = height + scan.points[:, 2]
        along = np.abs(scan.points[:, 0 if deck == 8.0 else 1]) < 3.0
        assert along.sum() > 50
        np.testing.assert_allclose(z[along], deck, atol=1e-3)


def test_tiles_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TILES", 20)
    ground = Ground(place_index(read_map("country_loop")))
    for x in range(-1000, 1000, 100):
        ground.around(float(x), 0.0, 0.0, 20.0)
        assert len(ground._tiles) <= 20
    far = ground.around(0.0, 0.0, 0.0, 1e9)
    assert max(far.z.shape) <= 2 * 200 + 2 * 32 + 1
