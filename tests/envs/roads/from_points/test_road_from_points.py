from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.support.real_carla_maps import loaded_by_carla
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.roads.from_points import FittedRoad, road_from_points, road_points
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.map_problems import map_problems
from wormdrive.envs.roads.route_follower import follow_route_from

BENDS = [(10.0, 10.0), (40.0, 12.0), (70.0, 30.0), (75.0, 60.0), (110.0, 80.0), (150.0, 70.0)]
HAIRPIN = [(0, 0), (25, 0), (50, 0), (62, 4), (66, 15), (62, 26), (50, 30), (25, 30), (0, 30)]
ROADS = {
    "bends": BENDS,
    "hairpin": HAIRPIN,
    "straight": [(0, 0), (100, 30)],
    "crossing": [(0, 0), (60, 0), (90, 40), (60, 80), (30, 50), (30, -60)],
    "widening": [(0, 0, 3.0), (40, 0, 3.0), (80, 20, 4.5), (120, 20, 3.5)],
}


def road(points: list[tuple[float, ...]], **options: float) -> FittedRoad:
    return road_from_points(road_points(points), "test", **options)


@pytest.mark.parametrize("name", ROADS)
def test_our_reader_finds_nothing_wrong_and_lane_centres_beside_the_line(name: str) -> None:
    made = road(ROADS[name])
    road_map = read_map_text(made.text, name)
    assert map_problems(road_map) == ()
    assert (road_map.driving_lanes, road_map.lanes, road_map.version) == (2, 4, "1.6")
    route = follow_route_from(road_map, LaneKey("0", 0, -1), 0.0, 1000.0)
    assert math.hypot(route.x[0] - ROADS[name][0][0], route.y[0] - ROADS[name][0][1]) == pytest.approx(
        route.left_m[0], abs=0.02
    )
    assert route.length_m == pytest.approx(made.length_m, rel=0.1)


def test_the_right_lane_is_driven_from_the_first_point_to_the_last() -> None:
    route = follow_route_from(read_map_text(road([(0, 0), (100, 0)]).text, "x"), LaneKey("0", 0, -1), 0.0, 1000.0)
    assert route.y == pytest.approx(-1.75, abs=1e-6)
    assert route.x[0] == pytest.approx(0.0, abs=1e-6)
    assert route.x[-1] == pytest.approx(100.0, abs=0.5)


def test_widths_are_met_at_the_points_and_nowhere_exceeded() -> None:
    lanes = read_map_text(road(ROADS["widening"]).text, "x").roads["0"]
    section = lanes.sections[0]
    lane = section.lane(-1)
    assert lane is not None
    width = lanes.lane_centre(section, lane, np.linspace(0.0, lanes.length_m, 200)).width_m
    assert (width[0], width[-1]) == pytest.approx((3.0, 3.5))
    assert width.min() > 3.0 - 1e-9
    assert 4.49 < width.max() < 4.5 + 1e-9


def test_lane_width_and_speed_limit_are_options() -> None:
    route = follow_route_from(
        read_map_text(road(BENDS, lane_width_m=4.0, speed_limit_kmh=36.0).text, "x"), LaneKey("0", 0, -1), 0.0, 100.0
    )
    assert route.left_m == pytest.approx(2.0)
    assert route.speed_limit_mps == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("points", "remark"),
    [
        (ROADS["crossing"], r"the road lies on itself near x=\d+\.\d y=-?\d+\.\d"),
        ([(0, 0), (50, 0), (50.02, 0), (90, 9)], "1 points nearer than 0.1 m to the one before are left out"),
        ([(0, 0), (10, 0), (14, 1), (16, 5), (14, 9), (10, 10), (0, 10)], r"a bend of \d\.\d m radius .* no car can"),
        ([(0, 0), (100, 0), (110, 10), (100, 20), (0, 20)], r"the smooth line swings \d\d\.\d m away .* near x=-?\d"),
    ],
)
def test_what_is_odd_is_noted_and_done(points: list[tuple[float, float]], remark: str) -> None:
    assert re.search(remark, "\n".join(road(points).remarks))


def test_ordinary_roads_bear_no_remarks() -> None:
    assert [name for name in ROADS if road(ROADS[name]).remarks] == ["crossing"]


@pytest.mark.parametrize(
    ("points", "options", "complaint"),
    [
        ([(0, 0), (0.01, 0), (0, 0.02)], {}, "all within 0.1 m of the first"),
        ([(0, 0), (0.5, 0)], {}, "0.5 m of road: allowed are 1 to"),
        ([(k * 1e5, 0) for k in range(3)], {}, "200000 m of road: allowed are 1 to 100000 m"),
        (BENDS, {"lane_width_m": 1.0}, "lane_width_m=1: allowed are 2 to 10 m"),
        (BENDS, {"speed_limit_kmh": math.nan}, "speed_limit_kmh=nan: allowed are 1 to 500"),
    ],
)
def test_what_cannot_be_done_is_refused(
    points: list[tuple[float, float]], options: dict[str, float], complaint: str
) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        road(points, **options)


def test_a_name_of_any_signs_stays_within_its_attribute() -> None:
    text = road_from_points(road_points(BENDS), 'a"<b>&\n\x00').text
    header = ElementTree.fromstring(text).find("header")
    assert header is not None
    assert header.get("name") == 'a"<b>&??'


@pytest.mark.slow
def test_the_real_carla_map_finds_the_same_lanes(tmp_path: Path) -> None:
    pytest.importorskip("carla")
    made = {name: road(points).text for name, points in ROADS.items()}
    for (name, text), result in zip(made.items(), loaded_by_carla(list(made.values()), tmp_path), strict=True):
        ours = read_map_text(text, name).roads["0"]
        assert len(result["places"]) > 40, (name, result)
        for _, _, lane_id, s, x, y, _, width in result["places"]:
            lane = ours.sections[0].lane(lane_id)
            assert lane is not None
            point = ours.lane_centre(ours.sections[0], lane, np.array([s]))
            assert (point.x[0], point.y[0], point.width_m[0]) == pytest.approx((x, y, width), abs=0.01)
