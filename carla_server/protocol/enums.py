"""Enumerations of CARLA 0.9.16: kinds of attributes and sensors, states of lights, wheels."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AttributeKind", "SensorType", "TrafficLightState", "Wheel"]


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


class TrafficLightState(IntEnum):
    """State of a traffic light."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


class Wheel(IntEnum):
    """A wheel of a car."""

    FRONT_LEFT = 0
    FRONT_RIGHT = 1
    REAR_LEFT = 2
    REAR_RIGHT = 3
