"""Limits of road types and of lanes, where they begin and where they hold."""

from __future__ import annotations

import math

import numpy as np

from tests.carla_server.world.worlds import CAR
from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import World, spawn_points
from wormdrive.envs.roads import BUILTIN_MAPS, read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions


def test_limits_by_hand() -> None:
    """50 km/h from the start, 30 mph from 100 m on, none from 200 m on; on lane -1 7 m/s from 20 to 60 m."""
    types = (
        '<type s="0" type="town"><speed max="50" unit="km/h"/></type>'
        '<type s="100" type="town"><speed max="30" unit="mph"/></type><type s="200" type="rural"/>'
    )
    own = '<speed sOffset="20" max="7"/><speed sOffset="60" max="no limit"/>'
    lanes = section(lane(1), lane(-1, mark=own))
    text = opendrive(road(300.0, lanes)).replace("<planView>", f"{types}<planView>")
    limited = World(read_map_text(text, "limits"), Conditions())
    for x in (10.0, 30.0, 70.0, 150.0, 250.0):
        limited.spawn_vehicle(CAR, Pose(x, -1.75))
        limited.spawn_vehicle(CAR, Pose(x, 1.75, 0.0, math.pi))
    found = np.array(limited.speed_limits_mps()).reshape(-1, 2)
    town, slow = 50.0 / 3.6, 30.0 * 0.44704
    np.testing.assert_allclose(found[:, 1], [town, town, town, slow, np.inf])
    np.testing.assert_allclose(found[:2, 0], [town, 7.0])
    np.testing.assert_array_equal(found[2:, 0], np.inf)


def test_built_in_maps_say_what_the_road_says() -> None:
    for name in BUILTIN_MAPS:
        road_map = read_map(name)
        limited = World(road_map, Conditions())
        for point in spawn_points(road_map)[:20]:
            limited.spawn_vehicle(CAR, point)
        places = limited.state().places
        for row, limit in enumerate(limited.speed_limits_mps()):
            key = limited.index.lane_key(places, row)
            one = road_map.roads[key.road]
            part = one.sections[key.section]
            held = part.lane(key.lane)
            assert held is not None
            assert limit == one.speed_limit(part, held, places.s_m[row : row + 1])[0]
