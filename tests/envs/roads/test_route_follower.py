"""Routes: continuous, consistent, and where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.common.errors import ArgumentError, RouteError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, Route, follow_route, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.lane_listing import lane_centres
from wormdrive.envs.roads.route_follower import follow_route_from


@pytest.fixture(scope="module")
def maps() -> dict[str, RoadMap]:
    return {name: read_map(name) for name in BUILTIN_MAPS}


def chord_headings(route: Route) -> np.ndarray:
    return np.arctan2(np.diff(route.y), np.diff(route.x))


def check(route: Route) -> None:
    """What every route must hold."""
    n = len(route.x)
    for name in ("x", "y", "z", "heading_rad", "curvature", "bank_rad", "left_m", "right_m"):
        values = getattr(route, name)
        assert values.shape == (n,), name
        assert np.isfinite(values).all(), name
    assert route.section.shape == (n,)
    assert 0 <= route.section.min() <= route.section.max() < len(route.cross_sections.edges)
    steps = np.hypot(np.diff(route.x), np.diff(route.y))
    np.testing.assert_allclose(steps, route.spacing_m, rtol=2e-3)
    middle = 0.5 * (route.heading_rad[1:] + route.heading_rad[:-1])
    assert np.abs(np.sin(chord_headings(route) - middle)).max() < 0.05
    assert np.abs(np.diff(route.heading_rad)).max() < 0.5  # unwrapped
    mean_curvature = 0.5 * (route.curvature[1:] + route.curvature[:-1])
    np.testing.assert_allclose(np.diff(route.heading_rad), mean_curvature * route.spacing_m, atol=5e-3)
    assert (route.speed_limit_mps > 0.0).all()


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_routes_on_our_maps(name: str, maps: dict[str, RoadMap]) -> None:
    for seed in range(4):
        route = follow_route(maps[name], seed, 900.0)
        check(route)
        assert route.length_m == 900.0
        assert (route.map_name, route.seed, route.spacing_m) == (name, seed, 0.5)
        # clothoids everywhere: curvature without a jump, heading true to a thousandth of a radian
        assert np.abs(np.diff(route.curvature)).max() < 0.012
        middle = 0.5 * (route.heading_rad[1:] + route.heading_rad[:-1])
        assert np.abs(np.sin(chord_headings(route) - middle)).max() < 0.003


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_the_line_is_the_centre_of_a_lane(name: str, maps: dict[str, RoadMap]) -> None:
    """Every sample lies within a centimetre of some driving lane's centre, and is headed along it."""
    points = [listed.points for listed in lane_centres(maps[name], 0.25)]
    x, y, heading = (np.concatenate([getattr(p, k) for p in points]) for k in ("x", "y", "heading_rad"))
    route = follow_route(maps[name], 1, 200.0)
    for k in range(0, len(route.x), 20):
        near = np.hypot(x - route.x[k], y - route.y[k]) < 0.3
        cos, sin = np.cos(heading[near]), np.sin(heading[near])
        aside = np.abs((route.y[k] - y[near]) * cos - (route.x[k] - x[near]) * sin)
        along = np.cos(heading[near] - route.heading_rad[k]) > 0.99
        assert aside[along].min() < 0.01


def test_same_seed_same_bits_and_other_seed_other_route(maps: dict[str, RoadMap]) -> None:
    one, two = (follow_route(read_map("suburb"), 5, 700.0) for _ in range(2))
    for name, values in vars(one).items():
        if isinstance(values, np.ndarray):
            np.testing.assert_array_equal(values, getattr(two, name))
    for name, values in vars(one.cross_sections).items():
        np.testing.assert_array_equal(values, getattr(two.cross_sections, name))
    other = follow_route(maps["suburb"], 6, 700.0)
    assert np.hypot(other.x - one.x, other.y - one.y).max() > 10.0


def test_seeds_choose_turns(maps: dict[str, RoadMap]) -> None:
    """Over many seeds, routes turn left and right at junctions and go straight on."""
    turns = [follow_route(maps["suburb"], seed, 500.0).curvature for seed in range(12)]
    tight = np.concatenate(turns)
    assert tight.max() > 0.06
    assert tight.min() < -0.06


def test_loops_are_followed_again_and_again(maps: dict[str, RoadMap]) -> None:
    road_map = maps["country_loop"]
    route = follow_route(road_map, 0, 9_000.0)
    check(route)
    assert route.length_m == 9_000.0
    assert abs(route.heading_rad[-1] - route.heading_rad[0]) > 4.0 * np.pi  # more than two rounds


def test_hills_and_banks(maps: dict[str, RoadMap]) -> None:
    """Bends are banked inwards: the left side is higher in right bends, whichever way the pass is driven."""
    seen = set()
    for seed in range(6):
        route = follow_route(maps["mountain_pass"], seed, 3_200.0)
        tight = np.abs(route.curvature) > 0.03
        assert tight.any()
        assert (route.bank_rad[tight] * route.curvature[tight] < 0.0).all()
        assert 0.055 < np.abs(route.bank_rad).max() <= 0.061
        assert 0.07 < np.abs(np.gradient(route.z, 0.5)).max() < 0.085
        seen.add(bool(np.sum(np.diff(route.heading_rad)) > 0.0))
    assert seen == {True, False}  # both directions were met


def test_routes_start_all_over_the_map(maps: dict[str, RoadMap]) -> None:
    starts = [follow_route(maps["country_loop"], seed, 100.0) for seed in range(12)]
    assert len({(round(route.x[0]), round(route.y[0])) for route in starts}) == 12


