"""Semantic labels: CARLA's classes of what pictures show and rays meet.

Numbers are those of CARLA 0.9.14 and later (``carla.CityObjectLabel``).
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["SemanticLabel"]


class SemanticLabel(IntEnum):
    """Class of a pixel, of a point or of an actor."""

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
    RIDER = 13
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
