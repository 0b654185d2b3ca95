"""Curves against closed forms, and round trips for any parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import fresnel

from tests.support.curves import arc_lengths, check_derivatives
from wormdrive.envs.roads.opendrive.curves import Arc, Curve, Line, Poly3, Spiral
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3

curvatures = st.floats(-0.2, 0.2)
lengths = st.floats(0.5, 300.0)


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
