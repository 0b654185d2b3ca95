"""Lanes beside reference lines with kinks: nothing runs backwards, and the turns add up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import follow_route, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey, lane_graph
from wormdrive.envs.roads.lane_overlap import COURSE, OWNER, connected_points
from wormdrive.envs.roads.lane_path import FINE_M, LanePath, Visit, lay_path

WIDTH_M = 3.5


def polyline(lengths: list[float], kinks: list[float]) -> str:
    """Straight pieces as a planView; the line turns by ``kinks[k]`` [rad] behind piece k."""
    plan, s, x, y, heading = "", 0.0, 0.0, 0.0, 0.3
    for length, kink in zip(lengths, [*kinks, 0.0], strict=True):
        plan += f'<geometry s="{s}" x="{x}" y="{y}" hdg="{heading}" length="{length}"><line/></geometry>'
        s, x, y = s + length, x + length * math.cos(heading), y + length * math.sin(heading)
        heading += kink
    return plan


def path_of(lengths: list[float], kinks: list[float], lane_id: int, enter: float = 0.0) -> LanePath:
    """The centre of a lane, outer ones of 3.5 m, along a whole polyline."""
    side = 1 if lane_id > 0 else -1
    lanes = section(*(lane(side * k, width=WIDTH_M) for k in range(1, abs(lane_id) + 1)))
    road_map = read_map_text(opendrive(road(polyline(lengths, kinks), lanes, length=sum(lengths))), "t")
    node = lane_graph(road_map).nodes[LaneKey("1", 0, lane_id)]
    ends = (enter, sum(lengths)) if node.forward else (sum(lengths) - enter, 0.0)
    return lay_path([Visit(node, *ends)], 1e4, 0.5)


def turned(path: LanePath) -> float:
    return float(np.abs(np.diff(path.heading_rad)).sum())


def forward(path: LanePath) -> np.ndarray:
    middle = 0.5 * (path.heading_rad[1:] + path.heading_rad[:-1])
    return np.asarray(np.diff(path.x) * np.cos(middle) + np.diff(path.y) * np.sin(middle))


@pytest.mark.parametrize("lane_id", [-3, -2, -1, 1, 2, 3])
@pytest.mark.parametrize("bend", [-1.0, 1.0])
def test_a_bend_of_chords_of_10_m(lane_id: int, bend: float) -> None:
    """Thirteen kinks of 7 degrees are 91 degrees, on either side, driven either way."""
    kinks = [0.0] * 3 + [bend * math.radians(7.0)] * 13 + [0.0] * 3
    path = path_of([10.0] * 20, kinks, lane_id)
    assert turned(path) == pytest.approx(math.radians(91.0), abs=0.01)
    assert np.abs(path.curvature).max() < 0.11
    assert (forward(path) > 0.45).all()
    offset = (abs(lane_id) - 0.5) * WIDTH_M * bend * math.copysign(1.0, lane_id)  # positive on the inner side
    length = 200.0 - 13.0 * 2.0 * offset * math.tan(math.radians(3.5))
    assert 0.5 * (len(path.x) - 1) == pytest.approx(length, abs=1.2)
    assert np.abs(path.aside_m).max() < 0.05


def test_the_whole_route_keeps_to_its_lane() -> None:
    kinks = [0.0] * 3 + [-math.radians(7.0)] * 13 + [0.0] * 3
    lanes = section(lane(-1), lane(-2), lane(-3))
    road_map = read_map_text(opendrive(road(polyline([10.0] * 20, kinks), lanes, length=200.0)), "t")
    for seed in range(6):
        route = follow_route(road_map, seed, 300.0)
        assert route.length_m < 200.0
        assert np.abs(route.curvature).max() < 0.11
        assert np.abs(np.diff(route.heading_rad)).sum() < math.radians(92.0)
        assert min(route.left_m.min(), route.right_m.min()) > 1.7


def random_case(seed: int) -> tuple[list[float], list[float], int]:
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 25))
    lengths = [25.0, *random.uniform(2.0, 30.0, count - 1).tolist()]
    lane_id = int(random.integers(1, 4)) * int(random.choice([-1, 1]))
    # such that no piece is swallowed whole: what is cut off at both of its ends is shorter than it is
    most = min(0.3, 0.7 * min(lengths) / (3.0 * WIDTH_M), 2.5 / count)
    kinks = (random.choice([-1.0, 1.0]) * random.uniform(0.0, most, count - 1)).tolist()
    return lengths, kinks, lane_id


def check_random(seed: int) -> None:
    lengths, kinks, lane_id = random_case(seed)
    path = path_of(lengths, kinks, lane_id)
    assert turned(path) == pytest.approx(abs(sum(kinks)), abs=0.02), seed
    assert (forward(path) > 0.4).all(), seed
    assert np.abs(path.aside_m).max() < 0.6, seed


def check_winding(seed: int) -> None:
    """Kinks to either side, which may touch one another: nothing turns more than all of them."""
    lengths, kinks, lane_id = random_case(seed)
    kinks = (np.array(kinks) * np.random.default_rng(seed).choice([-1.0, 1.0], len(kinks))).tolist()
    path = path_of(lengths, kinks, lane_id)
    assert turned(path) <= np.abs(kinks).sum() + 0.02, seed
    change = path.heading_rad[-1] - path.heading_rad[0]
    assert change == pytest.approx(sum(kinks) if lane_id < 0 else -sum(kinks), abs=0.02), seed
    assert (forward(path) > 0.4).all(), seed


def test_turns_add_up_on_random_polylines() -> None:
    for seed in range(60):
        check_random(seed)
        check_winding(seed)


@pytest.mark.slow
def test_turns_add_up_on_many_random_polylines() -> None:
    for seed in range(60, 2_000):
        check_random(seed)
        check_winding(seed)


@pytest.mark.parametrize("chord_m", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("lane_id", [-4, 4])
def test_a_bend_that_is_tighter_than_its_lane_is_far_away(chord_m: float, lane_id: int) -> None:
    """The lane's own bend has no length: straight runs to the corner, straight from it."""
    count = round(8.0 / chord_m)
    kinks = [math.copysign(1.2 / count, lane_id)] * count
    path = path_of([40.0, *[chord_m] * (count - 1), 40.0], kinks, lane_id)
    assert turned(path) == pytest.approx(1.2, abs=0.02)
    assert (forward(path) > 0.4).all()
    assert np.abs(path.curvature).max() < 0.12


