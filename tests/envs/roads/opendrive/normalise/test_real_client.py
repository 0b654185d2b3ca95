"""The real ``carla.Map`` reads from normalised texts the roads that we read, and lives."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.odd_maps import ODD_MAPS
from tests.support.opendrive_text import SHARED_MAPS
from tests.support.real_carla_maps import loaded_by_carla
from wormdrive.envs.roads import RoadMap, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.opendrive.normalise import normalised_text

pytest.importorskip("carla")

TOLERANCE_M = 0.01
STEP_M = 2.1
CASES = sorted(SHARED_MAPS[0].parents[2].glob("cases/maps/*.xodr")) if SHARED_MAPS else []


def normalised(road_map: RoadMap) -> RoadMap:
    return read_map_text(normalised_text(road_map)[0], road_map.name)


def loaded(maps: list[RoadMap], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return loaded_by_carla([road_map.text for road_map in maps], tmp_path_factory.mktemp("maps"))


@cache
def odd_map(name: str) -> RoadMap:
    return normalised(read_map_text(ODD_MAPS[name], name))


@cache
def case(path: Path) -> RoadMap:
    return normalised(read_map(path))


@pytest.fixture(scope="module")
def odd_results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return dict(zip(ODD_MAPS, loaded([odd_map(name) for name in ODD_MAPS], tmp_path_factory), strict=True))


@pytest.fixture(scope="module")
def case_results(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, dict[str, Any]]:
    return dict(zip(CASES, loaded([case(path) for path in CASES], tmp_path_factory), strict=True))


def assert_same_places(road_map: RoadMap, result: dict[str, Any]) -> None:
    assert "places" in result, result
    for road_id, section_id, lane_id, s, x, y, z, width in result["places"]:
        road = road_map.roads[str(road_id)]
        section = road.sections[section_id]
        lane = section.lane(lane_id)
        assert lane is not None
        points = road.lane_centre(section, lane, np.array([s]))
        assert points.width_m[0] == pytest.approx(width, abs=TOLERANCE_M)
        # carla.Map knows no superelevation
        if not road.superelevation(np.array([s])).any():
            place = points.x[0], points.y[0], points.z[0]
            assert (x, y, z) == pytest.approx(place, abs=TOLERANCE_M)


def assert_same_links(road_map: RoadMap, result: dict[str, Any]) -> None:
    """Compare which driving lanes follow one another; lanes of less than a step are stepped over."""
    graph = lane_graph(road_map)
    ours = {
        ((int(key.road), key.section, key.lane), (int(to.road), to.section, to.lane))
        for key, node in graph.nodes.items()
        for to in graph.followers[key]
        if node.lane.kind == graph.nodes[to].lane.kind == "driving"
    }
    short = {(int(key.road), key.section, key.lane) for key, node in graph.nodes.items() if node.length_m < STEP_M}
    over = {(one, after) for one, two in ours for before, after in ours if two == before and two in short}
    theirs = {(tuple(one), tuple(two)) for one, two in result["links"]}
    assert {pair for pair in ours if not short.intersection(pair)} <= theirs
    assert theirs <= ours | over


@pytest.mark.parametrize("name", ODD_MAPS)
def test_odd_maps_are_read_alike(name: str, odd_results: dict[str, dict[str, Any]]) -> None:
    road_map, result = odd_map(name), odd_results[name]
    assert_same_places(road_map, result)
    assert len(result["places"]) > 20
    assert_same_links(road_map, result)


@pytest.mark.skipif(not CASES, reason="the shared cases are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", CASES, ids=[path.name for path in CASES])
def test_cases_of_others_are_read_alike(path: Path, case_results: dict[Path, dict[str, Any]]) -> None:
    assert_same_places(case(path), case_results[path])
    assert_same_links(case(path), case_results[path])


def test_the_oddities_kill_or_mislead_where_nothing_is_repaired(tmp_path: Path) -> None:
    deadly = ("late lane offset", "late elevation", "late width", "link to a missing lane", "direct junction")
    results = loaded_by_carla([ODD_MAPS[name] for name in deadly], tmp_path)
    assert all("died" in result or "threw" in result for result in results), results
