"""How far away both cameras draw things in fog, read back from pictures of a world that is black but for the fog."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.pictures import CameraView, straight, views_of
from wormdrive.envs.rendering.camera.postprocess import tone
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.sky_colours import ridge_colours
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera
from wormdrive.envs.rendering.scene.exposure import exposed
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    APPEARANCE_SIZE,
    EXPOSURE,
    FOG,
    FOG_BETA,
    FOG_START,
    HILL,
    SUN,
    SUN_ELEVATION,
)
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

NEAR_RIDGE_M, FAR_RIDGE_M = 190.0, 1500.0
LIGHT: Final = 0.8  # of endless fog
START_M: Final = 20.0
LIGHTS: Final = np.linspace(0.0, 1.2, 2000).astype(np.float32)
BYTES: Final = np.array([tone(light) for light in LIGHTS])


def foggy(extinction: float) -> NDArray[np.float32]:
    """No light but that of the fog, which begins 20 m away."""
    vector = np.zeros(APPEARANCE_SIZE, np.float32)
    vector[[FOG, FOG + 1, FOG + 2]] = LIGHT
    vector[FOG_BETA], vector[FOG_START], vector[EXPOSURE], vector[SUN_ELEVATION] = extinction, START_M, 1.0, 0.5
    return vector


def distance(rgb: NDArray[np.uint8], extinction: float) -> NDArray[np.float64]:
    """Return the distance [m] whose fog has the brightness of each pixel; 20 m for anything nearer."""
    light = np.interp(rgb[..., 1].astype(float), BYTES, LIGHTS)
    return START_M - np.log(np.maximum(1.0 - light / LIGHT, 1e-9)) / extinction


def falls(config: CameraConfig) -> NDArray[np.float64]:
    """How much the ray of each row of a level camera falls in a metre (H,)."""
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    return (np.arange(config.height) + 0.5 - 0.5 * config.height) / focal


@pytest.mark.parametrize("extinction", [1 / 60, 1 / 250])
def test_the_road_camera_draws_ground_at_its_distance_and_the_ridge_where_rays_meet_none(extinction: float) -> None:
    config = CameraConfig(width=800, height=450, fov_deg=60.0, pitch_rad=0.0)
    roads, views = views_of([CameraView(straight())])
    views.appearance = foggy(extinction)[None]
    rgb = np.empty((1, config.height, config.width, 3), np.uint8)
    RoadCamera(config).render(roads, views, rgb=rgb, segmentation=None, depth=None)
    read, slope = distance(rgb[0], extinction), falls(config)
    ground = (slope > config.z_m / (4.0 / extinction)) & (slope < config.z_m / (START_M + 2.0))
    assert ground.sum() > 30
    want = np.broadcast_to((config.z_m / slope[ground])[:, None], read[ground].shape)
    np.testing.assert_allclose(read[ground], want, rtol=0.05)
    missing = (slope < 0.0) & (slope > -0.005)
    assert missing.sum() > 2
    np.testing.assert_allclose(read[missing], NEAR_RIDGE_M, rtol=0.05)


@pytest.mark.parametrize("extinction", [1 / 60, 1 / 250])
def test_the_scene_camera_draws_the_same(extinction: float) -> None:
    road_map = read_map("highway")
    route = follow_route(road_map, 0, 400.0)
    look = Look(foggy(extinction), 0, 5)
    look.appearance[EXPOSURE] /= exposed(look).appearance[EXPOSURE]  # a free camera opens up in the dark
    camera = SceneCamera(road_map, 640, 360, 60.0, segmentation=True, depth=True)
    pose = (route.x[200], route.y[200], route.z[200] + 3.0, route.heading_rad[200], 0.0, 0.0)
    frames = camera.draw(pose, look, Cars.none(), 1)
    assert frames.rgb is not None
    assert frames.depth is not None
    read = distance(frames.rgb, extinction)
    ground = (frames.depth < 4.0 / extinction) & (frames.depth > START_M + 2.0) & (frames.depth < 250.0)
    assert ground.mean() > 0.05
    assert np.quantile(np.abs(read[ground] / frames.depth[ground] - 1.0), 0.99) < 0.05
    missing = frames.segmentation == SemanticLabel.SKY
    missing[:170] = False
    assert missing.sum() > 640
    np.testing.assert_allclose(read[missing], NEAR_RIDGE_M, rtol=0.05)


def test_ridges_keep_what_the_fog_before_them_lets_through() -> None:
    """Hills of reflectance 0.2 under sky light of 0.6 and sun of 0.8, of which they show a half."""
    vector = foggy(1 / 800)
    vector[HILL : HILL + 3], vector[AMBIENT : AMBIENT + 3], vector[SUN : SUN + 3] = 0.2, 0.6, 0.8
    near, far = (math.exp(-(away - START_M) / 800) for away in (NEAR_RIDGE_M, FAR_RIDGE_M))
    for k, (pale, lift) in enumerate(((0.8, 0.0), (0.9, 0.0), (1.0, 0.05))):  # what is far away is bluer
        ridge, air, far_ridge = ridge_colours(vector, k)
        assert ridge == pytest.approx(0.2 * near, rel=1e-5)
        assert air == pytest.approx(LIGHT * (1.0 - near), rel=1e-5)
        assert far_ridge == pytest.approx((0.2 + lift) * pale * far + LIGHT * (1.0 - far), rel=1e-5)
