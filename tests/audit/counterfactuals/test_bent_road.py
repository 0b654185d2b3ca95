from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wormdrive.audit.counterfactuals.bent_road import bent_road, placed_on
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.told_policy import told_policy
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, lay_out
from wormdrive.envs.roads.maps.country_loop import CENTRE, LANES
from wormdrive.envs.roads.maps.road_specs import RoadSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr
from wormdrive.envs.roads.opendrive.reader import read_map_text
from wormdrive.envs.roads.route import Route
from wormdrive.envs.roads.route_follower import follow_route_from
from wormdrive.envs.simulation.scenario_routes import route_of


def road(angle_deg: float, radius_m: float) -> Route:
    """Return the right lane, 3.5 m wide, of a road that bends once."""
    line = tuple(lay_out([Straight(60.0), Bend(angle_deg, radius_m, 0.0), Straight(100.0)], PlanPose()))
    spec = RoadSpec("0", "", "rural", 80.0, line, (SectionSpec(0.0, LANES, CENTRE),))
    return follow_route_from(read_map_text(to_xodr("t", [spec]), "t"), LaneKey("0", 0, -1), 0.0, 200.0)


def test_it_is_the_road_of_a_map_with_the_other_curvature() -> None:
    """Left with 60 m, the right lane has 61.75 m; so it has to the right if the road's own line has 63.5 m."""
    left, right = road(60.0, 60.0), road(-60.0, 63.5)
    mirrored = bent_road(left, -left.curvature)
    assert left.curvature.max() == pytest.approx(1 / 61.75)
    count = min(len(right.x), len(mirrored.x))
    close = {"x": 0.01, "y": 0.01, "z": 1e-9, "heading_rad": 0.005, "curvature": 1e-5, "left_m": 1e-9, "right_m": 1e-9}
    for name, within in close.items():
        assert getattr(mirrored, name)[:count] == pytest.approx(getattr(right, name)[:count], abs=within), name
    for name in ("edges", "surface", "mark_offset", "mark_width", "mark_colour", "mark_dash"):
        theirs = getattr(right.cross_sections, name)[right.section[50]]
        assert getattr(mirrored.cross_sections, name)[mirrored.section[50]] == pytest.approx(theirs, abs=0.011), name


def test_a_straight_road_is_straight_and_as_long() -> None:
    left = road(60.0, 60.0)
    straight = bent_road(left, np.zeros_like(left.curvature))
    assert np.ptp(straight.y) < 1e-9
    assert straight.x[-1] - straight.x[0] == pytest.approx(np.hypot(np.diff(left.x), np.diff(left.y)).sum())


def test_nothing_is_banked() -> None:
    left = road(60.0, 60.0)
    banked = replace(left, bank_rad=np.full_like(left.x, 0.05))
    assert not bent_road(banked, left.curvature).bank_rad.any()


@pytest.fixture(scope="module")
def episode() -> Episode:
    return held_out_episodes(told_policy(), seasons=("summer",), routes=1, frames=200)[0]


@pytest.fixture(params=[-1.0, 0.0, 1.0])
def bent(request: pytest.FixtureRequest, episode: Episode) -> Route:
    route = route_of(episode.scenario)
    return bent_road(route, request.param * route.curvature)


def test_on_its_own_road_it_stands_where_it_stood(episode: Episode) -> None:
    route, state = route_of(episode.scenario), episode.state
    same = placed_on(route, bent_road(route, route.curvature), state)
    for name in ("x_m", "y_m", "z_m", "heading_rad", "yaw_rate_radps", "curvature"):
        assert getattr(same, name) == pytest.approx(getattr(state, name), abs=5e-3), name


def test_the_car_stands_in_its_lane_as_it_stood(episode: Episode, bent: Route) -> None:
    placed = placed_on(route_of(episode.scenario), bent, episode.state)
    i = (placed.station_m / bent.spacing_m).astype(int)
    assert placed.curvature == pytest.approx(bent.curvature[i], abs=1e-3)
    across = (placed.y_m - bent.y[i]) * np.cos(bent.heading_rad[i]) - (placed.x_m - bent.x[i]) * np.sin(
        bent.heading_rad[i]
    )
    assert across == pytest.approx(episode.state.lateral_offset_m, abs=0.02)
    assert placed.heading_rad - np.interp(placed.station_m, np.arange(len(bent.x)) * 0.5, bent.heading_rad) == (
        pytest.approx(episode.state.heading_error_rad)
    )


def test_it_stands_on_the_road_where_that_was_banked(episode: Episode) -> None:
    route = replace(route_of(episode.scenario), bank_rad=np.full_like(route_of(episode.scenario).x, 0.05))
    placed = placed_on(route, bent_road(route, route.curvature), episode.state)
    assert placed.z_m == pytest.approx(episode.state.z_m - 0.05 * episode.state.lateral_offset_m)


def test_the_car_turns_with_the_road(episode: Episode, bent: Route) -> None:
    """Its heading, from frame to frame, and its yaw rate say the same on every road."""
    placed = placed_on(route_of(episode.scenario), bent, episode.state)
    turned = np.diff(placed.heading_rad) / episode.dt_s
    assert (placed.yaw_rate_radps[1:] + placed.yaw_rate_radps[:-1]) / 2 == pytest.approx(turned, abs=5e-3)
