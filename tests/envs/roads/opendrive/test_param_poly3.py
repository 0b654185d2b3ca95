"""Parametric cubics against a fine polygon: s is arc length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.curves import arc_lengths, check_derivatives
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3, tabulate


def integrated(curve: ParamPoly3, p_end: float, ds: np.ndarray) -> np.ndarray:
    """Points (n, 2) of a parametric cubic after so much arc length, by a fine polygon."""
    p = np.linspace(0.0, p_end, 400_001)
    u, v = (k[0] + p * (k[1] + p * (k[2] + p * k[3])) for k in (curve.u, curve.v))
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(u), np.diff(v)))])
    at = np.interp(ds, way, p)
    return np.stack([np.interp(at, p, u), np.interp(at, p, v)], axis=1)


@pytest.mark.parametrize(
    ("u", "v", "length"),
    [
        ((0.0, 20.0, 40.0, 40.0), (0.0, 0.0, 0.0, 0.0), 100.0),  # five times as fast at its end
        (
            (0.0, 12.024944062662236, -9.056714328112259, 2.1188575530043776),
            (0.0, 0.0, -15.827183832673695, 7.452605511120965),
            10.836506270845275,
        ),
        ((0.0, 0.0, 30.0, 10.0), (0.0, 0.0, 3.0, 9.0), 41.0),  # sets out from a stand; longer than it says
        ((0.0, 60.0, -90.0, 45.0), (0.0, 0.0, 1.0, 0.0), 15.0),  # nearly stops half-way
    ],
)
@pytest.mark.parametrize("p_end", [1.0, None])
def test_param_poly3_runs_by_arc_length(
    u: tuple[float, ...], v: tuple[float, ...], length: float, p_end: float | None
) -> None:
    """Both ranges of the parameter: from 0 to 1, and from 0 to the length."""
    most = p_end or length
    curve = ParamPoly3(*(tuple(k / most**power for power, k in enumerate(cubic)) for cubic in (u, v)), most, length)
    assert not curve.even
    ds = np.linspace(0.0, length, 301)
    points = curve.at(ds)
    np.testing.assert_allclose(np.stack([points.u, points.v], 1), integrated(curve, most, ds), atol=1e-5)


def test_a_param_poly3_that_is_too_short_runs_on_straight() -> None:
    curve = ParamPoly3((0.0, 10.0, 5.0, 0.0), (0.0, 0.0, 0.0, 0.0), 1.0, 20.0)
    points = curve.at(np.array([14.0, 15.0, 16.0, 20.0]))
    np.testing.assert_allclose(points.u, [14.0, 15.0, 16.0, 20.0])
    np.testing.assert_allclose(points.curvature, 0.0)


def test_many_are_measured_as_one_is() -> None:
    random = np.random.default_rng(0)
    cubics = random.normal(0.0, 5.0, (40, 2, 4)).tolist()
    together, alone = ([ParamPoly3(u, v, 1.0, 10.0) for u, v in cubics] for _ in range(2))
    tabulate(together)
    for one, other in zip(together, alone, strict=True):
        assert one.table.tobytes() == other.table.tobytes()


def test_ten_metres_of_road_are_ten_metres_of_param_poly3() -> None:
    curve = ParamPoly3((0.0, 20.0, 40.0, 40.0), (0.0, 0.0, 0.0, 0.0), 1.0, 100.0)
    assert curve.table[-1] == pytest.approx(100.0)
    np.testing.assert_allclose(curve.at(np.linspace(0.0, 100.0, 11)).u, np.linspace(0.0, 100.0, 11), atol=1e-9)


@settings(max_examples=50, deadline=None)
@example(bend=0.037109375, shape=0.037109375, haste=-0.037170825025612586, length=5.0)  # ends between two differences
@given(bend=st.floats(-0.4, 0.4), shape=st.floats(-0.4, 0.4), haste=st.floats(-0.4, 0.4), length=st.floats(5.0, 80.0))
def test_steps_of_param_poly3_are_even(bend: float, shape: float, haste: float, length: float) -> None:
    curve = ParamPoly3(
        (0.0, length, haste * length, -haste * length / 3.0), (0.0, 0.0, bend * length, shape * length), 1.0, length
    )
    points = curve.at(np.linspace(0.0, length, 2_001))
    np.testing.assert_allclose(arc_lengths(points), np.linspace(0.0, length, 2_001), rtol=1e-4, atol=1e-9)
    check_derivatives(curve, min(length, float(curve.table[-1])))  # beyond its end it runs on straight, all at once


def test_a_parameter_that_is_the_arc_length_is_taken_as_it_is() -> None:
    curve = ParamPoly3((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1e-5, 0.0), 40.0, 40.0)
    assert curve.even
    ds = np.linspace(0.0, 40.0, 21)
    np.testing.assert_array_equal(curve.at(ds).u, ds)


def test_a_curve_without_length_goes_straight_on() -> None:
    points = ParamPoly3((2.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), 1.0, 40.0).at(np.linspace(0.0, 40.0, 5))
    np.testing.assert_array_equal(points.u, [2.0, 12.0, 22.0, 32.0, 42.0])
    np.testing.assert_array_equal(points.curvature, 0.0)


def test_param_poly3_with_a_cusp_has_no_infinite_curvature() -> None:
    points = ParamPoly3((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0), 1.0, 1.0).at(np.linspace(0.0, 1.0, 11))
    assert np.isfinite(points.curvature).all()