def test_a_short_map_gives_what_it_has() -> None:
    road_map = read_map_text(opendrive(road(120.0)), "t")
    route = follow_route(road_map, 0, 500.0)
    check(route)
    assert route.length_m == 120.0


def test_the_wanted_length_decides_where_to_start() -> None:
    road_map = read_map_text(opendrive(road(120.0)), "t")
    for seed in range(8):
        assert follow_route(road_map, seed, 100.0).length_m == 100.0


def test_maps_without_a_lane_to_drive() -> None:
    walk = section(lane(-1, "sidewalk"))
    with pytest.raises(RouteError, match="no driving lane"):
        follow_route(read_map_text(opendrive(road(sections=walk)), "t"), 0, 100.0)
    with pytest.raises(RouteError, match=r"for 20 m; the best is 12\.0 m"):
        follow_route(read_map_text(opendrive(road(12.0)), "t"), 0, 100.0)
    for tiny in (1e-6, 1e-3, 0.3):
        with pytest.raises(RouteError, match=r"the best is 0\.\d m"):
            follow_route(read_map_text(opendrive(road(tiny)), "t"), 0, 100.0)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [((-1, 100.0, 0.5), "seed=-1"), ((0, 5.0, 0.5), "length_m=5.0"), ((0, np.nan, 0.5), "length_m=nan"),
     ((0, 100.0, 0.0), "spacing_m=0.0")],
)  # fmt: skip
def test_arguments_are_checked(arguments: tuple[int, float, float], named: str, maps: dict[str, RoadMap]) -> None:
    with pytest.raises(ArgumentError, match=named):
        follow_route(maps["country_loop"], *arguments)


def test_other_spacings(maps: dict[str, RoadMap]) -> None:
    for spacing in (0.1, 2.0):
        route = follow_route(maps["country_loop"], 0, 100.0, spacing)
        check(route)
        assert len(route.x) == round(100.0 / spacing) + 1


def test_gaps_between_roads_are_closed() -> None:
    """A step of 40 cm between two roads becomes a gentle swerve, and the lane stays where it is."""
    one = road(
        sections=section(lane(-1, link='<successor id="-1"/>')),
        road_id="a",
        link='<successor elementType="road" elementId="b" contactPoint="start"/>',
    )
    two = road(sections=section(lane(-1)), road_id="b", pose=(100.0, 0.4, 0.0))
    route = follow_route(read_map_text(opendrive(one, two), "t"), 0, 200.0)
    check(route)
    np.testing.assert_allclose(route.y[[0, -1]], [-1.75, -1.35])
    assert np.abs(np.diff(route.y)).max() < 0.06
    assert np.abs(route.curvature).max() < 0.03
    middle = np.flatnonzero(np.abs(route.x - 100.0) < 0.3)[0]
    assert route.y[middle] == pytest.approx(-1.55, abs=0.02)
    before = np.flatnonzero(np.abs(route.x - 99.0) < 0.3)[0]
    assert route.left_m[before] == pytest.approx(-route.y[before], abs=1e-4)  # the lane's edge is at y = 0
    edges = route.cross_sections.edges[route.section[before]]
    assert edges.max() == pytest.approx(-route.y[before], abs=0.01)


def test_kinks_are_rounded() -> None:
    """Roads drawn from straight pieces, as converters make them."""
    plan = "".join(
        f'<geometry s="{20 * k}" x="{20 * np.sum(np.cos(0.1 * np.arange(k)))}" '
        f'y="{20 * np.sum(np.sin(0.1 * np.arange(k)))}" hdg="{0.1 * k}" length="20"><line/></geometry>'
        for k in range(10)
    )
    route = follow_route(
        read_map_text(opendrive(road(plan, section(lane(-1, width=0.5), lane(-2)), length=200)), "t"), 0, 190.0
    )
    check(route)
    assert np.abs(route.curvature).max() < 0.06
    assert route.heading_rad[-1] - route.heading_rad[0] == pytest.approx(0.9, abs=0.01)


def test_arcs_keep_their_radius() -> None:
    """Smoothing must not cut corners: an arc's curvature and place are exact."""
    plan = '<geometry s="0" x="0" y="0" hdg="0" length="60"><arc curvature="0.05"/></geometry>'
    route = follow_route(read_map_text(opendrive(road(plan, section(lane(-1, width=3.0)), length=60)), "t"), 0, 60.0)
    np.testing.assert_allclose(route.curvature, 1.0 / 21.5, rtol=1e-3)
    np.testing.assert_allclose(np.hypot(route.x, route.y - 20.0), 21.5, atol=2e-3)
    assert route.length_m == 60.0


def test_a_fork_is_left_by_a_way_that_is_long_enough() -> None:
    """A junction leads on to 30 m and to 400 m of road; where neither is enough, the longer one is taken."""
    a = road(road_id="a", sections=section(lane(-1)), link='<successor elementType="junction" elementId="j"/>')
    ways = [
        road(length, road_id=name, sections=section(lane(-1)), junction="j", pose=(100.0, 0.0, 0.0))
        for name, length in (("short", 30.0), ("long", 400.0))
    ]
    connections = "".join(
        f'<connection id="{name}" incomingRoad="a" connectingRoad="{name}" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection>'
        for name in ("short", "long")
    )
    road_map = read_map_text(opendrive(a, *ways, f'<junction id="j">{connections}</junction>'), "t")
    lengths = {
        wanted: {follow_route_from(road_map, LaneKey("a", 0, -1), 0.0, wanted, seed=seed).length_m for seed in range(8)}
        for wanted in (120.0, 300.0, 900.0)
    }
    assert lengths == {120.0: {120.0}, 300.0: {300.0}, 900.0: {500.0}}
