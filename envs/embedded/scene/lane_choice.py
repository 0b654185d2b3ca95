"""Lane choice: which views the road camera can draw, and which route a camera without one follows."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.embedded.road_table import SPACING_M
from wormdrive.envs.embedded.scene.scene_model import Pin
from wormdrive.envs.errors import RouteError
from wormdrive.envs.roads.opendrive.network import RoadMap
from wormdrive.envs.roads.places import place_index
from wormdrive.envs.roads.route import Route
from wormdrive.envs.roads.route_follower import follow_route_from
from wormdrive.envs.simulator import CameraConfig

__all__ = ["LaneFollower", "looks_along"]

_WIDEST: Final = math.radians(86.0)  # from the road's direction to the picture's edge
_STEEPEST: Final = (-0.45, 0.60)  # pitch [rad], positive looks down
_MOST_ROLL: Final = 0.5
_HEIGHT_M: Final = (0.35, 4.5)
_BEHIND_M: Final = 20.0
_LENGTH_M: Final = 600.0
_AHEAD_M: Final = 240.0  # of a route that must be left
_TURNED: Final = 0.30  # rad from the lane up to which a camera may begin to follow it; a half more to go on
_ASIDE_M: Final = 1.2
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

    The same poses in the same order give the same routes.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self._map = road_map
        self._route: Route | None = None
        self._station_m = 0.0

    def pin(self, pose: tuple[float, ...], width: int, height: int, fov_deg: float) -> Pin | None:
        """Route and place of a camera that looks along a lane, or ``None`` for one that does not."""
        x, y, z, heading, pitch, roll = pose
        if not (
            0.5 * math.radians(fov_deg) < _WIDEST and _STEEPEST[0] <= pitch <= _STEEPEST[1] and abs(roll) <= _MOST_ROLL
        ):
            self._route = None
            return None
        if not self._holds(x, y, z, heading, 1.5):
            self._begin(x, y, z, heading)
            if self._route is None or not self._holds(x, y, z, heading, 1.0):
                self._route = None
                return None
        route = self._route
        assert route is not None  # noqa: S101  (for mypy)
        i = int(self._station_m / SPACING_M)
        ground = float(route.z[i])
        climb = float(route.z[min(i + 2, len(route.z) - 1)] - route.z[max(i - 2, 0)]) / (4.0 * SPACING_M)
        turned = heading - float(route.heading_rad[i])
        body = (x, y, ground, heading, pitch + math.atan(climb * math.cos(turned)), roll)
        return Pin(route, self._station_m, body, CameraConfig(width, height, fov_deg, 0.0, 0.0, z - ground, 0.0))

    def _holds(self, x: float, y: float, z: float, heading: float, slack: float) -> bool:
        """Move along the route to the place beside the camera; say whether it is still followed."""
        route = self._route
        if route is None:
            return False
        middle = int(self._station_m / SPACING_M)
        reach = int(_SEARCH_M / SPACING_M)
        first, last = max(middle - reach, 0), min(middle + reach, len(route.x) - 1)
        if last - first < 2:
            return False
        away = np.hypot(route.x[first : last + 1] - x, route.y[first : last + 1] - y)
        i = first + int(np.argmin(away))
        if i in (first, last) and float(away.min()) > 1.0:
            return False
        cos, sin = math.cos(route.heading_rad[i]), math.sin(route.heading_rad[i])
        dx, dy = x - float(route.x[i]), y - float(route.y[i])
        self._station_m = min(max(i * SPACING_M + dx * cos + dy * sin, 0.0), route.length_m)
        aside = dy * cos - dx * sin
        turned = math.remainder(heading - float(route.heading_rad[i]), 2.0 * math.pi)
        return (
            -float(route.right_m[i]) - _ASIDE_M * (slack - 0.6)
            < aside
            < float(route.left_m[i]) + _ASIDE_M * (slack - 0.6)
            and abs(turned) < _TURNED * slack
            and _HEIGHT_M[0] <= z - float(route.z[i]) <= _HEIGHT_M[1]
            and (route.length_m - self._station_m > _AHEAD_M or (slack > 1.2 and route.length_m < _LENGTH_M - 1.0))
            and self._station_m > 8.0
        )

    def _begin(self, x: float, y: float, z: float, heading: float) -> None:
        self._route = None
        index = place_index(self._map)
        found = index.locate([x], [y], [z], [heading])
        if not found.on_driving_lane[0]:
            return
        turned = math.remainder(heading - float(found.heading_rad[0]), 2.0 * math.pi)
        if abs(turned) > _TURNED or not _HEIGHT_M[0] <= z - float(found.z_m[0]) <= _HEIGHT_M[1]:
            return
        try:
            self._route = follow_route_from(
                self._map, index.lane_key(found, 0), float(found.s_m[0]), _LENGTH_M, before_m=_BEHIND_M
            )
        except RouteError:
            return
        away = np.hypot(self._route.x - x, self._route.y - y)
        self._station_m = float(np.argmin(away[: int(3.0 * _BEHIND_M / SPACING_M)])) * SPACING_M
