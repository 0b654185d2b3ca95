"""Curves against closed forms, and round trips for any parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import fresnel

from wormdrive.envs.roads.opendrive.curves import Arc, Curve, Line, LocalPoints, ParamPoly3, Poly3, Spiral, tabulate

curvatures = st.floats(-0.2, 0.2)
lengths = st.floats(0.5, 300.0)


def arc_lengths(points: LocalPoints) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(points.u), np.diff(points.v)))])


def check_derivatives(curve: Curve, length: float) -> None:
    """Position, heading and curvature belong together, whatever the speed of the parameter."""
    step = 1e-4 * length
    ds = np.linspace(step, length - step, 50)
    before, here, after = (curve.at(ds + k * step) for k in (-1, 0, 1))
    du, dv = after.u - before.u, after.v - before.v
    np.testing.assert_allclose(np.sin(np.arctan2(dv, du) - here.heading_rad), 0.0, atol=2e-5)
    way = np.hypot(du, dv)
    turn = np.angle(np.exp(1j * (after.heading_rad - before.heading_rad)))
    np.testing.assert_allclose(turn / way, here.curvature, rtol=1e-3, atol=1e-5)


def test_line() -> None:
    ds = np.linspace(0.0, 50.0, 11)
    points = Line().at(ds)
    np.testing.assert_array_equal(points.u, ds)
    for flat in (points.v, points.heading_rad, points.curvature):
        np.testing.assert_array_equal(flat, 0.0)


@pytest.mark.parametrize("radius", [15.0, -40.0, 1e9])
def test_arc_is_a_circle(radius: float) -> None:
    ds = np.linspace(0.0, 90.0, 31)
    points = Arc(1.0 / radius).at(ds)
    angle = ds / radius
    np.testing.assert_allclose(points.u, radius * np.sin(angle), atol=1e-6)
    np.testing.assert_allclose(points.v, 2.0 * radius * np.sin(0.5 * angle) ** 2, atol=1e-9)
    np.testing.assert_allclose(points.heading_rad, angle, atol=1e-12)


@given(end=st.floats(0.001, 0.2), length=lengths)
def test_spiral_from_a_straight_is_fresnels(end: float, length: float) -> None:
    scale = np.sqrt(np.pi * length / end)  # u = a C(s / a), v = a S(s / a), a^2 = pi / rate
    ds = np.linspace(0.0, length, 40)
    v, u = fresnel(ds / scale)
    points = Spiral(0.0, end, length).at(ds)
    np.testing.assert_allclose(points.u, scale * u, atol=1e-9)
    np.testing.assert_allclose(points.v, scale * v, atol=1e-9)


@given(start=curvatures, end=curvatures, length=lengths)
def test_spiral_driven_backwards_returns(start: float, end: float, length: float) -> None:
    there = Spiral(start, end, length).at(np.array([length]))
    back = Spiral(-end, -start, length).at(np.array([length]))
    heading = there.heading_rad[0] + np.pi
    u = there.u + np.cos(heading) * back.u - np.sin(heading) * back.v
    v = there.v + np.sin(heading) * back.u + np.cos(heading) * back.v
    np.testing.assert_allclose([u[0], v[0]], 0.0, atol=1e-9)
    np.testing.assert_allclose(there.heading_rad + back.heading_rad, 0.0, atol=1e-12)


@given(curvature=curvatures, change=st.floats(-1e-9, 1e-9), length=lengths)
def test_spiral_of_hardly_changing_curvature_is_an_arc(curvature: float, change: float, length: float) -> None:
    ds = np.linspace(0.0, length, 20)
    spiral, arc = Spiral(curvature, curvature + change, length).at(ds), Arc(curvature).at(ds)
    np.testing.assert_allclose(spiral.u, arc.u, atol=1e-4)
    np.testing.assert_allclose(spiral.v, arc.v, atol=1e-4)


@settings(max_examples=50)
@given(start=curvatures, end=curvatures, length=st.floats(5.0, 300.0))
def test_spiral_derivatives(start: float, end: float, length: float) -> None:
    check_derivatives(Spiral(start, end, length), length)


@settings(max_examples=50)
@given(b=st.floats(-0.5, 0.5), c=st.floats(-0.01, 0.01), d=st.floats(-1e-4, 1e-4), length=st.floats(5.0, 80.0))
def test_poly3_follows_its_cubic_by_arc_length(b: float, c: float, d: float, length: float) -> None:
    curve = Poly3((0.0, b, c, d), length)
    points = curve.at(np.linspace(0.0, length, 4_001))
    np.testing.assert_allclose(points.v, points.u * (b + points.u * (c + points.u * d)), atol=1e-12)
    np.testing.assert_allclose(arc_lengths(points), np.linspace(0.0, length, 4_001), atol=1e-4)
    check_derivatives(curve, length)


def test_poly3_begins_off_its_origin() -> None:
    points = Poly3((1.5, 0.0, 0.0, 0.0), 10.0).at(np.array([0.0, 10.0]))
    np.testing.assert_allclose(points.u, [0.0, 10.0])
    np.testing.assert_allclose(points.v, 1.5)


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
@given(bend=st.floats(-0.4, 0.4), shape=st.floats(-0.4, 0.4), haste=st.floats(-0.4, 0.4), length=st.floats(5.0, 80.0))
def test_steps_of_param_poly3_are_even(bend: float, shape: float, haste: float, length: float) -> None:
    curve = ParamPoly3(
        (0.0, length, haste * length, -haste * length / 3.0), (0.0, 0.0, bend * length, shape * length), 1.0, length
    )
    points = curve.at(np.linspace(0.0, length, 2_001))
    np.testing.assert_allclose(arc_lengths(points), np.linspace(0.0, length, 2_001), rtol=1e-4, atol=1e-9)
    check_derivatives(curve, length)


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


@pytest.mark.parametrize(
    "curve",
    [
        Line(),
        Arc(0.0),
        Arc(-0.07),
        Arc(1e-13),
        Spiral(0.0, 0.01, 40.0),
        Spiral(0.05, -0.05, 40.0),
        Spiral(0.2, 0.1, 40.0),
        Poly3((0.5, 0.1, 0.01, -1e-4), 40.0),
        ParamPoly3((0.0, 40.0, 0.0, 0.0), (0.0, 0.0, 0.01, 0.005), 1.0, 40.0),
    ],
    # not their own texts: those hold addresses, and every process would name its tests otherwise
    ids=["line", "straight arc", "arc", "wide arc", "spiral", "s-bend", "tight spiral", "cubic", "two cubics"],
)
def test_the_end_is_told_to_a_millimetre(curve: Curve) -> None:
    exact = curve.at(np.array([40.0]))
    np.testing.assert_allclose(curve.end(40.0), (exact.u[0], exact.v[0]), rtol=0.0, atol=1e-3)
