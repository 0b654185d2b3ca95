"""The obstacle detector's capsule: who is the nearest in it, and at which distance."""

from __future__ import annotations

import pytest

from tests.carla_server.world.crossing import crossing_text, signal
from tests.carla_server.world.worlds import CAR, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import (
    obstacle,
)
from wormdrive.carla_server.world import World
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.seasons.conditions import Conditions


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