@pytest.mark.parametrize("before_m", [0.05, 0.3, 0.7, 2.0])
def test_a_route_may_begin_within_an_overlap(before_m: float) -> None:
    path = path_of([30.0, 60.0], [-0.3], -3, enter=30.0 - before_m)
    assert turned(path) <= 0.31
    assert (forward(path) > 0.4).all()


def straight(x: float, y: float, heading: float, length: float) -> np.ndarray:
    """Points of one visit, with nothing but place and course."""
    along = np.arange(0.0, length, FINE_M)
    points = np.zeros((OWNER + 1, len(along)))
    points[0], points[1], points[COURSE] = x + along * math.cos(heading), y + along * math.sin(heading), heading
    return points


@pytest.mark.parametrize("back", [straight(50.0, 1.0, 2.0, 60.0), straight(50.0, 1.0, 2.0, 20.0)])
def test_a_line_that_leads_back_for_good_ends(back: np.ndarray) -> None:
    there = straight(0.0, 0.0, 0.0, 60.0)
    joined = connected_points([np.concatenate([there, back], axis=1)], FINE_M)
    np.testing.assert_array_equal(joined, there)


def test_points_in_reverse_order_are_left_out() -> None:
    there = straight(0.0, 0.0, 0.0, 60.0)
    joined = connected_points([np.concatenate([there, there[:, ::-1], there[:, 1:]], axis=1)], FINE_M)
    assert (np.diff(joined[0]) >= 0.0).all()
    assert joined[0, -1] == there[0, -1]


def test_pieces_that_overlap_on_one_line_are_driven_once() -> None:
    plan = '<geometry s="0" x="0" y="0" hdg="0" length="50"><line/></geometry>'
    plan += '<geometry s="50" x="47" y="0.3" hdg="0" length="50"><line/></geometry>'
    road_map = read_map_text(opendrive(road(plan, section(lane(-1)), length=100.0)), "t")
    route = follow_route(road_map, 0, 200.0)
    assert route.length_m == pytest.approx(97.0, abs=0.5)
    assert np.abs(route.curvature).max() < 0.03
    np.testing.assert_allclose(route.y[[0, -1]], [-1.75, -1.45], atol=1e-6)


def test_a_lane_that_jumps_aside_is_a_gentle_swerve() -> None:
    offset = '<laneOffset s="0" a="0"/><laneOffset s="50" a="2"/>'
    road_map = read_map_text(opendrive(road(100.0, section(lane(-1)), lane_offset=offset)), "t")
    route = follow_route(road_map, 0, 200.0)
    assert route.length_m == pytest.approx(100.0, abs=0.6)
    assert np.abs(route.curvature).max() < 0.07
    np.testing.assert_allclose(route.y[[0, -1]], [-1.75, 0.25])


def test_lines_without_fault_keep_their_bits() -> None:
    points = np.zeros((OWNER + 1, 400))
    angle = np.arange(400) * 0.01
    points[0], points[1], points[COURSE] = 12.5 * np.sin(angle), 12.5 * (1.0 - np.cos(angle)), angle
    second = points[:, 200:].copy()
    second[OWNER] = 1.0
    joined = connected_points([points[:, :201].copy(), second], FINE_M)
    assert joined[:OWNER].tobytes() == np.concatenate([points[:OWNER, :201], second[:OWNER]], axis=1).tobytes()
