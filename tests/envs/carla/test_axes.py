"""Axes against CARLA's own mathematics, which needs no server."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from wormdrive.envs.carla.axes import ActorPose, camera_mount, motion_of, pose_of, pose_transform, velocity_along
from wormdrive.envs.simulation.camera_config import CameraConfig

carla = pytest.importorskip("carla")

POSE = ActorPose(3.0, -7.0, 1.5, heading_rad=0.4, pitch_rad=0.1, roll_rad=-0.2)


def turned(pose: ActorPose) -> np.ndarray:
    """Columns: forward, left and up of a pose in the map's axes, ISO 8855 (heading, then pitch, then roll)."""
    ch, sh = math.cos(pose.heading_rad), math.sin(pose.heading_rad)
    cp, sp = math.cos(pose.pitch_rad), math.sin(pose.pitch_rad)
    cr, sr = math.cos(pose.roll_rad), math.sin(pose.roll_rad)
    heading = np.array([[ch, -sh, 0], [sh, ch, 0], [0, 0, 1]])
    pitch = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    roll = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return heading @ pitch @ roll


def test_a_pose_and_back() -> None:
    back = pose_of(pose_transform(POSE))
    np.testing.assert_allclose(np.array(list(vars(back).values())), np.array(list(vars(POSE).values())), atol=1e-6)


@pytest.mark.parametrize("pose", [POSE, ActorPose(0.0, 0.0, 0.0, 2.5), ActorPose(1.0, 2.0, 3.0, -1.0, 0.3, 0.2)])
def test_carlas_matrix_is_ours_mirrored(pose: ActorPose) -> None:
    matrix = np.array(pose_transform(pose).get_matrix())
    mirror = np.diag([1.0, -1.0, 1.0])
    np.testing.assert_allclose(mirror @ matrix[:3, :3] @ mirror, turned(pose), atol=1e-6)
    np.testing.assert_allclose(mirror @ matrix[:3, 3], [pose.x_m, pose.y_m, pose.z_m], atol=1e-6)


def test_a_camera_that_looks_down_and_left() -> None:
    mount = camera_mount(CameraConfig(x_m=1.0, y_m=0.5, z_m=1.4, pitch_rad=0.1, yaw_rad=0.2))
    forward = mount.get_forward_vector()
    assert forward.z < 0.0
    assert forward.y < 0.0  # CARLA's y is to the right
    assert mount.location.y == -0.5


def test_motion_in_the_bodys_axes() -> None:
    transform = pose_transform(POSE)
    velocity = velocity_along(POSE, 9.0)
    snapshot = SimpleNamespace(
        get_transform=lambda: transform,
        get_velocity=lambda: velocity,
        get_angular_velocity=lambda: carla.Vector3D(0.0, 0.0, math.degrees(-0.3)),  # to the left
    )
    motion = motion_of(snapshot)
    assert (motion.x_m, motion.y_m) == (3.0, -7.0)
    assert motion.heading_rad == pytest.approx(0.4)
    assert motion.forward_mps == pytest.approx(9.0, abs=1e-5)
    assert motion.left_mps == pytest.approx(0.0, abs=1e-5)
    assert motion.yaw_rate_radps == pytest.approx(0.3)
