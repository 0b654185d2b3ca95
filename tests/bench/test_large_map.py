from __future__ import annotations

import numpy as np
import pytest

from wormdrive.bench.large_map import large_map
from wormdrive.envs.roads import RoadMap, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import lane_graph

TOWNS = 4


@pytest.fixture(scope="module")
def towns() -> RoadMap:
    return read_map_text(large_map(TOWNS), "towns")


def test_it_is_written_as_richly_as_carlas_are(towns: RoadMap) -> None:
    town = read_map("town")
    assert len(towns.roads) == TOWNS * len(town.roads)
    assert len(towns.junctions) == TOWNS * len(town.junctions)
    assert towns.problems == ()
    assert len(towns.text) > 2.0 * TOWNS * len(town.text)
    assert max(len(road.sections) for road in towns.roads.values()) > 3
    assert all(road.elevation(np.array([0.5 * road.length_m]))[0] > 0.0 for road in towns.roads.values())


def test_its_towns_hang_together_as_the_one_does_and_not_with_one_another(towns: RoadMap) -> None:
    graph = lane_graph(towns)
    assert graph.problems == ()
    assert all(
        len(one.road) < 7 or one.road[:-6] == two.road[:-6] for one in graph.nodes for two in graph.followers[one]
    )
    follow_on = sum(bool(followers) for followers in graph.followers.values())
    assert follow_on == len(graph.nodes)
    assert len(lane_graph(read_map("town")).nodes) * TOWNS < len(graph.nodes)
