from __future__ import annotations

import numpy as np

from wormdrive.envs.find_target.picture.ground_trace import trace_level_ground
from wormdrive.envs.rendering.camera.frame import SKY_DEPTH_M
from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose

WIDTH, HEIGHT, FOV = 144, 96, 80.0


def traced(heights: np.ndarray, z: float, pitch: float = 0.2, heading: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    camera = make_camera_pose((150.0, 150.0, z, heading, pitch, 0.0), WIDTH, HEIGHT, FOV)
    depths, inverse = np.zeros(WIDTH * HEIGHT, np.float32), np.zeros((2, HEIGHT))
    trace_level_ground(heights.astype(np.float32), 0.0, 0.0, camera, WIDTH, HEIGHT, inverse, depths)
    v, u = np.mgrid[:HEIGHT, :WIDTH]
    a, b = (u + 0.5 - camera.centre_u) / camera.focal, (v + 0.5 - camera.centre_v) / camera.focal
    axes = (
        (camera.forward_x, camera.right_x, camera.down_x),
        (camera.forward_y, camera.right_y, camera.down_y),
        (camera.forward_z, camera.right_z, camera.down_z),
    )
    rays = np.stack([forward + a * right + b * down for forward, right, down in axes], axis=-1)
    return depths.reshape(HEIGHT, WIDTH), rays


def test_depth_on_a_plane_is_exact() -> None:
    depths, rays = traced(np.full((301, 301), 2.0), 5.0)
    falls = rays[..., 2] < -0.03
    assert np.abs(depths[falls] * rays[..., 2][falls] + 3.0).max() < 0.02
    assert (depths[rays[..., 2] > 0.001] == SKY_DEPTH_M).all()


def test_points_lie_on_a_hilly_ground() -> None:
    y, x = np.mgrid[:301, :301].astype(float)
    heights = 2.0 * np.sin(x / 15.0) + 1.5 * np.cos(y / 20.0)
    z = 3.0 + heights[150, 150]
    depths, rays = traced(heights, z)
    seen = depths < 60.0
    points = np.array([150.0, 150.0, z]) + depths[seen][:, None] * rays[seen]
    truth = 2.0 * np.sin(points[:, 0] / 15.0) + 1.5 * np.cos(points[:, 1] / 20.0)
    error = np.abs(points[:, 2] - truth) * 86.0 / depths[seen]  # [pixel]
    assert np.quantile(error, 0.95) < 1.0
    assert seen.mean() > 0.3
