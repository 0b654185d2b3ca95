from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.envs.rendering.scene import Cars, make_camera_pose
from wormdrive.envs.rendering.scene.raster.car_light import MOST_NEAR, cars_near, cast_on_ground
from wormdrive.envs.rendering.scene.raster.mesh_table import car_table

FAR_CAMERA = make_camera_pose((500.0, 0.0, 2.0, 0.0, 0.0, 0.0), 100, 100, 90.0)
SIZE = (4.0, 2.0, 1.5)


def cast(
    x: float,
    y: float,
    *,
    heading: float = 0.0,
    z: float = 0.0,
    sun: float = 0.0,
    reach: float = 1.0,
    lamps: bool = False,
) -> tuple[float, float, float]:
    """Share of light kept, shadow and lamp light at a point beside a car at the origin; ``sun`` is its azimuth."""
    table = car_table(Cars.of([(0.0, 0.0, 0.0, heading, 0.0, 0.0)], size=[SIZE]), FAR_CAMERA)
    near = np.empty(MOST_NEAR, np.int64)
    to_sun = math.cos(sun), math.sin(sun)
    count = cars_near(table, x, y, 0.1, *to_sun, reach, lamps, near)
    kept, shadow, lamp = cast_on_ground(table, near, count, x, y, z, *to_sun, reach, lamps)
    return kept, shadow, lamp


@pytest.mark.parametrize("heading", [0.0, 0.7, math.pi])
def test_a_shadow_reaches_from_the_body_away_from_the_sun_as_far_as_the_sun_is_low(heading: float) -> None:
    """The body is 0.94 of its box long and its shadow 0.92 of its height: 1.88 m to its end, and 1.38 m times reach."""

    def shadow(along: float, aside: float, sun: float, reach: float) -> float:
        x = along * math.cos(heading) - aside * math.sin(heading)
        y = along * math.sin(heading) + aside * math.cos(heading)
        return cast(x, y, heading=heading, sun=heading + sun, reach=reach)[1]

    for sun, side in ((0.0, -1.0), (math.pi, 1.0)):
        for reach in (1.0, 3.0):
            end = 1.88 + 1.38 * reach
            assert shadow(side * (end - 1.0), 0.0, sun, reach) == pytest.approx(1.0)
            assert shadow(side * (end + 0.05), 0.0, sun, reach) == 0.0
            assert shadow(-side * 2.0, 0.0, sun, reach) == 0.0
            assert shadow(side * 2.0, 1.1, sun, reach) == 0.0
    assert shadow(0.0, -1.6, 0.5 * math.pi, 1.0) == pytest.approx(1.0)
    assert shadow(0.0, 1.6, 0.5 * math.pi, 1.0) == 0.0


def test_a_shadow_is_softer_the_further_it_falls() -> None:
    """Over 8 cm and 7 % of the way from what casts it: 0.1 m within the edge it is full nearby, and not far off."""
    near, far = cast(-2.0, 0.82, reach=8.0)[1], cast(-10.0, 0.82, reach=8.0)[1]
    assert near == pytest.approx(1.0)
    assert far == pytest.approx(0.1 / (0.08 + 0.07 * (10.0 - 1.88)), rel=1e-6)


def test_it_is_dim_beneath_a_body_and_not_on_the_road_above_or_below() -> None:
    assert cast(0.0, 0.0)[0] == pytest.approx(0.2)
    assert cast(0.0, 0.92 + 0.4)[0] == pytest.approx(1.0 - 0.8 * math.exp(-1.0))
    assert cast(0.0, 3.0)[0] == 1.0
    assert cast(0.0, 0.0, z=3.0) == (1.0, 0.0, 0.0)
    assert cast(-2.5, 0.0, z=-3.0) == (1.0, 0.0, 0.0)


def test_lamps_light_the_road_ahead() -> None:
    lit = [cast(1.88 + ahead, 0.0, lamps=True)[2] for ahead in (10.0, 20.0, 30.0)]
    assert lit == pytest.approx([0.30 * math.exp(-ahead / 26.0) for ahead in (10.0, 20.0, 30.0)])
    assert cast(1.88 + 10.0, 0.42 * 10.6, lamps=True)[2] == pytest.approx(lit[0] * math.exp(-1.0))
    assert cast(-10.0, 0.0, lamps=True)[2] == 0.0
    assert cast(10.0, 0.0)[2] == 0.0
