"""Numbers that CARLA 0.9.16 uses for kinds of things."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AttributeKind", "LightState", "SensorType", "Tag", "Wheel"]


class AttributeKind(IntEnum):
    """Type of a blueprint's attribute."""

    BOOL = 1
    INT = 2
    FLOAT = 3
    STRING = 4
    COLOUR = 5


class SensorType(IntEnum):
    """First field of every stream payload; the order is that of 0.9.16 alone."""

    COLLISION = 0
    DEPTH = 1
    NORMALS = 2
    DVS = 3
    GNSS = 4
    IMU = 5
    LANE_INVASION = 6
    OBSTACLE = 7
    OPTICAL_FLOW = 8
    RADAR = 9
    SEMANTIC_LIDAR = 10
    LIDAR = 11
    RGB = 13
    SEGMENTATION = 14
    INSTANCE = 15
    COSMOS = 16
    WORLD = 17


class LightState(IntEnum):
    """State of a traffic light."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


class Tag(IntEnum):
    """Semantic classes that our actors have."""

    NONE = 0
    ROADS = 1
    TRAFFIC_LIGHT = 7
    TRAFFIC_SIGN = 8
    PEDESTRIAN = 12
    RIDER = 13
    CAR = 14
    TRUCK = 15
    BUS = 16
    MOTORCYCLE = 18
    BICYCLE = 19
    STATIC = 20
    DYNAMIC = 21


class Wheel(IntEnum):
    """A wheel of a car."""

    FRONT_LEFT = 0
    FRONT_RIGHT = 1
    REAR_LEFT = 2
    REAR_RIGHT = 3
