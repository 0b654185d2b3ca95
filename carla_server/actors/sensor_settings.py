"""Attributes of sensors, which come as text and are anybody's."""

from __future__ import annotations

import math
from collections.abc import Mapping

from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.limits import MAX_PICTURE_PIXELS
from wormdrive.carla_server.protocol.enums import AttributeKind

__all__ = ["check_sensor", "flag", "real", "whole"]

_BOUNDS = {
    "fov": (0.01, 360.0),
    "channels": (1.0, 512.0),
    "points_per_second": (0.0, 20e6),
    "range": (0.0, 1e4),
    "distance": (0.0, 1e4),
    "hit_radius": (0.0, 100.0),
    "rotation_frequency": (0.0, 1e4),
    "sensor_tick": (0.0, 1e6),
    "image_size_x": (1.0, 8192.0),
    "image_size_y": (1.0, 8192.0),
    "positive_threshold": (1e-3, 1e9),
    "negative_threshold": (1e-3, 1e9),
    "sigma_positive_threshold": (0.0, 1e9),
    "sigma_negative_threshold": (0.0, 1e9),
    "refractory_period_ns": (0.0, 1e18),
    "log_eps": (1e-9, 1e9),
    "gamma": (1e-3, 1e3),
    "shutter_speed": (1e-3, 1e9),
    "iso": (1e-3, 1e9),
    "fstop": (1e-3, 1e9),
    "focal_distance": (0.0, 1e9),
    "upper_fov": (-180.0, 180.0),
    "lower_fov": (-180.0, 180.0),
    "horizontal_fov": (1e-3, 360.0),
    "vertical_fov": (1e-3, 360.0),
    "dropoff_general_rate": (0.0, 1.0),
    "dropoff_intensity_limit": (0.0, 1.0),
    "dropoff_zero_intensity": (0.0, 1.0),
    "atmosphere_attenuation_rate": (0.0, 1e3),
}
"""What means something; wider than what makes sense, as CARLA itself refuses nothing. A lidar may stand still."""
_STDDEV = "stddev"


def whole(values: Mapping[str, str], name: str) -> int:
    """Read a whole number; scripts write ``800.0``, too."""
    return int(float(values[name]))


def real(values: Mapping[str, str], name: str) -> float:
    """Read a number."""
    return float(values[name])


def flag(values: Mapping[str, str], name: str) -> bool:
    """Read a truth value."""
    return values[name].strip().lower() in ("true", "1")


def check_sensor(blueprint: Blueprint, values: Mapping[str, str]) -> None:
    """Refuse a sensor whose numbers are none, or that asks for more than there is memory for.

    Raises
    ------
    RequestError
        Names the attribute, the value and what is allowed.
    """
    for attribute in blueprint.attributes:
        if attribute.kind not in (AttributeKind.INT, AttributeKind.FLOAT):
            continue
        value = values[attribute.name]
        low, high = _BOUNDS.get(attribute.name, (0.0 if _STDDEV in attribute.name else -1e9, 1e9))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise RequestError(
                f"{blueprint.id}: {attribute.name}={value[:40]!r}: allowed are numbers from {low:g} to {high:g}"
            )
    if blueprint.id.startswith("sensor.camera."):
        width, height = whole(values, "image_size_x"), whole(values, "image_size_y")
        if width * height > MAX_PICTURE_PIXELS:
            raise RequestError(f"{blueprint.id}: image_size={width}x{height}: allowed are {MAX_PICTURE_PIXELS} pixels")
    if "upper_fov" in values and real(values, "lower_fov") > real(values, "upper_fov"):
        raise RequestError(
            f"{blueprint.id}: lower_fov={values['lower_fov'][:40]!r}: allowed are numbers up to upper_fov, "
            f"which is {real(values, 'upper_fov'):g}"
        )
