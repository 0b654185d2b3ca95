"""Labels: CARLA's semantic classes, as far as this camera draws them.

Numbers are those of CARLA 0.9.14 and later (``carla.CityObjectLabel``).
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Label"]


class Label(IntEnum):
    """Class of a pixel."""

    NONE = 0
    ROADS = 1
    SIDEWALKS = 2
    BUILDINGS = 3
    POLES = 6
    TRAFFIC_LIGHT = 7
    TRAFFIC_SIGNS = 8
    VEGETATION = 9
    TERRAIN = 10
    SKY = 11
    PEDESTRIANS = 12
    CAR = 14
    TRUCK = 15
    BUS = 16
    MOTORCYCLE = 18
    BICYCLE = 19
    STATIC = 20
    DYNAMIC = 21
    OTHER = 22
    ROAD_LINES = 24
    GROUND = 25
