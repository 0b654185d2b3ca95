"""Attributes of sensors, which come as text and are anybody's."""

from __future__ import annotations

import math
from collections.abc import Mapping

from wormdrive.envs.server.actors.blueprints import Blueprint
from wormdrive.envs.server.limits import MAX_PICTURE_PIXELS
from wormdrive.envs.server.protocol.enums import AttributeKind
from wormdrive.envs.server.refusal import RefusedError

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
}


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
    RefusedError
        Names the attribute, the value and what is allowed.
    """
    for attribute in blueprint.attributes:
        if attribute.kind not in (AttributeKind.INT, AttributeKind.FLOAT):
            continue
        value = values[attribute.name]
        low, high = _BOUNDS.get(attribute.name, (-1e9, 1e9))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise RefusedError(
                f"{blueprint.id}: {attribute.name}={value[:40]!r}: allowed are numbers from {low:g} to {high:g}"
            )
    if blueprint.id.startswith("sensor.camera."):
        width, height = whole(values, "image_size_x"), whole(values, "image_size_y")
        if width * height > MAX_PICTURE_PIXELS:
            raise RefusedError(f"image_size={width}x{height}: allowed are {MAX_PICTURE_PIXELS} pixels")
