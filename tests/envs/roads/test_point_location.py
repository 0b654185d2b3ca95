"""Points are found where they were made, on every map; and whatever is asked gets an answer without NaN."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envs.roads.test_carla_agreement import CARLA_IS_WRONG, NAMES, UNREADABLE, waypoints
from tests.support.opendrive_text import SHARED_MAPS, lane, opendrive, road, section, shared_map
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, Surface, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.lane_listing import lane_centres
from wormdrive.envs.roads.point_location import PlaceIndex, Places, place_index

ODD = {
    # cannot be read
    "SingleRoadNanValues.xodr",
    # a closed circle, whose end is its beginning; roads that fold back on themselves
    "circle_300m.xodr",
    "Road2_20.xodr",
    "lane_gap_example_issue_119.xodr",
    # a parameter that is no arc length
    "road_geometry_parampoly3_arclength_range_valid.xodr",
    # a record 1 cm longer than its curve: where that ends, the next one begins 1 cm further on
    "ParametricCubicCurveRoad.xodr",
}


def check_lane_centres(road_map: RoadMap, spacing_m: float = 4.0) -> None:
    """Each lane's centre is found on that lane, or on one that lies over it and is as close."""
    index = place_index(road_map)
    for listed in lane_centres(road_map, spacing_m):
        points = listed.points
        wide = points.width_m > 0.05
        found = index.locate(points.x, points.y, points.z, points.heading_rad)
        assert_finite(found)
        key = LaneKey(listed.road.id, listed.section.index, listed.lane.id)
        same = np.array([index.lane_key(found, row) == key for row in range(len(points.x))]) & wide
        np.testing.assert_allclose(found.offset_m[same], 0.0, atol=1e-4)
        np.testing.assert_allclose(found.z_m[same], points.z[same], atol=1e-4)
        np.testing.assert_allclose(found.s_m[same], points.s[same], atol=2e-3)
        np.testing.assert_allclose(found.width_m[same], points.width_m[same], atol=1e-3)
        turn = found.heading_rad[same] - points.heading_rad[same]
        np.testing.assert_allclose(np.cos(turn), 1.0, atol=1e-6)
        assert found.on_driving_lane[wide].all()
        assert not found.outside_m[wide].any()
        # lanes that overlap in junctions or at joints: as high, as near to the middle, as much along the way
        np.testing.assert_allclose(found.z_m[wide], points.z[wide], atol=0.1)


def assert_finite(found: Places) -> None:
    for name, values in vars(found).items():
        assert np.isfinite(values).all(), name


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_lane_centres_of_our_own_maps(name: str) -> None:
    check_lane_centres(read_map(name))


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", [path for path in SHARED_MAPS if path.name not in ODD], ids=lambda path: path.stem)
def test_lane_centres_of_shared_maps(path: Path) -> None:
    check_lane_centres(read_map(path), 10.0)


@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_waypoints_of_carla_are_found_on_their_lanes() -> None:
    """Recorded from ``carla.Map``; where lanes lie over one another (junctions, joints) either may be found."""
    total = same = 0
    for name in NAMES:
        if name.split("/")[1] in CARLA_IS_WRONG | UNREADABLE:
            continue
        rows = [row for row in waypoints()[name] if math.isfinite(row[4])]
        s, x, y, z, yaw = np.array([row[3:8] for row in rows], np.float64).T
        index = place_index(read_map(shared_map(name)))
        found = index.locate(x, -y, z, -np.radians(yaw))
        assert found.on_driving_lane.all(), name
        keys = [index.lane_key(found, k) == (str(row[0]), row[1], row[2]) for k, row in enumerate(rows)]
        here = np.array(keys)
        np.testing.assert_allclose(found.s_m[here], s[here], atol=0.1)
        np.testing.assert_allclose(found.offset_m[here], 0.0, atol=0.05)
        total += len(rows)
        same += int(here.sum())
    assert total > 5_000
    assert same > 0.97 * total


def index_of(*parts: str) -> PlaceIndex:
    return place_index(read_map_text(opendrive(*parts), "test"))


HILL = (
    '<elevationProfile><elevation s="0" a="2" b="0.05" c="0" d="0"/></elevationProfile>'
    '<lateralProfile><superelevation s="0" a="0.1" b="0" c="0" d="0"/></lateralProfile>'
)


