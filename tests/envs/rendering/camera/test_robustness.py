"""Any size, lens, mount and pose gives a picture."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from tests.support.pictures import CameraView, Picture, arc, draw, see, straight
from tests.support.routes import synthetic_route
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

ROUTE: Final = synthetic_route(2)
VIEW: Final = CameraView(
    ROUTE,
    120.0,
    bare=False,
    conditions=Conditions.preset("autumn", "rain"),
    cars=((140.0, 3.5, 12, 0), (135.0, 0, 9, 1)),
)
CLASSES: Final = [int(label) for label in SemanticLabel]


def check(picture: Picture) -> None:
    assert np.isin(picture.segmentation, CLASSES).all()
    assert np.isfinite(picture.depth).all()
    assert picture.depth.min() > 0.0
    assert (picture.depth[picture.segmentation == SemanticLabel.SKY] == 1000.0).all()
    assert (picture.depth[picture.segmentation != SemanticLabel.SKY] < 1000.0).all()
    assert picture.rgb.std() > 3.0


@pytest.mark.parametrize(("width", "height"), [(16, 8), (33, 21), (200, 78), (401, 157), (800, 450), (1280, 720)])
@pytest.mark.parametrize("fov_deg", [40.0, 100.0, 130.0])
def test_every_size_and_field_of_view(width: int, height: int, fov_deg: float) -> None:
    config = CameraConfig(width=width, height=height, fov_deg=fov_deg)
    level, leaning = draw(RoadCamera(config), [VIEW, replace(VIEW, body_roll_rad=0.03)])
    check(level)
    check(leaning)
    assert (level.segmentation == SemanticLabel.ROADS).mean() > 0.1


def test_a_larger_picture_shows_the_same() -> None:
    """Labels of a fine picture, seen at every fourth pixel, are mostly those of a coarse one."""
    view = CameraView(arc(70.0))
    coarse = see(view, CameraConfig(width=200, height=76)).segmentation
    fine = see(view, CameraConfig(width=1000, height=380)).segmentation[2::5, 2::5]
    assert (coarse == fine).mean() > 0.985


@pytest.mark.parametrize(
    "mount",
    [
        {"z_m": 0.3},
        {"z_m": 3.5, "pitch_rad": 0.35},
        {"pitch_rad": -0.1},
        {"pitch_rad": 0.9},
        {"pitch_rad": 1.3, "z_m": 6.0},
        {"yaw_rad": 0.4, "y_m": -0.6},
        {"yaw_rad": -0.6, "roll_rad": 0.1},
        {"roll_rad": -0.5},
        {"roll_rad": 0.002, "x_m": 1.8},
        {"x_m": -6.0, "z_m": 3.0, "pitch_rad": 0.2},
    ],
)
def test_every_mount(mount: dict[str, float]) -> None:
    check(see(VIEW, CameraConfig(**mount)))  # type: ignore[arg-type]


@pytest.mark.parametrize("radius", [math.inf, 45.0, -45.0])
def test_every_pose(radius: float) -> None:
    """Off the lane, off the road, turned by up to a right angle, at the very beginning and at the end."""
    route = straight(120.0) if math.isinf(radius) else arc(radius, 120.0)
    poses = [
        (s, d, e)
        for s in (0.0, 40.0, 119.9, 120.0)
        for d in (-9.0, -2.0, 0.0, 4.0, 30.0)
        for e in (-1.57, -1.05, 0, 1.05)
    ]
    camera_views = [CameraView(route, s, d, e, bare=False) for s, d, e in poses]
    for view, picture in zip(camera_views, draw(RoadCamera(CameraConfig()), camera_views), strict=True):
        try:
            check(picture)
        except AssertionError as problem:
            raise AssertionError(view) from problem


def test_the_end_of_a_route_looks_like_road() -> None:
    picture = see(CameraView(straight(120.0), 119.0))
    assert (picture.segmentation[50:, 90:110] == SemanticLabel.ROADS).all()
