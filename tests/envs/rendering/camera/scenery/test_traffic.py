"""Other cars in the picture."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest

from tests.support.pictures import CameraView, Picture, arc, crest, draw, see, straight
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

CONFIG: Final = CameraConfig(width=400, height=156)
FOCAL: Final = 200.0 / math.tan(math.radians(50.0))
REAR: Final = int(Sprite.CAR_REAR_WHITE)
FRONT: Final = int(Sprite.CAR_FRONT_RED)


def car_pixels(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    return np.nonzero(picture.segmentation == SemanticLabel.CAR)


@pytest.mark.parametrize(("ahead", "lateral"), [(10.0, 0.0), (20.0, 0.0), (20.0, 3.5), (45.0, -1.0)])
def test_a_car_stands_where_geometry_puts_it(ahead: float, lateral: float) -> None:
    """Its depth along the optical axis, middle, width of about 1.75 m, and wheels on the ground."""
    picture = see(CameraView(straight(), cars=((50.0 + ahead, lateral, REAR, 0),)), CONFIG)
    rows, columns = car_pixels(picture)
    x = ahead - CONFIG.x_m
    depth = x * math.cos(CONFIG.pitch_rad) + CONFIG.z_m * math.sin(CONFIG.pitch_rad)
    assert len(rows) > 0.3 * (1.8 * FOCAL / depth) * (1.4 * FOCAL / depth)
    assert picture.depth[rows, columns] == pytest.approx(depth, rel=0.01)
    middle = 0.5 * CONFIG.width - lateral / depth * FOCAL
    assert 0.5 * (columns.min() + columns.max() + 1) == pytest.approx(middle, abs=1.1)
    assert (np.ptp(columns) + 1) * depth / FOCAL == pytest.approx(1.75, abs=0.12 + 1.5 * depth / FOCAL)
    wheels = (
        0.5 * CONFIG.height + FOCAL * (CONFIG.z_m * math.cos(CONFIG.pitch_rad) - x * math.sin(CONFIG.pitch_rad)) / depth
    )
    assert rows.max() + 1 == pytest.approx(wheels, abs=1.6)


def test_a_car_in_a_bend_stands_beside_the_axis() -> None:
    radius, along = 60.0, 20.0
    picture = see(CameraView(arc(radius), cars=((50.0 + along, 0.0, FRONT, 0),)), CONFIG)
    _, columns = car_pixels(picture)
    x, y = radius * math.sin(along / radius) - CONFIG.x_m, radius * (1.0 - math.cos(along / radius))
    depth = x * math.cos(CONFIG.pitch_rad) + CONFIG.z_m * math.sin(CONFIG.pitch_rad)
    assert 0.5 * (columns.min() + columns.max() + 1) == pytest.approx(200.0 - y / depth * FOCAL, abs=1.1)


def test_the_nearer_of_two_cars_hides_the_other() -> None:
    cars = ((70.0, 0.0, REAR, 0), (62.0, 0.0, REAR, 0))
    both, turned = draw(
        RoadCamera(CONFIG), [CameraView(straight(), cars=cars), CameraView(straight(), cars=cars[::-1])]
    )
    np.testing.assert_array_equal(both.depth, turned.depth)
    np.testing.assert_array_equal(both.rgb, turned.rgb)
    near = see(CameraView(straight(), cars=cars[1:]), CONFIG)
    assert (both.depth[near.segmentation == SemanticLabel.CAR] < 14.0).all()


def test_a_car_behind_a_crest_is_hidden() -> None:
    """The sharp crest is 30 m ahead; the car stands 40 m behind it and 6 m lower, or before it."""
    hidden, before = draw(
        RoadCamera(CONFIG),
        [CameraView(crest(80.0, 0.12), cars=((at, 0.0, REAR, 0),)) for at in (120.0, 72.0)],
    )
    assert not (hidden.segmentation == SemanticLabel.CAR).any()
    assert (before.segmentation == SemanticLabel.CAR).sum() > 50


def test_cars_that_are_behind_or_not_counted_are_not_drawn() -> None:
    behind = see(CameraView(straight(), cars=((40.0, 0.0, REAR, 0),)), CONFIG)
    none = see(CameraView(straight()), CONFIG)
    np.testing.assert_array_equal(behind.segmentation, none.segmentation)
    np.testing.assert_array_equal(behind.rgb, none.rgb)


def test_brake_lights_shine_red() -> None:
    night = Conditions.preset("summer", "night")
    off, on = draw(
        RoadCamera(CONFIG),
        [CameraView(straight(), conditions=night, cars=((60.0, 0.0, REAR, brakes),)) for brakes in (0, 1)],
    )
    gained = (on.rgb.astype(int) - off.rgb).clip(min=0).sum(axis=(0, 1))
    assert gained[0] > 500
    assert gained[0] > 2 * gained[1]
