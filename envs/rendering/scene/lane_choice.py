"""Lane choice: which views the road camera can draw, and which route a camera without one follows."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.common.errors import RouteError
from wormdrive.envs.rendering.scene.scene_model import Pin
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.roads.route import Route
from wormdrive.envs.roads.route_follower import follow_route_from
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import SPACING_M

__all__ = ["LaneFollower", "looks_along"]

_WIDEST: Final = math.radians(80.0)  # from the road's direction to the picture's edge
_STEEPEST: Final = (-0.45, 0.60)  # pitch [rad], positive looks down
_MOST_ROLL: Final = 0.5
_HEIGHT_M: Final = (0.35, 4.5)
_FREE_HEIGHT_M: Final = (0.35, 2.6)  # a camera that flies higher behind a car would leave and join lanes all the time
_MOUNT_M: Final = 1.4
_BEHIND_M: Final = 20.0
_LENGTH_M: Final = 600.0
_LONGEST_M: Final = 20_000.0
_AHEAD_M: Final = 240.0  # of a route that must be left
_TURNED: Final = 0.30  # rad from the lane up to which a camera may begin to follow it
_ASIDE_M: Final = 1.0  # beyond the lane's edge that a camera may go on following it
_LOOSE: Final = 1.6  # how much more a camera may turn and stray once it follows a lane
_SEARCH_M: Final = 12.0


def looks_along(mount: CameraConfig) -> bool:
    """Whether the road camera can draw what a camera sees that is mounted so on a vehicle in its lane."""
    half = 0.5 * math.radians(mount.fov_deg)
    return (
        abs(mount.yaw_rad) + half < _WIDEST
        and _STEEPEST[0] <= mount.pitch_rad <= _STEEPEST[1]
        and abs(mount.roll_rad) <= _MOST_ROLL
        and _HEIGHT_M[0] <= mount.z_m <= _HEIGHT_M[1]
        and abs(mount.x_m) <= 8.0
        and abs(mount.y_m) <= 3.0
    )


class LaneFollower:
    """Keeps the route that a free camera follows, for as long as it can be followed.

    A route that comes to its end is followed further from its old start, so that stations, and with them trees and
    dashes, stay where they are. The same poses in the same order give the same routes.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self._map = road_map
        self._start: tuple[LaneKey, float] | None = None
        self._route: Route | None = None
        self._wanted_m = 0.0
        self._station_m = 0.0

    def pin(self, pose: tuple[float, ...], width: int, height: int, fov_deg: float) -> Pin | None:
        """Route and place of a camera that looks along a lane, or ``None`` for one that does not."""
        x, y, z, heading, pitch, roll = pose
        steep = not (_STEEPEST[0] <= pitch <= _STEEPEST[1] and abs(roll) <= _MOST_ROLL)
        if steep or 0.5 * math.radians(fov_deg) >= _WIDEST:
            self._route = None
            return None
        if self._route is None or not self._moves(self._route, x, y, z, heading, _LOOSE):
            self._route = self._begin(x, y, z, heading)
            if self._route is None or not self._moves(self._route, x, y, z, heading, 1.0):
                self._route = None
                return None
        route = self._route = self._extended(self._route)
        i = int(self._station_m / SPACING_M)
        climb = float(route.z[min(i + 2, len(route.z) - 1)] - route.z[max(i - 2, 0)]) / (4.0 * SPACING_M)
        turned = heading - float(route.heading_rad[i])
        body = (x, y, z - _MOUNT_M, heading, pitch + math.atan(climb * math.cos(turned)), roll)
        mount = CameraConfig(width, height, fov_deg, 0.0, 0.0, _MOUNT_M, 0.0)
        return Pin(route, self._station_m, body, mount)

    def _moves(self, route: Route, x: float, y: float, z: float, heading: float, slack: float) -> bool:
        """Move along the route to the place beside the camera; say whether it can still be followed."""
        middle, reach = int(self._station_m / SPACING_M), int(_SEARCH_M / SPACING_M)
        first, last = max(middle - reach, 0), min(middle + reach, len(route.x) - 1)
        away = np.hypot(route.x[first : last + 1] - x, route.y[first : last + 1] - y)
        i = first + int(np.argmin(away))
        cos, sin = math.cos(route.heading_rad[i]), math.sin(route.heading_rad[i])
        dx, dy = x - float(route.x[i]), y - float(route.y[i])
        along, aside = dx * cos + dy * sin, dy * cos - dx * sin
        self._station_m = min(max(i * SPACING_M + along, 0.0), route.length_m)
        turned = math.remainder(heading - float(route.heading_rad[i]), 2.0 * math.pi)
        beside = _ASIDE_M * (slack - 1.0)
        return (
            abs(along) < 2.0
            and -float(route.right_m[i]) - beside < aside < float(route.left_m[i]) + beside
            and abs(turned) < _TURNED * slack
            and _FREE_HEIGHT_M[0] <= z - float(route.z[i]) <= _FREE_HEIGHT_M[1]
        )

    def _begin(self, x: float, y: float, z: float, heading: float) -> Route | None:
        index = place_index(self._map)
        found = index.locate([x], [y], [z], [heading])
        if not found.on_driving_lane[0]:
            return None
        self._start = index.lane_key(found, 0), float(found.s_m[0])
        self._wanted_m = _LENGTH_M
        route = self._follow()
        if route is not None:
            away = np.hypot(route.x - x, route.y - y)
            self._station_m = float(np.argmin(away[: int(3.0 * _BEHIND_M / SPACING_M)])) * SPACING_M
        return route

    def _extended(self, route: Route) -> Route:
        """Follow a route further if its end comes near and lanes go on."""
        ends = route.length_m < self._wanted_m - 1.0
        if route.length_m - self._station_m > _AHEAD_M or ends or self._wanted_m >= _LONGEST_M:
            return route
        self._wanted_m += _LENGTH_M
        return self._follow() or route

    def _follow(self) -> Route | None:
        if self._start is None:
            return None
        try:
            return follow_route_from(self._map, *self._start, self._wanted_m, before_m=_BEHIND_M)
        except RouteError:
            return None
