"""Camera config: the camera on the ego vehicle, where it sits and what its pictures measure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CameraConfig"]


@dataclass(frozen=True)
class CameraConfig:
    """A pinhole camera on the ego vehicle.

    ``x_m`` forward of the vehicle's reference point, ``y_m`` left, ``z_m`` above the ground; ``pitch_rad`` positive
    looks down (ISO 8855: rotation about y), ``yaw_rad`` positive looks left.
    """

    width: int = 200
    height: int = 78
    fov_deg: float = 100.0
    x_m: float = 0.5
    y_m: float = 0.0
    z_m: float = 1.4
    pitch_rad: float = 0.10
    yaw_rad: float = 0.0
    roll_rad: float = 0.0
