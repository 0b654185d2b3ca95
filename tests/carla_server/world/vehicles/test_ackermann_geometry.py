"""Ackermann geometry by its own law, and there and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.carla_server.world.vehicles.ackermann_geometry import front_wheels, inner_of_middle, middle_of_inner

BASE_M, TRACK_M = 2.8, 1.6


@given(st.floats(0.01, 0.9))
def test_the_wheels_axes_meet_on_the_rear_axle_s(middle: float) -> None:
    left, right = front_wheels(middle, BASE_M, TRACK_M)
    assert left > middle > right > 0.0
    assert 1.0 / math.tan(right) - 1.0 / math.tan(left) == pytest.approx(TRACK_M / BASE_M)
    assert front_wheels(-middle, BASE_M, TRACK_M) == pytest.approx((-right, -left))


@given(st.floats(-1.2, 1.2))
def test_inner_and_middle_are_inverse(inner: float) -> None:
    assert inner_of_middle(middle_of_inner(inner, 0.3), 0.3) == pytest.approx(inner, abs=1e-9)


def test_without_a_track_both_turn_alike() -> None:
    assert front_wheels(0.4, BASE_M, 0.0) == pytest.approx((0.4, 0.4))
    assert front_wheels(0.0, BASE_M, TRACK_M) == (0.0, 0.0)
