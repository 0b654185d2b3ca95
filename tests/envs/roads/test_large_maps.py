"""Large maps: what lies far from a route is read, listed and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wormdrive.bench.large_map import large_map
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.opendrive.curves import Spiral
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Profile, Road
from wormdrive.envs.roads.road_surface_mesh import sheet_index
from wormdrive.envs.simulation.scenario import Scenario

TOWNS = 4
ROADS_A_TOWN = 159


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Ids of the roads that were sampled one by one."""
    found: set[str] = set()
    profile = Road.profile

    def watched(self: Road, section: LaneSection, s: object) -> Profile:
        found.add(self.id)
        return profile(self, section, s)  # type: ignore[arg-type]

    monkeypatch.setattr(Road, "profile", watched)
    return found


def test_a_reset_samples_no_road_far_from_the_route(tmp_path: Path, sampled: set[str]) -> None:
    path = tmp_path / "towns.xodr"
    path.write_text(large_map(TOWNS), encoding="utf-8")
    simulator = EmbeddedSimulator(1)
    try:
        simulator.reset([Scenario(map=str(path), route_length_m=100.0)])
    finally:
        simulator.close()
    assert 10 < len(sampled) < ROADS_A_TOWN
    assert len({road[:-6] for road in sampled}) == 1  # of one town


def test_the_lane_graph_and_the_outlines_sample_roads_together(sampled: set[str]) -> None:
    road_map = read_map_text(large_map(1), "town")
    lane_graph(road_map)
    sheet_index(road_map)
    assert sampled == set()


def test_no_spiral_is_integrated_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Spiral, ds: object) -> None:
        raise AssertionError(f"{self} was evaluated at {ds}")

    monkeypatch.setattr(Spiral, "at", refuse)
    road_map = read_map_text(large_map(1), "town")
    assert sum(isinstance(piece.curve, Spiral) for road in road_map.roads.values() for piece in road.line.pieces) > 100
    first = next(piece for piece in road_map.roads["0"].line.pieces if isinstance(piece.curve, Spiral))
    with pytest.raises(AssertionError, match="was evaluated"):
        first.at(np.zeros(1))