def test_a_banked_slope_by_hand() -> None:
    """Road along +x, 5 % up, left side higher by 0.1 rad; lane 1 (towards -x) and lane -1 of 3.5 m, then a sidewalk."""
    sections = section(lane(1), lane(-1), lane(-2, "sidewalk", 2.0))
    index = index_of(road(100.0, sections, extra=HILL))
    across = np.array([1.75, -1.75, -4.5, -7.5])
    found = index.locate(np.full(4, 20.0), across * math.cos(0.1))
    np.testing.assert_allclose(found.s_m, 20.0, atol=1e-9)
    np.testing.assert_allclose(found.t_m, across, atol=1e-9)
    np.testing.assert_allclose(found.z_m, 3.0 + across * math.sin(0.1), atol=1e-9)
    assert found.lane.tolist() == [1, -1, -2, -2]
    np.testing.assert_allclose(found.slope, [-0.05, 0.05, 0.05, 0.05], atol=1e-9)
    np.testing.assert_allclose(found.bank_rad, [-0.1, 0.1, 0.1, 0.1], atol=1e-9)
    np.testing.assert_allclose(np.abs(found.heading_rad), [math.pi, 0.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.outside_m, [0.0, 0.0, 0.0, 2.0 * math.cos(0.1)], atol=1e-9)
    assert found.surface.tolist() == [Surface.DRIVING, Surface.DRIVING, Surface.SIDEWALK, Surface.TERRAIN]
    assert found.on_driving_lane.tolist() == [True, True, False, False]
    assert found.on_lane.tolist() == [True, True, True, False]
    assert found.off_road.tolist() == [False, False, False, True]


def test_offsets_are_to_the_left_of_travel() -> None:
    found = index_of(road(100.0)).locate([50.0, 50.0], [2.0, -2.0])
    np.testing.assert_allclose(found.offset_m, [-0.25, -0.25], atol=1e-9)


def test_height_chooses_between_a_bridge_and_the_road_below() -> None:
    bridge = '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>'
    index = index_of(
        road(100.0, road_id="below", pose=(-50.0, 0.0, 0.0)),
        road(100.0, road_id="bridge", pose=(0.0, -50.0, math.pi / 2.0), extra=bridge),
    )
    heights = np.array([-1.0, 0.0, 3.0, 5.0, 8.0, 9.0])
    found = index.locate(np.full(6, -1.0), np.full(6, -1.0), heights)
    assert [index.road_ids[k] for k in found.road] == ["below", "below", "below", "below", "bridge", "bridge"]
    # beside the lower road and under the bridge one is on neither
    beside = index.locate([0.0], [-20.0], [0.0])
    assert beside.off_road.all()


def test_heading_chooses_between_lanes_that_overlap() -> None:
    index = index_of(
        road(60.0, road_id="east", pose=(-30.0, 0.0, 0.0)), road(60.0, road_id="north", pose=(0.0, -30.0, math.pi / 2))
    )
    found = index.locate(np.full(4, 1.7), np.full(4, -1.7), None, np.array([0.0, 1.5, 0.2, np.nan]))
    assert [index.road_ids[k] for k in found.road[:3]] == ["east", "north", "east"]


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_an_answer_does_not_depend_on_what_else_is_asked(name: str) -> None:
    index = place_index(read_map(name))
    random = np.random.default_rng(0)
    x, y = random.uniform(-600.0, 600.0, (2, 64))
    z, heading = random.uniform(-5.0, 50.0, 64), random.uniform(-4.0, 4.0, 64)
    together = index.locate(x, y, z, heading)
    backwards = index.locate(x[::-1], y[::-1], z[::-1], heading[::-1])
    for field, values in vars(together).items():
        np.testing.assert_array_equal(getattr(backwards, field)[::-1], values, field)
    for k in range(0, 64, 7):
        alone = index.locate(x[k : k + 1], y[k : k + 1], z[k : k + 1], heading[k : k + 1])
        for field, values in vars(together).items():
            assert getattr(alone, field)[0] == values[k], field


def test_the_nearest_road_is_found_from_afar() -> None:
    """Against all lane borders, sampled finely."""
    road_map = read_map("suburb")
    index = place_index(road_map)
    edge = []
    for item in road_map.roads.values():
        for part in item.sections:
            profile = item.profile(part, np.linspace(part.start_s, part.end_s, max(int(part.length_m * 5), 2)))
            x, y, _ = profile.surface(profile.borders_t)
            edge.append(np.stack([x.ravel(), y.ravel()]))
    borders = np.concatenate(edge, axis=1)
    random = np.random.default_rng(1)
    x, y = random.uniform(-800.0, 800.0, (2, 100))
    found = index.locate(x, y)
    away = np.hypot(borders[0] - x[:, None], borders[1] - y[:, None]).min(axis=1)
    beside = found.outside_m > 0.0
    assert beside.any()
    np.testing.assert_allclose(found.outside_m[beside], away[beside], atol=0.15)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(width=64), min_size=4, max_size=4), st.sampled_from(BUILTIN_MAPS))
def test_absurd_points_get_an_answer(point: list[float], name: str) -> None:
    index = place_index(read_map_once(name))
    assert_finite(index.locate(*([value] for value in point)))


@cache
def read_map_once(name: str) -> RoadMap:
    return read_map(name)


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"y_m: shape \(2,\), allowed is \(1,\)"):
        index_of(road(10.0)).locate([0.0], [0.0, 1.0])
