"""Depth, in closed form on flat roads."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.pictures import CameraView, arc, crest, see, straight
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel


@pytest.mark.parametrize("route", [straight(), arc(80.0)], ids=["straight", "bend"])
@pytest.mark.parametrize(
    ("height_m", "pitch", "body_pitch", "yaw"), [(1.4, 0.1, 0.0, 0.0), (2.5, 0.3, 0.0, 0.3), (1.0, 0.0, 0.05, 0.0)]
)
def test_flat_ground_is_as_far_as_the_ray_says(
    route: Route, height_m: float, pitch: float, body_pitch: float, yaw: float
) -> None:
    config = CameraConfig(z_m=height_m, pitch_rad=pitch, yaw_rad=yaw)
    picture = see(CameraView(route, heading_error_rad=0.03, body_pitch_rad=body_pitch), config)
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    down = (np.arange(config.height) + 0.5 - 0.5 * config.height) / focal
    falls = math.sin(pitch + body_pitch) + down * math.cos(pitch + body_pitch)
    sky = falls < 0.0
    assert sky.any()
    assert (picture.depth[sky] == 1000.0).all()
    assert (picture.segmentation[sky] == SemanticLabel.SKY).all()
    near = falls > height_m / 90.0
    assert near.sum() > 25
    want = np.broadcast_to((height_m / falls[near])[:, None], picture.depth[near].shape)
    np.testing.assert_allclose(picture.depth[near], want, rtol=0.01)
    assert (picture.segmentation[near] != SemanticLabel.SKY).all()


def test_depth_of_a_leaning_camera_is_that_of_the_ray() -> None:
    config = CameraConfig(roll_rad=0.2)
    depth = see(CameraView(straight()), config).depth
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    right = (np.arange(config.width)[None, :] + 0.5 - 0.5 * config.width) / focal
    down = (np.arange(config.height)[:, None] + 0.5 - 0.5 * config.height) / focal
    level = right * math.sin(0.2) + down * math.cos(0.2)
    falls = math.sin(config.pitch_rad) + level * math.cos(config.pitch_rad)
    near = falls > 0.07  # nearest pixels are looked up, so far away a row makes a difference
    assert near.mean() > 0.3
    assert np.quantile(np.abs(depth[near] * falls[near] / config.z_m - 1.0), 0.99) < 0.08
    assert np.median(depth[near] * falls[near] / config.z_m) == pytest.approx(1.0, abs=0.01)
    assert (depth[falls < -0.02] == 1000.0).all()


def test_a_crest_hides_what_lies_behind_it() -> None:
    """Ground ends at the crest, 29.5 m ahead of the camera, but for the fineness of rows."""
    depth = see(CameraView(crest(80.0, 0.06)), CameraConfig(width=800, height=450)).depth
    assert 27.5 < depth[depth < 1000.0].max() < 30.0
