from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.scenarios.road_tests.out_of_bounds import share_outside

CAR = VehicleParameters()
HALF_M = 2.0


def share(offset: float, heading: float = 0.0, curvature: float = 0.0) -> float:
    values = (np.array([value]) for value in (offset, heading, curvature, HALF_M, HALF_M))
    return float(share_outside(*values, CAR)[0])


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_along_a_straight_the_share_is_that_of_the_width(side: float) -> None:
    assert share(0.0) == 0.0
    assert share(side * 1.1) == pytest.approx(0.0, abs=1e-6)
    for out_m in (0.2, 0.9, 1.5):
        assert share(side * (HALF_M - 0.5 * CAR.width_m + out_m)) == pytest.approx(out_m / CAR.width_m, abs=1e-6)
    assert share(side * 2.91) == pytest.approx(1.0)


def test_across_the_lane_both_ends_are_outside() -> None:
    assert share(0.0, 0.5 * math.pi) == pytest.approx(1.0 - 2.0 * HALF_M / CAR.length_m, abs=0.02)


def test_any_pose_on_any_arc_is_right_to_half_a_per_cent() -> None:
    """Against points spread over the body, measured from the arc's centre."""
    random = np.random.default_rng(1)
    middle_m = 0.5 * (CAR.front_m - CAR.rear_m)
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 401), np.linspace(-0.5, 0.5, 401))
    u, v = middle_m + CAR.length_m * u, CAR.width_m * v
    for _ in range(40):
        offset, heading = random.uniform(-3.0, 3.0), random.uniform(-0.8, 0.8)
        radius_m = random.choice([-1.0, 1.0]) * random.uniform(12.0, 60.0)
        east = u * math.cos(heading) - v * math.sin(heading)
        north = offset + u * math.sin(heading) + v * math.cos(heading)
        aside = math.copysign(1.0, radius_m) * (abs(radius_m) - np.hypot(east, radius_m - north))
        assert share(offset, heading, 1.0 / radius_m) == pytest.approx((np.abs(aside) > HALF_M).mean(), abs=0.005)
