"""Worlds on small maps, for tests."""

from __future__ import annotations

import math

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import VEHICLE_MODELS, World
from wormdrive.envs.roads import RoadMap, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["CAR", "DT_S", "PLAIN", "driving", "slope", "world"]

CAR = VEHICLE_MODELS["car"]
DT_S = 1.0 / 30.0
SUMMER = Conditions.preset("summer", "day")


def slope(grade: float = 0.0, bank: float = 0.0, width: float = 8.0) -> RoadMap:
    """A straight road of 2 km along +x with a wide lane in each direction."""
    profile = (
        f'<elevationProfile><elevation s="0" a="0" b="{grade}" c="0" d="0"/></elevationProfile>'
        f'<lateralProfile><superelevation s="0" a="{bank}" b="0" c="0" d="0"/></lateralProfile>'
    )
    lanes = section(lane(1, width=width), lane(-1, width=width))
    return read_map_text(opendrive(road(2000.0, lanes, extra=profile)), "slope")


PLAIN = slope()


def world(road_map: RoadMap = PLAIN, conditions: Conditions = SUMMER) -> World:
    return World(road_map, conditions)


def driving(target: World, x: float, y: float, speed: float, heading: float = 0.0, kind: str = "car") -> int:
    """Put a vehicle down that drives at a speed [m/s]."""
    vehicle = target.spawn_vehicle(VEHICLE_MODELS[kind], Pose(x, y, 0.0, heading))
    target.set_velocity(vehicle, (speed * math.cos(heading), speed * math.sin(heading), 0.0))
    return vehicle
