from __future__ import annotations

import gc
import weakref

from wormdrive.envs.roads import RoadMap, read_map
from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.opendrive.once_per_map import once_per_map
from wormdrive.envs.roads.opendrive.signals import read_signals
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.roads.road_surface_mesh import sheet_index


def test_made_once_for_each_map_and_gone_with_it() -> None:
    made: list[str] = []

    @once_per_map
    def count(road_map: RoadMap) -> list[str]:
        made.append(road_map.name)
        return [road_map.name]

    one, two = read_map("country_loop"), read_map("suburb")
    assert count(one) is count(one)
    assert count(two) == ["suburb"]
    assert made == ["country_loop", "suburb"]
    count(read_map("country_loop"))  # another map of that name
    assert made == ["country_loop", "suburb", "country_loop"]


def test_nothing_that_is_kept_of_a_map_keeps_the_map() -> None:
    road_map = read_map("country_loop")
    for make in (lane_graph, place_index, sheet_index, read_signals):
        assert make(road_map) is make(road_map)
    alive = weakref.ref(road_map)
    del road_map
    gc.collect()
    assert alive() is None
