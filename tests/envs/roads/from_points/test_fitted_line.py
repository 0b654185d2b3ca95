from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points.fitted_line import TIGHTEST_M, TOLERANCE_M, FittedLine, fit_line
from wormdrive.envs.roads.from_points.smooth_line import SmoothLine

STEP_M = 0.1
HAIRPIN = [(0, 0), (25, 0), (50, 0), (62, 4), (66, 15), (62, 26), (50, 30), (25, 30), (0, 30)]


def fitted(points: list[tuple[float, float]]) -> tuple[SmoothLine, FittedLine]:
    x, y = np.array(points, dtype=float).T
    line = SmoothLine(x, y)
    return line, fit_line(line)


def sampled(line: FittedLine) -> np.ndarray:
    """Points (n, 2) of the geometries, by the curves that the reader evaluates."""
    rows = []
    for one in line.geometries:
        local = one.curve.at(np.linspace(0.0, one.length_m, 1 + int(one.length_m / STEP_M), endpoint=False))
        turn = np.exp(1j * one.pose.heading_rad)
        placed = one.pose.x + 1j * one.pose.y + turn * (local.u + 1j * local.v)
        rows.append(np.stack([placed.real, placed.imag], axis=1))
    end = line.geometries[-1].end()
    return np.concatenate([*rows, [[end.x, end.y]]])


def greatest_gap(one: np.ndarray, other: np.ndarray) -> float:
    """Greatest distance of points (n, 2) from the polygon through other ones."""
    near = cKDTree(other).query(one)[1]
    worst = np.full(len(one), np.inf)
    for before in (-1, 0):
        a = other[np.clip(near + before, 0, len(other) - 2)]
        b = other[np.clip(near + before, 0, len(other) - 2) + 1]
        along = b - a
        square = np.maximum((along**2).sum(axis=1), 1e-18)
        share = np.clip(((one - a) * along).sum(axis=1) / square, 0.0, 1.0)
        worst = np.minimum(worst, np.hypot(*(one - a - share[:, None] * along).T))
    return float(worst.max())


def assert_sound(line: SmoothLine, road: FittedLine) -> None:
    """Continuous pose and curvature, and close to the smooth line both ways."""
    for one, two in itertools.pairwise(road.geometries):
        end = one.end()
        assert math.hypot(end.x - two.pose.x, end.y - two.pose.y) < 1e-5
        assert abs(math.remainder(end.heading_rad - two.pose.heading_rad, math.tau)) < 1e-6
        assert one.curvature_end == pytest.approx(two.curvature_start, abs=1e-7)
        assert two.s == pytest.approx(one.s + one.length_m, abs=1e-9)
    smooth = np.stack(line.places(np.linspace(0.0, line.at_points[-1], 4_001)), axis=1)
    clothoids = sampled(road)
    assert greatest_gap(clothoids, smooth) < TOLERANCE_M + 2e-3
    assert greatest_gap(smooth, clothoids) < TOLERANCE_M + 2e-3
    assert road.deviation_m <= TOLERANCE_M
    assert len(road.stations_m) == len(line.at_points)


turns = st.lists(st.tuples(st.floats(-0.7, 0.7), st.floats(8.0, 40.0)), min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(turns)
def test_random_roads_are_followed_within_a_centimetre(steps: list[tuple[float, float]]) -> None:
    heading, points = 0.0, [(0.0, 0.0)]
    for turn, length in steps:
        heading += turn
        points.append((points[-1][0] + length * math.cos(heading), points[-1][1] + length * math.sin(heading)))
    try:
        line, road = fitted(points)
    except ArgumentError:
        x, y = np.array(points).T
        bends = SmoothLine(x, y)
        curvature = bends.motion(np.linspace(0.0, bends.at_points[-1], 20_001)).curvature
        assert np.abs(curvature).max() * TIGHTEST_M > 0.8  # refused for its kinks, and for nothing else
        assume(False)
    assert_sound(line, road)


@pytest.mark.parametrize(
    "points",
    [
        HAIRPIN,
        [(0, 0), (1000, 10)],
        [(0, 0), (50, 30), (100, 0)],
        [(0, 0), (50, 0), (100, 0), (150, 0)],
        [(0, 0), (20, 0), (20.5, 0.05), (60, 10), (60.3, 10.1), (90, 30)],
        [(k * 2.0, 3.0 * math.sin(k / 5.0)) for k in range(200)],
        [((20 + k) * math.cos(k / 2), (20 + k) * math.sin(k / 2)) for k in range(40)],
        [(5e5, -5e5), (5e5 + 40, -5e5), (5e5 + 80, -5e5 + 20)],
    ],
    ids=["hairpin", "two points", "three points", "straight", "near neighbours", "dense", "round and round", "far out"],
)
def test_roads_of_every_shape(points: list[tuple[float, float]]) -> None:
    assert_sound(*fitted(points))


def test_a_straight_is_one_line() -> None:
    _, road = fitted([(3.0, 4.0), (303.0, 404.0)])
    assert len(road.geometries) == 1
    assert (road.geometries[0].curvature_start, road.geometries[0].curvature_end) == (0.0, 0.0)
    assert road.geometries[0].length_m == pytest.approx(500.0)
    assert road.least_radius_m == math.inf


def test_points_on_a_circle_give_its_radius() -> None:
    _, road = fitted([(50 * math.cos(a), 50 * math.sin(a)) for a in np.linspace(0.0, 3.0, 25)])
    assert road.least_radius_m == pytest.approx(50.0, rel=0.02)
    assert sum(one.length_m for one in road.geometries) == pytest.approx(150.0, abs=0.01)


@pytest.mark.parametrize("points", [[(0, 0), (50, 0), (0, 0)], [(0, 0), (50, 0), (50.2, 0.2), (50, 0.4), (0, 0.4)]])
def test_kinks_are_named(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ArgumentError, match=r"between points \d+ and \d+, near x=.* allowed are bends"):
        fitted(points)
