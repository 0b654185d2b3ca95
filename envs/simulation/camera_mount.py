"""Camera mount: where a camera sits and looks after it was knocked, as a disturbance of the scenario says."""

from __future__ import annotations

import math
from dataclasses import replace

from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Mount

__all__ = ["knocked"]


def knocked(camera: CameraConfig, mount: Mount | None) -> CameraConfig:
    """Return the camera in its new place; the same one where nothing has knocked it."""
    if mount is None:
        return camera
    return replace(
        camera,
        z_m=camera.z_m + mount.height_m,
        pitch_rad=camera.pitch_rad + math.radians(mount.pitch_deg),
        yaw_rad=camera.yaw_rad + math.radians(mount.yaw_deg),
        roll_rad=camera.roll_rad + math.radians(mount.roll_deg),
    )
