"""Camera config: the camera on the ego vehicle, where it sits and what its pictures measure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of

__all__ = ["CAMERA_BOUNDS", "CameraConfig", "parse_camera"]

_SIZES: Final = (8, 8192)
CAMERA_BOUNDS: Final = MappingProxyType(
    {
        "fov_deg": (1.0, 160.0),
        "x_m": (-20.0, 20.0),
        "y_m": (-20.0, 20.0),
        "z_m": (0.1, 50.0),
        "pitch_rad": (-1.4, 1.4),
        "yaw_rad": (-math.pi, math.pi),
        "roll_rad": (-math.pi, math.pi),
    }
)
"""Least and greatest of what can be drawn, of each field but the size."""


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


def parse_camera(camera: CameraConfig | Mapping[str, Any] | None, argument: str = "camera") -> CameraConfig:
    """Check a camera, or make one of a mapping of those of its fields that differ from the default.

    Raises
    ------
    ArgumentError
        A field is unknown or out of bounds: names it after ``argument``.
    """
    if isinstance(camera, CameraConfig):
        config = camera
    else:
        try:
            config = CameraConfig(**({} if camera is None else camera))
        except TypeError:
            raise ArgumentError(one_of(argument, camera, CameraConfig.__dataclass_fields__)) from None
    low, high = _SIZES
    if not all(is_whole(size) and low <= size <= high for size in (config.width, config.height)):
        raise ArgumentError(f"{argument}={config!r}: allowed are {low} to {high} pixels")
    for name, (least, most) in CAMERA_BOUNDS.items():
        value = getattr(config, name)
        if not is_real(value) or not least <= value <= most:
            raise ArgumentError(f"{argument}={config!r}: allowed for {name} is {least:g} to {most:g}")
    plain: dict[str, Any] = {
        name: float(value) if name in CAMERA_BOUNDS else int(value) for name, value in asdict(config).items()
    }
    return CameraConfig(**plain)  # of Python's own numbers, as files want them
