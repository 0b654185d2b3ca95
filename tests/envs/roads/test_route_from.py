"""Routes that begin at a given place on a lane."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError, RouteError
from wormdrive.envs.roads import BUILTIN_MAPS, read_map
from wormdrive.envs.roads.lane_graph import LaneKey, lane_graph
from wormdrive.envs.roads.route_follower import follow_route_from


@pytest.mark.parametrize("name", BUILTIN_MAPS)
@pytest.mark.parametrize("before_m", [0.0, 15.0])
def test_routes_pass_through_the_place_along_the_lane(name: str, before_m: float) -> None:
    road_map = read_map(name)
    keys = list(lane_graph(road_map).nodes)
    for key in keys[:: max(1, len(keys) // 12)]:
        node = lane_graph(road_map).nodes[key]
        station = 0.5 * (node.section.start_s + node.section.end_s)
        place = node.road.lane_centre(node.section, node.lane, np.array([station]))
        route = follow_route_from(road_map, key, station, 120.0, before_m=before_m, seed=3)
        away = np.hypot(route.x - place.x[0], route.y - place.y[0])
        nearest = int(np.argmin(away))
        assert away[nearest] < 0.5
        assert abs(nearest * route.spacing_m - before_m) < 2.0
        assert np.cos(route.heading_rad[nearest] - place.heading_rad[0]) > 0.95
        assert route.length_m == 120.0


def test_what_is_no_place_is_refused() -> None:
    road_map = read_map("suburb")
    key = next(iter(lane_graph(road_map).nodes))
    with pytest.raises(RouteError, match="no driving lane 77"):
        follow_route_from(road_map, LaneKey(key.road, key.section, 77), 0.0, 100.0)
    with pytest.raises(ArgumentError, match="seed=-1"):
        follow_route_from(road_map, key, 0.0, 100.0, seed=-1)
