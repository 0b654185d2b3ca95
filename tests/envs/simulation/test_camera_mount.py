from __future__ import annotations

import math

import pytest

from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.camera_mount import knocked
from wormdrive.envs.simulation.disturbances import Mount


def test_offsets_are_added_in_our_axes() -> None:
    camera = CameraConfig(z_m=1.4, pitch_rad=0.1, yaw_rad=-0.2, roll_rad=0.05)
    moved = knocked(camera, Mount(pitch_deg=3.0, yaw_deg=10.0, roll_deg=-2.0, height_m=0.5, at_s=4.0))
    assert moved.z_m == pytest.approx(1.9)
    assert moved.pitch_rad == pytest.approx(0.1 + math.radians(3.0))
    assert moved.yaw_rad == pytest.approx(-0.2 + math.radians(10.0))
    assert moved.roll_rad == pytest.approx(0.05 - math.radians(2.0))
    assert (moved.x_m, moved.y_m, moved.width, moved.fov_deg) == (camera.x_m, camera.y_m, camera.width, camera.fov_deg)
    assert knocked(camera, None) is camera
