"""Segmentation: every class shows where it belongs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.pictures import CameraView, arc, draw, see, straight, views_of
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel


def test_own_lane_is_road_and_country_is_none() -> None:
    config = CameraConfig(width=400, height=156)
    labels = see(CameraView(straight()), config).segmentation
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    left = -(np.arange(config.width) + 0.5 - 0.5 * config.width) / focal
    down = (np.arange(config.height) + 0.5 - 0.5 * config.height) / focal
    falls = math.sin(config.pitch_rad) + down * math.cos(config.pitch_rad)
    for v in np.flatnonzero(falls > config.z_m / 30.0):
        lateral = left * config.z_m / falls[v]
        assert (labels[v, np.abs(lateral) < 1.4] == SemanticLabel.ROADS).all()
        assert (labels[v, (lateral > 2.0) & (lateral < 4.8)] == SemanticLabel.ROADS).all()
        assert np.isin(
            labels[v, (lateral < -5.0) | (lateral > 8.5)], (SemanticLabel.TERRAIN, SemanticLabel.GROUND)
        ).all()
    assert set(np.unique(labels)) == {1, 10, 11, 24, 25}


@pytest.mark.parametrize("radius", [math.inf, 90.0])
def test_dashes_have_their_length_and_period_along_the_road(radius: float) -> None:
    """Lane line at d = 1.75: painted for 3 m in every 9, wherever one looks from."""
    route = straight() if math.isinf(radius) else arc(radius)
    config = CameraConfig(width=800, height=450)
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    seen, wanted = [], []
    for station in np.arange(40.0, 58.0, 1.7):
        labels = see(CameraView(route, station_m=float(station)), config).segmentation
        for ahead in np.arange(4.0, 16.0, 0.13):  # station of the line's point beyond the vehicle's
            if math.isinf(radius):
                x, y = ahead - config.x_m, 1.75
            else:
                x = (radius - 1.75) * math.sin(ahead / radius) - config.x_m
                y = radius - (radius - 1.75) * math.cos(ahead / radius)
            depth = x * math.cos(config.pitch_rad) + config.z_m * math.sin(config.pitch_rad)
            down = (config.z_m * math.cos(config.pitch_rad) - x * math.sin(config.pitch_rad)) / depth
            u, v = 0.5 * config.width - y / depth * focal, 0.5 * config.height + down * focal
            if not (0.0 <= u < config.width and 0.0 <= v < config.height):
                continue
            phase = (station + ahead) % 9.0
            row_m = depth * depth / (config.z_m * focal)
            if min(abs(phase - edge) for edge in (0.0, 3.0, 9.0)) < 0.8 * row_m + 0.02:
                continue
            seen.append(labels[int(v), int(u)] == SemanticLabel.ROAD_LINES)
            wanted.append(phase < 3.0)
    assert len(seen) > 500
    assert 0.25 < np.mean(wanted) < 0.42
    assert seen == wanted


@pytest.mark.parametrize("body_roll_rad", [0.0, 0.02, -0.2])
@pytest.mark.parametrize("step", [2, 3, 6])
def test_a_coarse_picture_has_the_classes_at_the_middles_of_its_squares(step: int, body_roll_rad: float) -> None:
    config = CameraConfig(width=198, height=78)
    views = [CameraView(arc(60.0), bare=False, body_roll_rad=body_roll_rad, scenery_seed=seed) for seed in (1, 2)]
    fine = draw(RoadCamera(config), views)
    roads, arrays = views_of(views)
    labels, rgb = np.zeros((2, 78 // step, 198 // step), np.uint8), np.zeros((2, 78, 198, 3), np.uint8)
    depth = np.zeros((2, 78, 198), np.float32)
    camera = RoadCamera(config, label_step=step)
    camera.render(roads, arrays, rgb=rgb, segmentation=labels, depth=None)
    alone = np.zeros_like(labels)
    camera.render(roads, arrays, rgb=None, segmentation=alone, depth=depth)
    for n, picture in enumerate(fine):
        expected = picture.segmentation[step // 2 :: step, step // 2 :: step]
        np.testing.assert_array_equal(labels[n], expected)
        np.testing.assert_array_equal(alone[n], expected)
        np.testing.assert_array_equal(rgb[n], picture.rgb)
        np.testing.assert_array_equal(depth[n], picture.depth)
        assert {SemanticLabel.ROADS, SemanticLabel.VEGETATION} <= set(np.unique(expected).tolist())


@pytest.mark.parametrize("body_roll_rad", [0.0, 0.02, -0.2])
@pytest.mark.parametrize("step", [3, 30])
def test_threads_share_a_coarse_picture(step: int, body_roll_rad: float) -> None:
    """Squares lie across the bands of rows that threads draw, or are higher than they."""
    config = CameraConfig(width=210, height=150)
    view = CameraView(arc(60.0), bare=False, body_roll_rad=body_roll_rad)
    expected = draw(RoadCamera(config), [view])[0]
    roads, arrays = views_of([view])
    camera = RoadCamera(config, threads=2, label_step=step)
    for _ in range(3):
        labels, rgb = np.zeros((1, 150 // step, 210 // step), np.uint8), np.zeros((1, 150, 210, 3), np.uint8)
        depth = np.zeros((1, 150, 210), np.float32)
        camera.render(roads, arrays, rgb=rgb, segmentation=labels, depth=depth)
        np.testing.assert_array_equal(labels[0], expected.segmentation[step // 2 :: step, step // 2 :: step])
        np.testing.assert_array_equal(rgb[0], expected.rgb)
        np.testing.assert_array_equal(depth[0], expected.depth)
    camera.close()


@pytest.mark.parametrize("step", [0, -2, 4])
def test_squares_that_do_not_fill_the_picture_are_refused(step: int) -> None:
    with pytest.raises(ArgumentError, match=f"label_step={step}: allowed are positive divisors of 200 and 78"):
        RoadCamera(CameraConfig(), label_step=step)
